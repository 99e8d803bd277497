import { connect, isIP } from 'node:net';
import { type OpenStream, type StreamTarget, settled } from './http-stream.ts';
import { SocksConversation } from './socks-conversation.ts';
import { CONNECT, IPV4, IPV6, NAME, NO_AUTHENTICATION, PASSWORD, REPLIES, VERSION } from './socks5.ts';

const DEFAULT_PORT = 1080;

/** Streams through a SOCKS5 proxy (RFC 1928), with the URL's user and password if it has some (RFC 1929). */
export function openThroughSocks5(proxy: URL): OpenStream {
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = proxy.port === '' ? DEFAULT_PORT : Number(proxy.port);
  const credentials = { user: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
  return async (target, signal) => {
    const socket = connect({ host, port, noDelay: true }).on('error', () => undefined);
    await settled(socket, 'connect', signal);
    const conversation = new SocksConversation(socket, { signal, other: 'the proxy' });
    try {
      await authenticate(conversation, credentials);
      await askForConnection(conversation, target);
      conversation.end();
      return socket;
    } catch (error) {
      socket.destroy();
      throw signal.aborted ? signal.reason : error;
    }
  };
}

async function authenticate(
  conversation: SocksConversation,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  const methods = user === '' ? [NO_AUTHENTICATION] : [PASSWORD, NO_AUTHENTICATION];
  conversation.say(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await conversation.hear(2);
  if (version !== VERSION) throw new Error(`the proxy speaks version ${version} of SOCKS, wanted 5`);
  if (method === NO_AUTHENTICATION) return;
  if (method !== PASSWORD || user === '') throw new Error('the proxy wants another kind of authentication');
  const [name, secret] = [Buffer.from(user), Buffer.from(password)];
  if (name.length > 255 || secret.length > 255) throw new Error("the proxy's user or password is too long");
  conversation.say(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([secret.length]), secret]));
  const [, status] = await conversation.hear(2);
  if (status !== 0) throw new Error('the proxy refused user and password');
}

async function askForConnection(conversation: SocksConversation, { hostname, port }: StreamTarget): Promise<void> {
  const ending = Buffer.alloc(2);
  ending.writeUInt16BE(port);
  conversation.say(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressOf(hostname), ending]));
  const [version, reply = 0, , type] = await conversation.hear(4);
  if (version !== VERSION) throw new Error(`the proxy speaks version ${version} of SOCKS, wanted 5`);
  if (reply !== 0) throw new Error(`the proxy refused: ${REPLIES[reply] ?? `code ${reply}`}`);
  // The address that the proxy sends from is of no use here, but stands before the first byte of the stream.
  if (type === IPV4) await conversation.hear(4 + 2);
  else if (type === IPV6) await conversation.hear(16 + 2);
  else if (type === NAME) await conversation.hear(((await conversation.hear(1))[0] ?? 0) + 2);
  else throw new Error(`the proxy answered with an address of the unknown type ${type}`);
}

function addressOf(hostname: string): Buffer {
  switch (isIP(hostname)) {
    case 4:
      return Buffer.from([IPV4, ...hostname.split('.').map(Number)]);
    case 6:
      return Buffer.from([IPV6, ...bytesOfIpv6(hostname)]);
    default: {
      const name = Buffer.from(hostname);
      if (name.length > 255) throw new Error('the name of the host is too long');
      return Buffer.concat([Buffer.from([NAME, name.length]), name]);
    }
  }
}

/** The URL parser writes any spelling of an address in groups of hexadecimal digits, at most one run of zeros cut. */
function bytesOfIpv6(address: string): number[] {
  const [left = '', right] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groupsOf = (text: string | undefined): number[] =>
    text === undefined || text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groupsOf(left), groupsOf(right)];
  const zeros = Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]);
}
