import type { AccountSource, Figure } from './account.ts';
import type { Faulty } from './data-faults.ts';
import type { Day } from './day.ts';

export const SIDES = ['BUY', 'SELL'] as const;
export type Side = (typeof SIDES)[number];

export const OFFSETS = ['OPEN', 'CLOSE', 'CLOSE_TODAY', 'CLOSE_YESTERDAY', 'NONE'] as const;
export type Offset = (typeof OFFSETS)[number];

/** A fill as a QIFI document holds it. A trade id alone is unique only within an account's day. */
export interface Trade extends Faulty {
  readonly source: AccountSource;
  readonly accountCookie: string;
  readonly tradingDay: Day | null;
  readonly tradeId: string;
  readonly orderId: string | null;
  readonly instrumentId: string;
  readonly exchangeId: string | null;
  readonly side: Side;
  readonly offset: Offset;
  readonly price: Figure;
  readonly volume: Figure;
  readonly commission: Figure;
  /** Nanoseconds since the epoch, exactly as stored. */
  readonly tradedAtNanos: bigint | null;
}
