import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { end, listen } from './http-server.ts';

/** A proxy on a port of its own. */
export interface TestProxy extends AsyncDisposable {
  /** Without credentials. */
  readonly port: number;
  /** What it was asked to connect to, as `host:port`. */
  readonly targets: readonly string[];
  /** Connections of its clients that are open. */
  readonly sockets: ReadonlySet<Socket>;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** An HTTP proxy that knows only CONNECT. */
export async function startConnectProxy(credentials?: Credentials): Promise<TestProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer((_request, response) => void response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, client: Duplex) => {
    client.on('error', () => undefined);
    const wanted = credentials && `Basic ${btoa(`${credentials.user}:${credentials.password}`)}`;
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    targets.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect(Number(port), addressOf(hostname), () =>
      client.write('HTTP/1.1 200 Connection established\r\n\r\n'),
    );
    join(client, target, () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  const port = await listen(server, sockets);
  return { port, targets, sockets, [Symbol.asyncDispose]: () => end(server, sockets) };
}

/** A SOCKS5 proxy (RFC 1928, RFC 1929). It answers byte by byte, since a stream may come in any pieces. */
export async function startSocks5Proxy(credentials?: Credentials): Promise<TestProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    void converse(client).catch(() => client.destroy());
  });

  async function converse(client: Socket): Promise<void> {
    const hear = readerOf(client);
    const say = (...bytes: number[]): void => {
      for (const byte of bytes) client.write(Buffer.from([byte]));
    };
    const [, count = 0] = await hear(2);
    const methods = await hear(count);
    const method = credentials === undefined ? 0 : 2;
    if (!methods.includes(method)) return say(5, 0xff);
    say(5, method);
    if (credentials !== undefined) {
      const user = await hear((await hear(2))[1] ?? 0);
      const password = await hear((await hear(1))[0] ?? 0);
      const isRight = `${user}` === credentials.user && `${password}` === credentials.password;
      say(1, isRight ? 0 : 1);
      if (!isRight) return;
    }
    const [, , , type] = await hear(4);
    const host = await hearHost(hear, type);
    const port = (await hear(2)).readUInt16BE();
    targets.push(`${host}:${port}`);
    const target = connect(port, addressOf(host));
    // A bound address of the kind that has a name, which is the one of varying length.
    target.once('connect', () => say(5, 0, 0, 3, 2, 104, 105, 0, 80));
    join(client, target, () => say(5, 5, 0, 1, 0, 0, 0, 0, 0, 0));
  }

  const port = await listen(server, sockets);
  return { port, targets, sockets, [Symbol.asyncDispose]: () => end(server, sockets) };
}

/** A name that is known at the proxy's side alone. */
function addressOf(host: string): string {
  return host.replace(/^proxy-side\.test$/, '127.0.0.1');
}

type Hear = (length: number) => Promise<Buffer>;

async function hearHost(hear: Hear, type: number | undefined): Promise<string> {
  if (type === 1) return (await hear(4)).join('.');
  if (type === 3) return `${await hear((await hear(1))[0] ?? 0)}`;
  const groups = await hear(16);
  return Array.from({ length: 8 }, (_, index) => groups.readUInt16BE(index * 2).toString(16)).join(':');
}

function readerOf(client: Socket): Hear {
  let heard = Buffer.alloc(0);
  return async (length) => {
    while (heard.length < length) {
      const bytes: Buffer | null = client.read();
      if (bytes !== null) heard = Buffer.concat([heard, bytes]);
      else await new Promise((resolve, reject) => client.once('readable', resolve).once('close', reject));
    }
    const bytes = heard.subarray(0, length);
    heard = heard.subarray(length);
    return bytes;
  };
}

function join(client: Duplex, target: Socket, onRefused: () => void): void {
  let isConnected = false;
  target.once('connect', () => {
    isConnected = true;
    client.pipe(target).pipe(client);
  });
  target.on('error', () => (isConnected ? client.destroy() : onRefused()));
  target.once('close', () => isConnected && client.destroy());
  client.once('close', () => target.destroy());
}
