/** The subscriptions of the fan-out bench: what every process of it has to agree on. */

export const SYMBOL = 'BTC-USDT';

const GATEWAY = 'bench';

/** `ticks` are conflated: a server that is behind passes over some. Of `trades` each one is delivered. */
export type StreamName = 'ticks' | 'trades';

export interface Stream {
  /** OKX's name of the channel. */
  readonly channel: string;
  readonly query: string;
  /** What stands before the number that carries the time of sending through the server, in the place of a size. */
  readonly sentAtField: string;
}

const ARGUMENTS = `gateway: "${GATEWAY}", symbols: ["${SYMBOL}"]`;

export const STREAMS: Readonly<Record<StreamName, Stream>> = {
  ticks: {
    channel: 'tickers',
    query: `subscription { ticks(${ARGUMENTS}) { symbol seq last lastSize bid ask volume24h receivedAt } }`,
    sentAtField: '"lastSize":',
  },
  trades: {
    channel: 'trades',
    query: `subscription { marketTrades(${ARGUMENTS}) { symbol seq tradeId price size side timestamp receivedAt } }`,
    sentAtField: '"size":"',
  },
};

export const SUBSCRIBERS = 1000;

/** Events a second of a busy market, far from the limit of any server. */
export const STEADY_RATE = 20;

/** Events a second while nothing is measured: what was sent last is never old, and no connection is ever silent. */
export const IDLE_RATE = 5;

/** What the source emitted between two changes of its rate. */
export interface Emitted {
  readonly events: number;
  readonly seconds: number;
}

/** The configuration of a product whose only gateway takes a stream from the source. */
export function gatewayConfiguration(sourceUrl: string, stream: StreamName): object {
  const url = `${sourceUrl.replace('http:', 'ws:')}/ws/v5/public`;
  const gateway = { name: GATEWAY, venue: 'okx', symbols: [SYMBOL], channels: [stream], urls: { public: url } };
  return { gateways: [gateway] };
}

/** CLOCK_MONOTONIC, which all processes of one machine share. */
export function monotonicMicroseconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.round(nanoseconds / 1e3);
}
