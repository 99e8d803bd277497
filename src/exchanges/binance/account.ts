import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { VenueAccount } from '../venue-account.ts';
import { SOCKET_PATH, writeLogin } from './account-dialect.ts';
import { readAccountFrame } from './account-normalize.ts';
import { createBinanceRest } from './account-rest.ts';

export interface BinanceAccountOptions {
  /** Scheme, host and port of the WebSocket API, which is another than that of the market data. */
  readonly origin: string;
  /** Scheme, host and port of the REST API. */
  readonly restOrigin: string;
}

/** The server pings every 20 s: https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/general-api-information */
const HEARTBEAT: Heartbeat = { kind: 'serverFrame' };

/** A spot account at Binance. */
export function createBinanceAccount({ origin, restOrigin }: BinanceAccountOptions): VenueAccount {
  return {
    socket: {
      url: `${origin}${SOCKET_PATH}`,
      heartbeat: HEARTBEAT,
      login: writeLogin,
      // The login subscribes to everything.
      subscribe: () => [],
      createReader: () => readAccountFrame,
    },
    rest: createBinanceRest(restOrigin),
  };
}
