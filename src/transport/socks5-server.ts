import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../async/clock.ts';
import type { OpenStream, StreamTarget } from './http-stream.ts';
import { SocksConversation } from './socks-conversation.ts';
import { CONNECT, IPV4, IPV6, NAME, NO_AUTHENTICATION, NO_METHOD, VERSION } from './socks5.ts';

export interface Socks5ServerOptions {
  /** On 127.0.0.1; 0: any free one. */
  readonly port: number;
  /** How targets are reached. */
  readonly open: OpenStream;
  readonly clock: Clock;
  /** From a client's connection until its target's, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /** Clients at a time; further ones are turned away. Default 256. */
  readonly mostClients?: number;
}

/** What `ssh -D` opens: a SOCKS5 proxy for programs of this machine. */
export interface Socks5Server {
  readonly port: number;
  /** Cuts every connection off and stops listening. */
  close(): Promise<void>;
}

const GENERAL_FAILURE = 1;
const NO_SUCH_COMMAND = 7;
const NO_SUCH_ADDRESS = 8;
const DEFAULTS = { timeoutMs: 15_000, mostClients: 256 };

/** A request that gets a reply other than success. */
class Refusal extends Error {
  readonly code: number;

  constructor(code: number, options: ErrorOptions = {}) {
    super(`received a request that is answered with ${code}`, options);
    this.code = code;
  }
}

/** Listens for CONNECT without authentication. Rejects when the port is not to be had. */
export async function listenSocks5(options: Socks5ServerOptions): Promise<Socks5Server> {
  const { port, mostClients } = { ...DEFAULTS, ...options };
  const closing = new AbortController();
  const clients = new Set<Promise<void>>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const served = serve(client, { ...DEFAULTS, ...options, closing: closing.signal }).finally(() =>
      clients.delete(served),
    );
    clients.add(served);
  });
  server.maxConnections = mostClients;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // A client that cannot be accepted, for want of descriptors, is no reason to stop.
  server.on('error', () => undefined);
  return { port: portOf(server), close: () => closeServer(server, { closing, clients }) };
}

async function closeServer(
  server: Server,
  { closing, clients }: { readonly closing: AbortController; readonly clients: ReadonlySet<Promise<void>> },
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  closing.abort(new Error('the proxy was closed'));
  await Promise.all([closed, ...clients]);
}

function portOf(server: Server): number {
  // A server that listens on a port has this form of an address.
  return (server.address() as AddressInfo).port;
}

interface Serving extends Socks5ServerOptions {
  readonly timeoutMs: number;
  readonly closing: AbortSignal;
}

/** One client from its first byte to the last; never rejects. */
async function serve(client: Socket, serving: Serving): Promise<void> {
  client.on('error', () => undefined);
  try {
    const stream = await connectClient(client, serving);
    const { closing: signal } = serving;
    // Each direction ends by itself; a failure of one is the end of both.
    await Promise.all([pipeline(client, stream, { signal }), pipeline(stream, client, { signal })]);
  } catch {
    // Whatever it was, the client sees the end of its connection.
  }
  // Not before the last that was written is sent.
  client.destroySoon();
}

async function connectClient(client: Socket, { open, clock, timeoutMs, closing }: Serving): Promise<Duplex> {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort(new Error(`no target within ${timeoutMs} ms`)));
  const leave = (): void => late.abort(new Error('the client left'));
  client.once('close', leave);
  const signal = AbortSignal.any([late.signal, closing]);
  const conversation = new SocksConversation(client, { signal, other: 'the client' });
  try {
    const target = await hearTarget(conversation);
    const stream = await open(target, signal).catch((cause: unknown) => {
      throw new Refusal(GENERAL_FAILURE, { cause });
    });
    conversation.say(reply(0));
    conversation.end();
    return stream;
  } catch (error) {
    if (error instanceof Refusal) conversation.say(reply(error.code));
    throw error;
  } finally {
    cancel();
    client.off('close', leave);
  }
}

async function hearTarget(conversation: SocksConversation): Promise<StreamTarget> {
  const [version, count = 0] = await conversation.hear(2);
  if (version !== VERSION) throw new Error(`the client speaks version ${version} of SOCKS, wanted 5`);
  const methods = await conversation.hear(count);
  const isOpen = methods.includes(NO_AUTHENTICATION);
  conversation.say(Buffer.from([VERSION, isOpen ? NO_AUTHENTICATION : NO_METHOD]));
  if (!isOpen) throw new Error('the client wants to authenticate itself');
  const [again, command, , type] = await conversation.hear(4);
  if (again !== VERSION) throw new Refusal(GENERAL_FAILURE);
  if (command !== CONNECT) throw new Refusal(NO_SUCH_COMMAND);
  const hostname = await hearHost(conversation, type);
  return { hostname, port: (await conversation.hear(2)).readUInt16BE() };
}

async function hearHost(conversation: SocksConversation, type: number | undefined): Promise<string> {
  if (type === IPV4) return (await conversation.hear(4)).join('.');
  if (type === NAME) {
    const [length = 0] = await conversation.hear(1);
    // An empty name would be this machine's.
    if (length === 0) throw new Refusal(NO_SUCH_ADDRESS);
    return (await conversation.hear(length)).toString();
  }
  if (type !== IPV6) throw new Refusal(NO_SUCH_ADDRESS);
  const groups = await conversation.hear(16);
  return Array.from({ length: 8 }, (_, index) => groups.readUInt16BE(index * 2).toString(16)).join(':');
}

/** With an address of zeros: which one the SSH server sends from is nobody's business. */
function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0]);
}
