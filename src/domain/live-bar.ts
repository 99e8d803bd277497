/** Lengths of a live bar: minutes, hours, a day; GraphQL's LiveBarInterval. */
export const LIVE_BAR_INTERVALS = ['M1', 'M3', 'M5', 'M15', 'M30', 'H1', 'H4', 'D1'] as const;
export type LiveBarInterval = (typeof LIVE_BAR_INTERVALS)[number];

/** A bar that is forming, or the last that closed. */
export interface LiveBar {
  readonly gateway: string;
  readonly symbol: string;
  readonly interval: LiveBarInterval;
  /** Milliseconds since the epoch. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In base coins or contracts. */
  readonly volume: number;
  readonly isClosed: boolean;
}
