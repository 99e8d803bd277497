import type { AccountSource, Position } from './account.ts';
import type { Faulty } from './data-faults.ts';

/** What a gateway carries of its account. */
export const ACCOUNT_CHANNELS = ['orders', 'positions', 'balances'] as const;
export type AccountChannel = (typeof ACCOUNT_CHANNELS)[number];

/** What all states of an account share. */
interface AccountState {
  /** Null when it was read from a QIFI state. */
  readonly gateway: string | null;
  readonly accountCookie: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** One position as it stands. */
export interface PositionState extends AccountState {
  /** The QIFI store that it was read from; REALTIME for what a gateway sent. */
  readonly source: AccountSource;
  readonly position: Position;
}

/** What an account owns in one currency, as decimal text. */
export interface BalanceState extends AccountState, Faulty {
  readonly currency: string;
  readonly total: string;
  readonly available: string | null;
}

interface Counted {
  /** Rises by one with each state of the position or balance. */
  readonly seq: number;
}

/** The newest state of one position. */
export interface PositionUpdate extends PositionState, Counted {}

/** The newest balance in one currency. */
export interface BalanceUpdate extends BalanceState, Counted {}
