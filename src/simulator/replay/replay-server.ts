import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import type { Clock } from '../../async/clock.ts';
import { pathOf, sendOrCutOff, startLoopbackServer } from '../loopback-server.ts';
import { createBinanceReplay, createBinanceUsdmReplay } from './binance-replay.ts';
import { createBitfinexReplay } from './bitfinex-replay.ts';
import { createBitgetReplay } from './bitget-replay.ts';
import { createBybitReplay } from './bybit-replay.ts';
import { createCoinbaseReplay } from './coinbase-replay.ts';
import { createDeribitReplay } from './deribit-replay.ts';
import { createGateReplay } from './gate-replay.ts';
import { createHtxReplay } from './htx-replay.ts';
import { createKrakenReplay } from './kraken-replay.ts';
import { createKucoinReplay } from './kucoin-replay.ts';
import { createOkxReplay } from './okx-replay.ts';
import type { SessionFrame } from './parse-session.ts';
import { Playback } from './playback.ts';
import { createUpbitReplay } from './upbit-replay.ts';
import type { RecordedPush, VenueReplay } from './venue-replay.ts';

const REPLAYS = {
  okx: createOkxReplay,
  kraken: createKrakenReplay,
  kucoin: createKucoinReplay,
  htx: createHtxReplay,
  bitfinex: createBitfinexReplay,
  binance: createBinanceReplay,
  'binance-usdm': createBinanceUsdmReplay,
  bybit: createBybitReplay('spot'),
  'bybit-linear': createBybitReplay('linear'),
  'bybit-inverse': createBybitReplay('inverse'),
  gate: createGateReplay('spot'),
  'gate-futures': createGateReplay('futures'),
  coinbase: createCoinbaseReplay,
  deribit: createDeribitReplay,
  upbit: createUpbitReplay,
  bitget: createBitgetReplay,
} as const;
export type ReplayVenueName = keyof typeof REPLAYS;
export const REPLAY_VENUES: readonly string[] = Object.keys(REPLAYS);

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
  const paths = Object.values(replay.paths);
  const server = await startLoopbackServer({
    port: options.port,
    paths,
    maxRequestBytes: replay.maxRequestBytes,
    admit: (socket, path) => audience.admit(socket, path),
    answer: (request, response) => answerPage(replay, request, response),
  });
  const close = (): Promise<void> => {
    audience.dismiss();
    return server.close();
  };
  return { url: `ws://127.0.0.1:${server.port}`, port: server.port, replay, close };
}

function answerPage(replay: VenueReplay, request: IncomingMessage, response: ServerResponse): void {
  const path = pathOf(request.url);
  const socketOrigin = `ws://127.0.0.1:${request.socket.localPort}`;
  const text = replay.answerPage?.({ method: request.method ?? '', path, socketOrigin });
  if (text !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  else response.writeHead(Object.values(replay.paths).includes(path) ? 426 : 404).end();
}

/** The connections of a replay, and what each is subscribed to. */
class ReplayAudience {
  readonly #replay: VenueReplay;
  readonly #clock: Clock;
  readonly #playback: Playback;
  readonly #subscriptions = new Map<WebSocket, Set<string>>();

  constructor(replay: VenueReplay, { speed, loop, clock }: ReplayServerOptions) {
    this.#replay = replay;
    this.#clock = clock;
    this.#playback = new Playback({ pushes: replay.pushes, speed, loop, clock, send: (push) => this.#broadcast(push) });
  }

  admit(socket: WebSocket, path: string): void {
    this.#subscriptions.set(socket, new Set());
    for (const text of this.#replay.greeting ?? []) this.#send(socket, text);
    this.#beat(socket);
    socket.on('message', (data) => this.#answer(socket, data.toString(), path));
    socket.on('close', () => {
      this.#subscriptions.delete(socket);
      if (this.#subscriptions.size === 0) this.#playback.rewind();
    });
  }

  dismiss(): void {
    this.#playback.rewind();
  }

  #answer(socket: WebSocket, request: string, path: string): void {
    const subscriptions = this.#subscriptions.get(socket);
    if (subscriptions === undefined) return;
    const answer = this.#replay.answer(request, path, subscriptions);
    const { texts, subscribed = [], unsubscribed = [], isGreeting = false } = answer;
    for (const text of texts) this.#send(socket, text);
    for (const subscription of subscribed) subscriptions.add(subscription);
    for (const subscription of unsubscribed) subscriptions.delete(subscription);
    if (subscribed.length > 0 && !isGreeting) this.#playback.start();
  }

  #broadcast({ subscription, text }: RecordedPush): void {
    for (const [socket, subscriptions] of this.#subscriptions) {
      if (subscriptions.has(subscription)) this.#send(socket, text);
    }
  }

  #beat(socket: WebSocket): void {
    const { pulse } = this.#replay;
    if (pulse === undefined) return;
    const cancel = this.#clock.after(pulse.everyMs, () => {
      this.#send(socket, pulse.text(this.#clock.now()));
      socket.off('close', cancel);
      this.#beat(socket);
    });
    socket.once('close', cancel);
  }

  #send(socket: WebSocket, text: string): void {
    sendOrCutOff(socket, this.#replay.isPacked === true ? gzipSync(text) : text);
  }
}
