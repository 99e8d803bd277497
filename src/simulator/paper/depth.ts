import { compareDecimals } from '../../domain/decimal-text.ts';
import { minus, smaller, times, trimmed } from './decimal.ts';
import type { PaperInstrument } from './instruments.ts';
import { mix } from './price-path.ts';

export type OrderSide = 'buy' | 'sell';

/** Something that stands in the book: decimal text. */
export interface Level {
  readonly px: string;
  readonly sz: string;
}

export interface Quotes {
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface QuotesRequest {
  /** Best prices, in ticks. */
  readonly bid: number;
  readonly ask: number;
  /** Other sizes for another seed. */
  readonly seed: number;
}

const LEVELS = 20;
/** From one level to the next, of the price. */
const LEVEL_GAP = 4e-5;
const SIZE_DECIMALS = 5;

/** What others are invented to offer around a price. */
export function inventQuotes(instrument: PaperInstrument, { bid, ask, seed }: QuotesRequest): Quotes {
  const gap = Math.max(1, Math.round(bid * LEVEL_GAP));
  const levels = (best: number, step: number, salt: number): Level[] => {
    const prices = Array.from({ length: LEVELS }, (_, index) => best + index * step).filter((ticks) => ticks > 0);
    return prices.map((ticks, index) => {
      const share = 0.3 + (1.4 * mix(mix(seed, salt), index)) / 2 ** 32;
      const sz = sizeText(instrument, instrument.market.bestSize * share * (1 + 0.3 * index));
      return { px: priceText(instrument, ticks), sz: sz === '0' ? instrument.minSz : sz };
    });
  };
  return { bids: levels(bid, -gap, 1), asks: levels(ask, gap, 2) };
}

export function priceText({ tickSz }: PaperInstrument, ticks: number): string {
  return times(String(ticks), tickSz);
}

/** A size as people trade it, which is a whole number of lots; `0` when it is less than half of the least. */
export function sizeText({ lotSz }: PaperInstrument, size: number): string {
  const lotDecimals = lotSz.split('.')[1]?.length ?? 0;
  return trimmed(Math.max(0, size).toFixed(Math.min(lotDecimals, SIZE_DECIMALS)));
}

export interface TakeRequest {
  readonly side: OrderSide;
  /** Undefined: any price. */
  readonly limit: string | undefined;
  readonly size: string;
}

/** What an order that takes `size` would get, best price first. */
export function takeable(quotes: Quotes, { side, limit, size }: TakeRequest): Level[] {
  const taken: Level[] = [];
  let left = size;
  for (const { px, sz } of side === 'buy' ? quotes.asks : quotes.bids) {
    if (left === '0' || (limit !== undefined && !reaches(px, side, limit))) break;
    const part = smaller(sz, left);
    taken.push({ px, sz: part });
    left = minus(left, part);
  }
  return taken;
}

/** Whether an order of a side and limit may trade at a price. */
export function reaches(px: string, side: OrderSide, limit: string): boolean {
  return side === 'buy' ? compareDecimals(px, limit) <= 0 : compareDecimals(px, limit) >= 0;
}

/** The quotes after somebody of a side took the levels. */
export function withoutTaken(quotes: Quotes, side: OrderSide, taken: readonly Level[]): Quotes {
  const takenAt = new Map(taken.map(({ px, sz }) => [px, sz]));
  const rest = (side === 'buy' ? quotes.asks : quotes.bids)
    .map(({ px, sz }) => ({ px, sz: minus(sz, takenAt.get(px) ?? '0') }))
    .filter(({ sz }) => sz !== '0');
  return side === 'buy' ? { ...quotes, asks: rest } : { ...quotes, bids: rest };
}
