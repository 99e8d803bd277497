import type { Candle } from './candle.ts';
import type { Desk, Operation } from './panel.ts';

/** Where the candles that are shown come from. */
export interface CandleSource {
  /** What they are of. */
  readonly name: string;
  readonly candles: readonly Candle[];
  /** Why there is none. */
  readonly note: string;
  readonly operation: Operation;
}

export interface CandleSourceOptions {
  readonly desk: Desk;
  /** LAST: only the last candle is another, or one was added behind it. */
  readonly onChange: (source: CandleSource, change: 'ALL' | 'LAST') => void;
}
