import { RestFailure } from './rest-client.ts';
import type { WasSent } from './rest-exchange.ts';

/**
 * Why a request is not sent, or not again. QUEUE_FULL: as many wait as may. GATEWAY_DOWN: the gateway, or the whole
 * venue, is not to be asked now. CLIENT_STOPPED: nothing is sent any more. GIVEN_UP: by whoever asked. DEADLINE_PASSED:
 * it waited too long.
 */
export type RefusalKind = 'QUEUE_FULL' | 'GATEWAY_DOWN' | 'CLIENT_STOPPED' | 'GIVEN_UP' | 'DEADLINE_PASSED';

/** A request that was given up here. PERHAPS, when an earlier attempt of it may have arrived. */
export class RestRefusal extends RestFailure {
  override readonly name = 'RestRefusal';
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, reason: string, wasSent: WasSent = 'NO') {
    super(wasSent, reason);
    this.kind = kind;
  }
}
