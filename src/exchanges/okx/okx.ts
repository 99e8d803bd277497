import type { MarketTopic } from '../../domain/market-topic.ts';
import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketLimits, Venue, VenueSocket } from '../venue.ts';
import { createOkxAccount } from './account.ts';
import { createOkxContracts } from './contracts.ts';
import { BUSINESS_PATH, isSymbol, PING, PONG, PUBLIC_PATH, pathOf, toArgument, writeOperations } from './dialect.ts';
import { readFrame } from './normalize.ts';

export interface OkxVenueOptions {
  readonly name: string;
  /** Scheme, host and port of the sockets. */
  readonly origin: string;
  /** Scheme, host and port of the REST API. */
  readonly restOrigin: string;
  /** Whether the venue limits requests as OKX does. */
  readonly isLimited?: boolean | undefined;
}

/** A venue closes what is silent for 30 s: https://www.okx.com/docs-v5/en/#overview-websocket-connect */
const HEARTBEAT: Heartbeat = { kind: 'text', ping: PING, pong: PONG, intervalMs: 20_000, timeoutMs: 10_000 };

/**
 * Of each address: 3 connections a second, 480 requests an hour on one:
 * https://www.okx.com/docs-v5/en/#overview-websocket-connect
 */
const LIMITS: SocketLimits = {
  connects: { most: 3, perMs: 1_000 },
  frames: { most: 480, perMs: 3_600_000 },
};

/** A venue that speaks OKX's protocol: tickers and trades on one socket, candles on another, an account on a third. */
export function createOkxVenue({ name, origin, restOrigin, isLimited }: OkxVenueOptions): Venue {
  return {
    name,
    sockets: [createSocket('PUBLIC', origin, PUBLIC_PATH), createSocket('BUSINESS', origin, BUSINESS_PATH)],
    account: createOkxAccount({ origin, restOrigin, heartbeat: HEARTBEAT, isLimited }),
    contracts: createOkxContracts(restOrigin),
  };
}

function createSocket(kind: VenueSocket['kind'], origin: string, path: string): VenueSocket {
  return {
    kind,
    url: `${origin}${path}`,
    heartbeat: HEARTBEAT,
    carries: (topic: MarketTopic) => isSymbol(topic.symbol) && pathOf(toArgument(topic).channel) === path,
    limits: LIMITS,
    converse: () => ({
      subscribe: (topics) => writeOperations('subscribe', topics),
      unsubscribe: (topics) => writeOperations('unsubscribe', topics),
      read: readFrame,
    }),
  };
}
