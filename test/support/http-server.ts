import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { SELF_SIGNED } from './scripted-venue-certificate.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** An HTTP server on a port of its own that notes what it is asked. */
export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
}

export type Answering = (request: SeenRequest, response: ServerResponse) => void;

export async function startHttpServer(answer: Answering, scheme: 'http' | 'https' = 'http'): Promise<HttpServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const each = { path, query, headers: request.headers };
    seen.push(each);
    answer(each, response);
  };
  const server = scheme === 'http' ? createServer(listener) : createTlsServer(SELF_SIGNED, listener);
  const port = await listen(server, sockets);
  return { url: `${scheme}://127.0.0.1:${port}`, seen, sockets, [Symbol.asyncDispose]: () => end(server, sockets) };
}

/** Listens on a free port and keeps the set of open connections. */
export async function listen(server: Server, sockets: Set<Socket>): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has this form of an address.
  return (server.address() as AddressInfo).port;
}

/** Cuts every connection and stops listening. */
export async function end(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}

/** Answers with a body as it is. */
export function replying(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Answering {
  return (_request, response) => void response.writeHead(200, headers).end(body);
}
