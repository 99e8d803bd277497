import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { VenueAccount } from '../venue-account.ts';
import { PRIVATE_PATH, writeLogin, writeSubscriptions } from './account-dialect.ts';
import { createAccountReader } from './account-normalize.ts';
import { createBybitRest } from './account-rest.ts';
import type { BybitMarket } from './dialect.ts';

export interface BybitAccountOptions {
  /** Whose orders and positions it carries; the wallet is that of all of them. */
  readonly category: BybitMarket;
  /** Scheme, host and port of the sockets. */
  readonly origin: string;
  /** Scheme, host and port of the REST API. */
  readonly restOrigin: string;
  readonly heartbeat: Heartbeat;
}

/** One market of a unified account at Bybit. */
export function createBybitAccount({ category, origin, restOrigin, heartbeat }: BybitAccountOptions): VenueAccount {
  return {
    socket: {
      url: `${origin}${PRIVATE_PATH}`,
      heartbeat,
      login: writeLogin,
      subscribe: (channels) => writeSubscriptions(channels, category),
      createReader: () => createAccountReader(category),
    },
    rest: createBybitRest(restOrigin, category),
  };
}
