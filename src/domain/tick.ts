import type { Figure } from './account.ts';
import type { Sequenced } from './stream.ts';

/** The newest quote of one symbol at one gateway, counted for each gateway and symbol. */
export interface Tick extends Quote, Sequenced {}

/** What a venue says of a symbol. Times are milliseconds since the epoch, sizes in base coins or contracts. */
export interface Quote {
  readonly gateway: string;
  readonly symbol: string;
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
  /** The source has been silent past its limit. */
  readonly stale: boolean;
}
