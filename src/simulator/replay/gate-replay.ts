import { isObject, parseObject } from '../../domain/json-text.ts';
import type { MarketChannel } from '../../domain/market-topic.ts';
import { type GateMarket, PATHS } from '../../exchanges/gate/dialect.ts';
import {
  acknowledge,
  answerPing,
  parseRequest,
  refuseRequest,
  refuseSymbol,
} from '../../exchanges/gate/server-dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const CHANNELS: ReadonlyMap<string | undefined, MarketChannel> = new Map([
  ['trades', 'trades'],
  ['tickers', 'ticks'],
  ['book_ticker', 'ticks'],
  ['candlesticks', 'bars'],
]);

const MAX_REQUEST_BYTES = 65_536;

/** A session recorded at a market of Gate. A request with a symbol that was not recorded is refused as a whole. */
export function createGateReplay(market: GateMarket): (session: readonly SessionFrame[]) => VenueReplay {
  return (session) => {
    const recording = readRecording(session, {
      source: 'a Gate channel',
      channelOf: (text) => channelOf(text, market),
      isSubscribe: (text) => parseRequest(text)?.event === 'subscribe',
    });

    const answer = (text: string): ReplayAnswer => {
      const request = parseRequest(text);
      if (request === undefined) return { texts: [refuseRequest()] };
      if (request.event === 'ping') return { texts: [answerPing(request)] };
      const missing = request.channels.map(symbolOf).find((symbol) => !recording.symbols.includes(symbol));
      if (missing !== undefined) return { texts: [refuseSymbol(request, missing)] };
      const texts = [acknowledge(request)];
      return request.event === 'subscribe'
        ? { texts, subscribed: request.channels }
        : { texts, unsubscribed: request.channels };
    };

    return { ...recording, paths: { public: PATHS[market] }, maxRequestBytes: MAX_REQUEST_BYTES, answer };
  };
}

function symbolOf(channel: string): string {
  return channel.split(' ').at(-1) ?? '';
}

/** By the first row of an update: all rows of one are of one symbol. */
function channelOf(text: string, market: GateMarket): RecordedChannel | undefined {
  const subscription = subscriptionOf(text, market);
  if (subscription === undefined) return undefined;
  const channel = CHANNELS.get(/\.(\w+)/.exec(subscription)?.[1]);
  return { subscription, symbol: symbolOf(subscription), channel };
}

function subscriptionOf(text: string, market: GateMarket): string | undefined {
  const message = parseObject(text);
  const name = message?.channel;
  if (message?.event !== 'update' || typeof name !== 'string' || !name.startsWith(`${market}.`)) return undefined;
  const row = Array.isArray(message.result) ? message.result[0] : message.result;
  if (!CHANNELS.has(name.slice(market.length + 1)) || !isObject(row)) return undefined;
  if (name.endsWith('.candlesticks'))
    return typeof row.n === 'string' ? `${name} ${row.n.replace('_', ' ')}` : undefined;
  const symbol = row.currency_pair ?? row.contract ?? row.s;
  return typeof symbol === 'string' ? `${name} ${symbol}` : undefined;
}
