import type { Side } from './trade.ts';

/** One print of a venue's public tape. Times are milliseconds since the epoch; price and size are the venue's digits. */
export interface MarketTrade {
  readonly gateway: string;
  readonly symbol: string;
  /** Dense for each gateway, symbol and epoch, from 1. */
  readonly seq: number;
  readonly epoch: string;
  readonly tradeId: string | null;
  /** The venue's time. */
  readonly timestamp: number | null;
  readonly receivedAt: number;
  readonly price: string;
  readonly size: string;
  /** The taker's. */
  readonly side: Side | null;
}
