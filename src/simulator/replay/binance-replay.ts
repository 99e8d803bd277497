import { parseObject } from '../../domain/json-text.ts';
import type { MarketChannel } from '../../domain/market-topic.ts';
import {
  acknowledge,
  contentOf,
  parseRequest,
  refuseRequest,
  SPOT_PATH,
  type StreamContent,
  USDM_MARKET_PATH,
  USDM_PUBLIC_PATH,
  usdmPathOf,
} from '../../exchanges/binance/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const CHANNELS: Readonly<Record<StreamContent['kind'], MarketChannel | undefined>> = {
  aggTrade: 'trades',
  bookTicker: 'ticks',
  ticker: 'ticks',
  kline: 'bars',
  book: undefined,
};

/** Far more than 1,024 streams take. */
const MAX_REQUEST_BYTES = 65_536;

/** A session recorded at Binance's spot market, over combined streams. */
export function createBinanceReplay(session: readonly SessionFrame[]): VenueReplay {
  return createReplay(session, { paths: { public: SPOT_PATH }, pathOf: () => SPOT_PATH });
}

/** A session recorded at Binance's USD-M futures. */
export function createBinanceUsdmReplay(session: readonly SessionFrame[]): VenueReplay {
  return createReplay(session, { paths: { public: USDM_PUBLIC_PATH, market: USDM_MARKET_PATH }, pathOf: usdmPathOf });
}

interface Market extends Pick<VenueReplay, 'paths'> {
  pathOf(stream: string): string;
}

function createReplay(session: readonly SessionFrame[], { paths, pathOf }: Market): VenueReplay {
  const isSubscribe = (text: string): boolean => parseRequest(text)?.method === 'SUBSCRIBE';
  const recording = readRecording(session, { source: 'a Binance channel', channelOf, isSubscribe });

  /** Whatever is asked for is acknowledged, also what the other socket serves or nobody. */
  const answer = (request: string, path: string): ReplayAnswer => {
    const parsed = parseRequest(request);
    if (parsed === undefined) return { texts: [refuseRequest()] };
    const texts = [acknowledge(parsed.id)];
    const streams = parsed.params.filter((stream) => pathOf(stream) === path);
    return parsed.method === 'SUBSCRIBE' ? { texts, subscribed: streams } : { texts, unsubscribed: streams };
  };

  return { ...recording, paths, maxRequestBytes: MAX_REQUEST_BYTES, answer };
}

function channelOf(text: string): RecordedChannel | undefined {
  const stream = parseObject(text)?.stream;
  const content = typeof stream === 'string' ? contentOf(stream) : undefined;
  return content && { subscription: String(stream), symbol: content.symbol, channel: CHANNELS[content.kind] };
}
