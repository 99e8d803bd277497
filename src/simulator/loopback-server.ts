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

/** What a client may leave unread before it is cut off. */
const MAX_UNSENT_BYTES = 16 * 2 ** 20;

/** A server on 127.0.0.1 of a simulated venue. Fails when the port is taken. */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { port, paths, maxRequestBytes, admit, answer } = options;
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxRequestBytes });
  const server = createServer(answer);
  server.on('upgrade', (request, socket: Duplex, head) => {
    const path = pathOf(request.url);
    if (!paths.includes(path)) return refuse(socket);
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

/** Sends to a client that reads; cuts off one that has stopped. */
export function sendOrCutOff(socket: WebSocket, text: string): void {
  if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket.send(text);
}

/** The path of a request, without the query. */
export function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
}
