import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export interface LoopbackServerOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Where there are sockets. */
  readonly paths: readonly string[];
  readonly maxRequestBytes: number;
  readonly admit: (socket: WebSocket, path: string) => void;
  /** Answers what is no WebSocket. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface LoopbackServer {
  readonly port: number;
  /** Ends every connection without a farewell. */
  disconnect(): void;
  /** Ends every connection and listens no more; may be called again. */
  close(): Promise<void>;
}

/** What a client may leave unread before it is cut off, unless told. */
const MAX_UNSENT_BYTES = 16 * 2 ** 20;
const MAX_SOCKETS = 200;
/** The rest is for requests over HTTP. */
const MAX_CONNECTIONS = 2 * MAX_SOCKETS;
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;
const MAX_PORT = 65_535;

/**
 * A server on 127.0.0.1 of a simulated venue, for clients of this machine: who asks for another host is refused, as is a
 * socket of a web page, since a browser lets any page have one. Fails when the port is taken.
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { port, paths, maxRequestBytes, admit, answer } = options;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxRequestBytes });
  const server = createServer((request, response) => {
    if (isOfThisMachine(request)) answer(request, response);
    else response.writeHead(403, { connection: 'close' }).end();
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('upgrade', (request, socket: Duplex, head) => {
    const path = pathOf(request.url);
    if (!isOfThisMachine(request) || request.headers.origin !== undefined) return refuse(socket, '403 Forbidden');
    if (!paths.includes(path)) return refuse(socket, '404 Not Found');
    if (sockets.clients.size >= MAX_SOCKETS) return refuse(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      admit(webSocket, path);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  const disconnect = (): void => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  };
  const end = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    disconnect();
    await closed;
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= end();
    return closing;
  };
  // A server that listens on a port has this form of an address.
  return { port: (server.address() as AddressInfo).port, disconnect, close };
}

/** Sends to a client that reads; cuts off one that has left more than `maxUnsentBytes` unread. */
export function sendOrCutOff(socket: WebSocket, text: string | Buffer, maxUnsentBytes = MAX_UNSENT_BYTES): void {
  if (socket.bufferedAmount > maxUnsentBytes) socket.terminate();
  else socket.send(text);
}

/** Says why it ends a connection, and hears no more of it. */
export function dismiss(socket: WebSocket, code: number, reason: string): void {
  socket.removeAllListeners('message');
  socket.close(code, reason);
}

/** The path of a request, without the query. */
export function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}

/** A page of the web that was led to 127.0.0.1 by another name has that name for its host. */
function isOfThisMachine({ headers }: IncomingMessage): boolean {
  const match = LOOPBACK_HOST.exec(headers.host ?? '');
  const port = Number(match?.[1] ?? MAX_PORT);
  return match !== null && port >= 1 && port <= MAX_PORT;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
