import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { VenueAccount } from '../venue-account.ts';
import { PRIVATE_PATH, writeAccountSubscription, writeLogin } from './account-dialect.ts';
import { createAccountReader } from './account-normalize.ts';
import { createOkxRest } from './account-rest.ts';
import { OKX_LIMITS } from './limits.ts';

export interface OkxAccountOptions {
  /** Scheme, host and port of the sockets. */
  readonly origin: string;
  /** Scheme, host and port of the REST API. */
  readonly restOrigin: string;
  readonly heartbeat: Heartbeat;
  /** Whether the venue limits requests as OKX does. */
  readonly isLimited?: boolean | undefined;
}

/** An account at a venue that speaks OKX's protocol. */
export function createOkxAccount({ origin, restOrigin, heartbeat, isLimited }: OkxAccountOptions): VenueAccount {
  return {
    socket: {
      url: `${origin}${PRIVATE_PATH}`,
      heartbeat,
      login: writeLogin,
      subscribe: (channels) => (channels.length === 0 ? [] : [writeAccountSubscription(channels)]),
      createReader: createAccountReader,
    },
    rest: { ...createOkxRest(restOrigin), ...(isLimited ? OKX_LIMITS : {}) },
  };
}
