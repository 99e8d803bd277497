import type { AccountSource, Position } from './account.ts';

/** What both kinds of updates of an account share. */
interface AccountUpdate {
  /** Null when it was read from a QIFI state. */
  readonly gateway: string | null;
  readonly accountCookie: string;
  /** Rises by one with each state of the position or balance. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** The newest state of one position. */
export interface PositionUpdate extends AccountUpdate {
  /** The QIFI store that it was read from; REALTIME for what a gateway sent. */
  readonly source: AccountSource;
  readonly position: Position;
}

/** The newest balance in one currency, as decimal text. */
export interface BalanceUpdate extends AccountUpdate {
  readonly currency: string;
  readonly total: string;
  readonly available: string | null;
}
