import type { Figure } from './account.ts';

/** The newest quote of one symbol at one gateway. Times are milliseconds since the epoch, sizes in base coins or contracts. */
export interface Tick {
  readonly gateway: string;
  readonly symbol: string;
  /** Dense for each gateway, symbol and epoch, from 1. */
  readonly seq: number;
  readonly epoch: string;
  /** The venue's time. */
  readonly timestamp: number | null;
  readonly receivedAt: number;
  readonly last: Figure;
  readonly lastSize: Figure;
  readonly bid: Figure;
  readonly bidSize: Figure;
  readonly ask: Figure;
  readonly askSize: Figure;
  readonly open24h: Figure;
  readonly high24h: Figure;
  readonly low24h: Figure;
  readonly volume24h: Figure;
  readonly stale: boolean;
}
