import type { WebSocket } from 'ws';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import {
  acknowledge,
  type OkxArgument,
  PING,
  PONG,
  parseOperation,
  pathOf,
  refuseArgument,
  refuseRequest,
  toArgument,
  toTopic,
} from '../../exchanges/okx/dialect.ts';
import { dismiss, sendOrCutOff } from '../loopback-server.ts';
import { INTERVAL_MS, openTimeOf } from './candles.ts';
import { CLOSE_CODES, MOST_ERRORS_OF_REQUEST, MOST_UNSENT_BYTES } from './feed-limits.ts';
import type { InstrumentMarket, Print } from './instrument-market.ts';

export interface PublicFeedOptions {
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly now: () => number;
  /** Called when somebody has subscribed, before anything of it is sent, and when somebody has gone. */
  readonly onAudience: () => void;
}

type BarTopic = Extract<MarketTopic, { channel: 'bars' }>;

/** As many bars are made up for when the market has slept. */
const MOST_MISSED_BARS = 100;

/** The public and the business socket. */
export class PublicFeed {
  readonly #options: PublicFeedOptions;
  readonly #subscriptions = new Map<WebSocket, Map<string, MarketTopic>>();
  /** By the name of the topic, the bar that was forming when it was last told of. */
  readonly #openTimes = new Map<string, number>();

  constructor(options: PublicFeedOptions) {
    this.#options = options;
  }

  /** Whether anybody is subscribed to anything. */
  get isWatched(): boolean {
    return this.#subscriptions.values().some((topics) => topics.size > 0);
  }

  admit(socket: WebSocket, path: string): void {
    this.#subscriptions.set(socket, new Map());
    socket.on('message', (data) => this.#answer(socket, data.toString(), path));
    socket.on('close', () => this.#drop(socket));
  }

  /** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel */
  tellPrints(instId: string, prints: readonly Print[]): void {
    for (const { tradeId, px, sz, side, at } of prints) {
      const row = { instId, tradeId, px, sz, side, ts: String(at), count: '1' };
      this.#broadcast({ channel: 'trades', symbol: instId }, row);
    }
  }

  /** Tells the quote as it is, and how bars went on. */
  tellState(market: InstrumentMarket): void {
    const { instId } = market.instrument;
    const now = this.#options.now();
    const ticks: MarketTopic = { channel: 'ticks', symbol: instId };
    const watched = this.#watched(instId);
    if (watched.has(topicName(ticks))) this.#broadcast(ticks, market.tickerRow(now));
    for (const topic of watched.values()) {
      if (topic.channel !== 'bars') continue;
      for (const openTime of this.#openTimesUntil(topic, now)) {
        this.#broadcast(topic, market.candleRow(topic.interval, openTime, now));
      }
    }
  }

  #answer(socket: WebSocket, request: string, path: string): void {
    const operation = parseOperation(request);
    if (operation === undefined) {
      send(socket, request === PING ? PONG : refuseRequest(request));
      return;
    }
    const subscribed = new Map<string, MarketTopic>();
    let errors = 0;
    for (const arg of operation.args) {
      const topic = this.#topicOf(arg, path);
      send(socket, topic === undefined ? refuseArgument(arg) : acknowledge(operation.op, arg));
      if (topic === undefined) {
        errors += 1;
        if (errors < MOST_ERRORS_OF_REQUEST) continue;
        this.#end(socket);
        return;
      }
      if (operation.op === 'unsubscribe') this.#subscriptions.get(socket)?.delete(topicName(topic));
      else subscribed.set(topicName(topic), topic);
    }
    for (const [name, topic] of subscribed) this.#subscriptions.get(socket)?.set(name, topic);
    this.#options.onAudience();
    for (const topic of subscribed.values()) this.#tellFirst(socket, topic);
  }

  #end(socket: WebSocket): void {
    this.#drop(socket);
    dismiss(socket, CLOSE_CODES.invalidRequest, 'Invalid request');
  }

  #drop(socket: WebSocket): void {
    this.#subscriptions.delete(socket);
    this.#options.onAudience();
  }

  #topicOf(arg: OkxArgument, path: string): MarketTopic | undefined {
    const isServed = pathOf(arg.channel) === path && this.#options.markets.has(arg.instId);
    return isServed ? toTopic(arg) : undefined;
  }

  #tellFirst(socket: WebSocket, topic: MarketTopic): void {
    const market = this.#options.markets.get(topic.symbol);
    if (market === undefined || topic.channel === 'trades') return;
    const now = this.#options.now();
    if (topic.channel !== 'bars') {
      send(socket, pushOf(topic, market.tickerRow(now)));
      return;
    }
    const openTime = openTimeOf(topic.interval, now);
    send(socket, pushOf(topic, market.candleRow(topic.interval, openTime, now)));
    if (!this.#openTimes.has(topicName(topic))) this.#openTimes.set(topicName(topic), openTime);
  }

  /** Bars that have closed since they were last told of, and the one that is forming. */
  #openTimesUntil(topic: BarTopic, now: number): number[] {
    const name = topicName(topic);
    const lengthMs = INTERVAL_MS[topic.interval];
    const current = openTimeOf(topic.interval, now);
    const earliest = current - MOST_MISSED_BARS * lengthMs;
    const first = Math.max(this.#openTimes.get(name) ?? current, earliest);
    this.#openTimes.set(name, current);
    return Array.from({ length: (current - first) / lengthMs + 1 }, (_, index) => first + index * lengthMs);
  }

  /** The topics of an instrument that somebody is subscribed to; bars that nobody is begin anew with the next. */
  #watched(instId: string): Map<string, MarketTopic> {
    const watched = new Map<string, MarketTopic>();
    for (const topics of this.#subscriptions.values()) {
      for (const [name, topic] of topics) if (topic.symbol === instId) watched.set(name, topic);
    }
    for (const interval of Object.keys(INTERVAL_MS) as LiveBarInterval[]) {
      const name = topicName({ channel: 'bars', symbol: instId, interval });
      if (!watched.has(name)) this.#openTimes.delete(name);
    }
    return watched;
  }

  #broadcast(topic: MarketTopic, row: object): void {
    const name = topicName(topic);
    const text = pushOf(topic, row);
    for (const [socket, topics] of this.#subscriptions) if (topics.has(name)) send(socket, text);
  }
}

function pushOf(topic: MarketTopic, row: object): string {
  return JSON.stringify({ arg: toArgument(topic), data: [row] });
}

function send(socket: WebSocket, text: string): void {
  sendOrCutOff(socket, text, MOST_UNSENT_BYTES.market);
}
