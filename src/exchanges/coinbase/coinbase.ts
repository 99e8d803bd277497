import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue } from '../venue.ts';
import { createCoinbaseContracts } from './contracts.ts';
import { CoinbaseConversation } from './conversation.ts';
import { FEED_PATH, isSymbol } from './dialect.ts';

/** The heartbeats of the greeting's channel are data, so that a connection which brings nothing is dead. */
const HEARTBEAT: Heartbeat = { kind: 'serverFrame' };

/** Of each address: https://docs.cdp.coinbase.com/exchange/websocket-feed/rate-limits */
const LIMITS: SocketLimits = {
  connects: { most: 8, perMs: 1_000 },
  frames: { most: 100, perMs: 1_000 },
};

/** Coinbase Exchange's market data, without keys; it sends no candles, which are built from its matches. */
export function createCoinbaseVenue(): Venue {
  return {
    name: 'coinbase',
    contracts: createCoinbaseContracts(),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://ws-feed.exchange.coinbase.com${FEED_PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: ({ symbol }) => isSymbol(symbol),
        converse: () => new CoinbaseConversation(),
      },
    ],
  };
}
