import { parseObject } from '../../domain/json-text.ts';
import type { MarketChannel } from '../../domain/market-topic.ts';
import { type BybitMarket, type ChannelContent, contentOf, pathOf } from '../../exchanges/bybit/dialect.ts';
import {
  acknowledge,
  answerPing,
  parseRequest,
  refuseChannel,
  refuseRequest,
} from '../../exchanges/bybit/server-dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const CHANNELS: Readonly<Record<ChannelContent['kind'], MarketChannel>> = {
  trades: 'trades',
  tickers: 'ticks',
  best: 'ticks',
  bars: 'bars',
};

/** More than 21,000 characters of channels take. */
const MAX_REQUEST_BYTES = 65_536;

/** A session recorded at a market of Bybit. A request with a symbol that was not recorded is refused as a whole. */
export function createBybitReplay(market: BybitMarket): (session: readonly SessionFrame[]) => VenueReplay {
  return (session) => {
    const isSubscribe = (text: string): boolean => parseRequest(text)?.op === 'subscribe';
    const recording = readRecording(session, { source: 'a Bybit channel', channelOf, isSubscribe });

    const answer = (text: string): ReplayAnswer => {
      const request = parseRequest(text);
      if (request === undefined) return { texts: [refuseRequest()] };
      const { op, reqId, args } = request;
      if (op === 'ping') return { texts: [answerPing(reqId)] };
      const missing = args.find((channel) => !recording.symbols.includes(contentOf(channel)?.symbol ?? ''));
      if (missing !== undefined) return { texts: [refuseChannel(request, missing)] };
      const texts = [acknowledge(request)];
      return op === 'subscribe' ? { texts, subscribed: args } : { texts, unsubscribed: args };
    };

    return { ...recording, paths: { public: pathOf(market) }, maxRequestBytes: MAX_REQUEST_BYTES, answer };
  };
}

function channelOf(text: string): RecordedChannel | undefined {
  const topic = parseObject(text)?.topic;
  const content = contentOf(topic);
  return content && { subscription: String(topic), symbol: content.symbol, channel: CHANNELS[content.kind] };
}
