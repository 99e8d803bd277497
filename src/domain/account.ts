import type { Faulty } from './data-faults.ts';
import type { Day } from './day.ts';

/** Which of the two QIFI stores an account is read from; GraphQL's AccountSource. */
export const ACCOUNT_SOURCES = ['HISTORY', 'REALTIME'] as const;
export type AccountSource = (typeof ACCOUNT_SOURCES)[number];

export const CONNECTION_STATUSES = ['CONNECTED', 'RESTART_WANTED', 'CLOSED', 'LOGIN_REFUSED', 'UNKNOWN'] as const;
export type AccountConnectionStatus = (typeof CONNECTION_STATUSES)[number];

/** A figure that the source may lack. Money is in the account's currency. */
export type Figure = number | null;

/** The money figures of a QIFI `accounts` object, under their names in the schema. */
export const ACCOUNT_FIGURES = [
  'preBalance',
  'staticBalance',
  'deposit',
  'withdraw',
  'withdrawQuota',
  'closeProfit',
  'positionProfit',
  'floatProfit',
  'commission',
  'premium',
  'balance',
  'margin',
  'frozenMargin',
  'frozenCommission',
  'frozenPremium',
  'available',
  'riskRatio',
] as const;
export type AccountFigure = (typeof ACCOUNT_FIGURES)[number];

/** One stored state of an account: of a settled day (HISTORY) or the latest of its day (REALTIME). */
export interface AccountSnapshot extends Readonly<Record<AccountFigure, Figure>>, Faulty {
  readonly accountCookie: string;
  readonly source: AccountSource;
  readonly portfolio: string | null;
  readonly brokerName: string | null;
  readonly currency: string | null;
  readonly connectionStatus: AccountConnectionStatus;
  /** Null when the document has none. */
  readonly tradingDay: Day | null;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number | null;
  readonly positions: readonly Position[];
}

/** Volumes and prices as the source stores them. */
export const POSITION_FIGURES = [
  'volumeLong',
  'volumeLongToday',
  'volumeLongHistory',
  'volumeLongFrozen',
  'volumeShort',
  'volumeShortToday',
  'volumeShortHistory',
  'volumeShortFrozen',
  'openPriceLong',
  'openPriceShort',
  'openCostLong',
  'openCostShort',
  'positionPriceLong',
  'positionPriceShort',
  'lastPrice',
  'floatProfit',
  'positionProfit',
  'margin',
] as const;
export type PositionFigure = (typeof POSITION_FIGURES)[number];

/** What an account holds of one instrument. Identity is exchange and instrument, never the key of the QIFI map. */
export interface Position extends Readonly<Record<PositionFigure, Figure>>, Faulty {
  readonly instrumentId: string;
  readonly exchangeId: string | null;
}

/** One point of an account's daily balance series. */
export interface EquityPoint extends Faulty {
  readonly tradingDay: Day;
  readonly balance: number;
  readonly available: Figure;
  readonly margin: Figure;
  readonly deposit: Figure;
  readonly withdraw: Figure;
}

/** A day's row of the series that profit is computed from. */
export interface EquityRow extends EquityPoint {
  readonly preBalance: Figure;
}

/** A stored intraday balance of a REALTIME account. */
export interface EquityMark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly balance: number;
}

/** Marks that one operation may read: a running account has one for each tick, so that these are twenty days of it. */
export const MOST_MARKS = 1_000_000;
