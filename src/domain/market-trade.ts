import type { Sequenced } from './stream.ts';
import type { Side } from './trade.ts';

/** A print of the tape, counted for each gateway and symbol. */
export interface MarketTrade extends Print, Sequenced {}

/** One print of a venue's public tape. Times are milliseconds since the epoch; price and size are the venue's digits. */
export interface Print {
  readonly gateway: string;
  readonly symbol: string;
  readonly tradeId: string | null;
  /** The venue's time. */
  readonly timestamp: number | null;
  readonly receivedAt: number;
  readonly price: string;
  readonly size: string;
  /** The taker's. */
  readonly side: Side | null;
}
