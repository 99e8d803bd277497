import type { MarketTopic } from '../../domain/market-topic.ts';
import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue, VenueSocket } from '../venue.ts';
import { createBinanceAccount } from './account.ts';
import { SPOT_CONTRACTS, USDM_CONTRACTS } from './contracts.ts';
import { converse } from './conversation.ts';
import {
  isSymbol,
  MOST_STREAMS,
  SPOT_PATH,
  spotStreamsOf,
  streamOf,
  USDM_MARKET_PATH,
  USDM_PUBLIC_PATH,
  usdmPathOf,
} from './dialect.ts';

/** The server pings every 20 s, at USD-M futures every 3 min: the pages of the two markets below. */
const HEARTBEAT: Heartbeat = { kind: 'serverFrame' };

const DAY_MS = 86_400_000;

/** https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#websocket-limits */
const SPOT_LIMITS: SocketLimits = {
  connects: { most: 300, perMs: 300_000 },
  // Of 5 a second one may be a pong.
  frames: { most: 4, perMs: 1_000 },
  // A topic takes up to two streams.
  topics: MOST_STREAMS / 2,
  lifetimeMs: DAY_MS,
};

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams */
const USDM_LIMITS: SocketLimits = {
  // Of 10.
  frames: { most: 9, perMs: 1_000 },
  topics: MOST_STREAMS,
  lifetimeMs: DAY_MS,
};

/** The spot market. Prints are aggregated: all that one order took at one price is one. */
export function createBinanceVenue(): Venue {
  const socket: VenueSocket = {
    kind: 'PUBLIC',
    url: `wss://stream.binance.com:9443${SPOT_PATH}`,
    heartbeat: HEARTBEAT,
    limits: SPOT_LIMITS,
    carries: ({ symbol }) => isSymbol(symbol),
    converse: () => converse(spotStreamsOf),
  };
  const account = createBinanceAccount({
    origin: 'wss://ws-api.binance.com:443',
    restOrigin: 'https://api.binance.com',
  });
  return { name: 'binance', sockets: [socket], account, contracts: SPOT_CONTRACTS };
}

/** USD-M futures: quotes on one socket, prints and bars on the other. Quotes have the best prices and nothing of the day. */
export function createBinanceUsdmVenue(): Venue {
  const socketAt = (path: string): Omit<VenueSocket, 'kind'> => ({
    url: `wss://fstream.binance.com${path}`,
    heartbeat: HEARTBEAT,
    limits: USDM_LIMITS,
    carries: (topic: MarketTopic) => isSymbol(topic.symbol) && usdmPathOf(streamOf(topic)) === path,
    converse: () => converse((topic) => [streamOf(topic)]),
  });
  return {
    name: 'binance-usdm',
    sockets: [
      { kind: 'PUBLIC', ...socketAt(USDM_PUBLIC_PATH) },
      { kind: 'BUSINESS', urlName: 'market', ...socketAt(USDM_MARKET_PATH) },
    ],
    contracts: USDM_CONTRACTS,
  };
}
