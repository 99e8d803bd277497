import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createBybitAccount } from './account.ts';
import { createBybitContracts } from './contracts.ts';
import { converse } from './conversation.ts';
import { type BybitMarket, isPong, isSymbol, pathOf, writePing } from './dialect.ts';

/** A connection without a word for 10 minutes ends: https://bybit-exchange.github.io/docs/v5/ws/connect */
const HEARTBEAT: Heartbeat = {
  kind: 'message',
  ping: (_, count) => writePing(count),
  isPong,
  intervalMs: 20_000,
  timeoutMs: 10_000,
};

/**
 * All channels of one connection may have 21,000 characters together: so many topics stay below that with the longest
 * symbols: https://bybit-exchange.github.io/docs/v5/ws/connect#public-channel---args-limits
 */
const LIMITS: SocketLimits = { connects: { most: 500, perMs: 300_000 }, topics: 200 };

/**
 * One market of Bybit. BTCUSDT is a pair of the spot market and a perpetual of the linear one, so a symbol does not say
 * which is meant: each market is a venue of its own.
 */
export function createBybitVenue(name: string, market: BybitMarket): Venue {
  return {
    name,
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://stream.bybit.com${pathOf(market)}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: ({ symbol }) => isSymbol(symbol),
        converse: () => converse(market),
      },
    ],
    account: createBybitAccount({
      ...{ category: market, heartbeat: HEARTBEAT },
      ...{ origin: 'wss://stream.bybit.com', restOrigin: 'https://api.bybit.com' },
    }),
    contracts: createBybitContracts(market),
  };
}
