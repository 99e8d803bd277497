import { once } from 'node:events';
import { WebSocket } from 'ws';

const PROTOCOL = 'graphql-transport-ws';
/** The id under which a client of ours files the answer to its own ping. */
const BARRIER = 'barrier';

/** What a server says on graphql-transport-ws. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface SocketClosing {
  readonly code: number;
  readonly reason: string;
}

export interface GraphQLSocketOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether pings are answered; true when absent. */
  readonly autoPong?: boolean;
}

interface Wanted {
  readonly id: string | undefined;
  readonly resolve: (message: SocketMessage) => void;
  readonly reject: (error: Error) => void;
}

/** Resolves when the handshake is done; nothing has been said then. */
export async function openSocket(port: number, options: GraphQLSocketOptions = {}): Promise<GraphQLSocket> {
  const { protocols = [PROTOCOL], headers = {}, autoPong = true } = options;
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, [...protocols], { headers, autoPong });
  const socket = new GraphQLSocket(webSocket);
  await once(webSocket, 'open');
  return socket;
}

/** Resolves when operations may be asked. */
export async function connectSocket(port: number, options: GraphQLSocketOptions = {}): Promise<GraphQLSocket> {
  const socket = await openSocket(port, options);
  socket.send({ type: 'connection_init' });
  await socket.next();
  return socket;
}

/** A client that says what it is told to, right or wrong, and keeps what it hears until somebody asks for it. */
export class GraphQLSocket {
  readonly webSocket: WebSocket;
  readonly closed: Promise<SocketClosing>;
  /** Gets what comes from now on, which is not kept then. */
  listener: ((message: SocketMessage) => void) | undefined;
  readonly #untaken: SocketMessage[] = [];
  readonly #wanted: Wanted[] = [];
  #barriers = 0;

  constructor(webSocket: WebSocket) {
    const { promise, resolve } = Promise.withResolvers<SocketClosing>();
    this.webSocket = webSocket;
    this.closed = promise;
    webSocket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    webSocket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const { reject } of this.#wanted) reject(new Error(`the socket closed with ${code} ${reason}`));
    });
  }

  send(message: object | string | Buffer): void {
    this.webSocket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, more: object = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, ...more } });
  }

  complete(id: string): void {
    this.send({ type: 'complete', id });
  }

  /** The next message, or the next one for this operation. */
  next(id?: string): Promise<SocketMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<SocketMessage>();
    const at = this.#untaken.findIndex((message) => id === undefined || message.id === id);
    const [message] = at < 0 ? [] : this.#untaken.splice(at, 1);
    if (message !== undefined) resolve(message);
    else this.#wanted.push({ id, resolve, reject });
    return promise;
  }

  async take(count: number, id?: string): Promise<SocketMessage[]> {
    const messages: SocketMessage[] = [];
    while (messages.length < count) messages.push(await this.next(id));
    return messages;
  }

  /** What has come and nobody has asked for, once everything that the server had said before has come. */
  async rest(): Promise<SocketMessage[]> {
    this.send({ type: 'ping', payload: { barrier: ++this.#barriers } });
    await this.next(BARRIER);
    return this.#untaken.splice(0);
  }

  #hear(received: SocketMessage): void {
    const message = isBarrier(received) ? { ...received, id: BARRIER } : received;
    if (this.listener !== undefined) {
      this.listener(message);
      return;
    }
    const at = this.#wanted.findIndex(({ id }) => id === undefined || id === message.id);
    const [wanted] = at < 0 ? [] : this.#wanted.splice(at, 1);
    if (wanted === undefined) this.#untaken.push(message);
    else wanted.resolve(message);
  }
}

function isBarrier({ type, payload }: SocketMessage): boolean {
  return type === 'pong' && typeof payload === 'object' && payload !== null && 'barrier' in payload;
}
