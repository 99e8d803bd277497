import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../async/clock.ts';
import { createOkxReplay } from './okx-replay.ts';
import type { SessionFrame } from './parse-session.ts';
import { Playback } from './playback.ts';
import type { RecordedPush, VenueReplay } from './venue-replay.ts';

const REPLAYS = { okx: createOkxReplay } as const;
export type ReplayVenueName = keyof typeof REPLAYS;

export interface ReplayServerOptions {
  readonly session: readonly SessionFrame[];
  readonly venue: ReplayVenueName;
  /** 0: any free one. */
  readonly port: number;
  /** 2 is twice as fast as recorded. */
  readonly speed: number;
  /** Whether the end is followed by the beginning. */
  readonly loop: boolean;
  readonly clock: Clock;
}

export interface ReplayServer {
  /** Scheme, host and port: `ws://127.0.0.1:9443`. */
  readonly url: string;
  readonly port: number;
  readonly replay: VenueReplay;
  /** Ends every socket and timer; may be called again. */
  close(): Promise<void>;
}

/** What a client may leave unread before it is cut off. */
const MAX_UNSENT_BYTES = 16 * 2 ** 20;

export function isReplayVenue(name: string): name is ReplayVenueName {
  return Object.hasOwn(REPLAYS, name);
}

/**
 * Serves a recorded session on 127.0.0.1 as the venue that it was recorded at. Requests are answered as they come; the
 * recorded frames begin with the first subscription of any connection, go to the connections that are subscribed to them
 * at their time, and begin anew after the last connection has gone. Fails with SessionError when the session has nothing
 * to send, and when the port is taken.
 */
export async function startReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const replay = REPLAYS[options.venue](options.session);
  const audience = new ReplayAudience(replay, options);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: replay.maxRequestBytes,
  });
  const paths = Object.values(replay.paths);
  const server = createServer((request, response) => {
    response.writeHead(paths.includes(pathOf(request.url)) ? 426 : 404).end();
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    const path = pathOf(request.url);
    if (!paths.includes(path)) return refuse(socket);
    sockets.handleUpgrade(request, socket, head, (webSocket) => audience.admit(webSocket, path));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');

  // A server that listens on a port has this form of an address.
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    audience.dismiss();
    closing ??= end(server);
    return closing;
  };
  return { url: `ws://127.0.0.1:${port}`, port, replay, close };
}

/** The connections of a replay, and what each is subscribed to. */
class ReplayAudience {
  readonly #replay: VenueReplay;
  readonly #playback: Playback;
  readonly #subscriptions = new Map<WebSocket, Set<string>>();

  constructor(replay: VenueReplay, { speed, loop, clock }: ReplayServerOptions) {
    this.#replay = replay;
    this.#playback = new Playback({ pushes: replay.pushes, speed, loop, clock, send: (push) => this.#broadcast(push) });
  }

  admit(socket: WebSocket, path: string): void {
    this.#subscriptions.set(socket, new Set());
    socket.on('message', (data) => this.#answer(socket, data.toString(), path));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      this.#subscriptions.delete(socket);
      if (this.#subscriptions.size === 0) this.#playback.rewind();
    });
  }

  dismiss(): void {
    this.#playback.rewind();
    for (const socket of this.#subscriptions.keys()) socket.terminate();
  }

  #answer(socket: WebSocket, request: string, path: string): void {
    const { texts, subscribed = [], unsubscribed = [] } = this.#replay.answer(request, path);
    for (const text of texts) send(socket, text);
    const subscriptions = this.#subscriptions.get(socket);
    for (const subscription of subscribed) subscriptions?.add(subscription);
    for (const subscription of unsubscribed) subscriptions?.delete(subscription);
    if (subscribed.length > 0) this.#playback.start();
  }

  #broadcast({ subscription, text }: RecordedPush): void {
    for (const [socket, subscriptions] of this.#subscriptions) {
      if (subscriptions.has(subscription)) send(socket, text);
    }
  }
}

function send(socket: WebSocket, text: string): void {
  if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket.send(text);
}

function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
}

async function end(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
