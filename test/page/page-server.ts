import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What a client says on graphql-transport-ws. */
export interface Said {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { readonly query: string; readonly variables: Record<string, unknown> };
}

/** The server's end of one connection. */
export class Peer {
  readonly closed: Promise<unknown>;
  readonly #socket: WebSocket;
  readonly #said: Said[] = [];
  readonly #waiting: ((said: Said) => void)[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, 'close');
    socket.on('message', (data) => {
      const said: Said = JSON.parse(String(data));
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#said.push(said);
      else taker(said);
    });
  }

  /** What the client says next. */
  next(): Promise<Said> {
    const said = this.#said.shift();
    if (said !== undefined) return Promise.resolve(said);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Lets the client in; answers the first operations that it asks then. */
  async welcome(operations = 1): Promise<Said[]> {
    await this.next();
    this.say({ type: 'connection_ack' });
    const asked: Said[] = [];
    for (let count = 0; count < operations; count++) asked.push(await this.next());
    return asked;
  }

  hangUp(): void {
    this.#socket.terminate();
  }
}

/** A server that says what a test tells it to. */
export class PageServer {
  readonly #server: WebSocketServer;
  readonly #peers: Peer[] = [];
  readonly #waiting: ((peer: Peer) => void)[] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      const peer = new Peer(socket);
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#peers.push(peer);
      else taker(peer);
    });
  }

  static async open(): Promise<PageServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'graphql-transport-ws' });
    await once(server, 'listening');
    return new PageServer(server);
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/graphql`;
  }

  /** The next connection. */
  peer(): Promise<Peer> {
    const peer = this.#peers.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
