import {
  addDecimals,
  compareDecimals,
  divideDecimals,
  isPositiveDecimal,
  multiplyDecimals,
  subtractDecimals,
} from './decimal-text.ts';
import type { LiveFill, LiveOrder } from './live-order.ts';
import { inCodeUnits } from './text-order.ts';

/** More than any venue's price has, so that an average says more than its prices. */
const AVERAGE_PRICE_DECIMALS = 16;

/** What of an order was filled. */
export type Execution = Pick<LiveOrder, 'fills' | 'filledVolume' | 'remainingVolume' | 'averagePrice'>;

/** What fills add up to. */
export interface FillTotals {
  readonly volume: string;
  /** Prices times volumes. */
  readonly cost: string;
}

/**
 * The execution that these fills and the figures of the venue tell together. `filledVolume` is the larger of the
 * venue's and the sum of the fills, null when neither tells. `averagePrice` is that of the fills, weighted by volume,
 * when they are all that was filled, else the venue's.
 */
export function executionOf(
  told: Omit<Execution, 'remainingVolume'> & Pick<LiveOrder, 'volume'>,
  totals: FillTotals = totalsOf(told.fills),
): Execution {
  const { fills, volume } = told;
  const filledVolume = fills.length === 0 ? told.filledVolume : largerDecimal(told.filledVolume, totals.volume);
  const isWhole = isPositiveDecimal(totals.volume) && compareDecimals(totals.volume, filledVolume ?? '0') === 0;
  return {
    fills,
    filledVolume,
    remainingVolume: volume === null || filledVolume === null ? null : remainderOf(volume, filledVolume),
    averagePrice: isWhole ? divideDecimals(totals.cost, totals.volume, AVERAGE_PRICE_DECIMALS) : told.averagePrice,
  };
}

export function totalsOf(fills: readonly LiveFill[]): FillTotals {
  return fills.reduce(addFill, { volume: '0', cost: '0' });
}

export function addFill({ volume, cost }: FillTotals, fill: LiveFill): FillTotals {
  return {
    volume: addDecimals(volume, fill.volume),
    cost: addDecimals(cost, multiplyDecimals(fill.price, fill.volume)),
  };
}

/**
 * The fills of both as a set by `tradeId`, ascending by (at, tradeId). Of two fills with one id the one with the larger
 * volume is taken, then the one with a fee, then the larger in each of the other fields.
 */
export function joinFills(fills: readonly LiveFill[], more: readonly LiveFill[]): readonly LiveFill[] {
  const byTradeId = new Map<string, LiveFill>();
  for (const fill of [...fills, ...more]) {
    const known = byTradeId.get(fill.tradeId);
    if (known === undefined || compareContents(known, fill) < 0) byTradeId.set(fill.tradeId, fill);
  }
  return [...byTradeId.values()].sort((one, other) => one.at - other.at || compareTexts(one.tradeId, other.tradeId));
}

/** The larger number, and of two texts for one number the longer; null is below every number. */
export function largerDecimal(one: string | null, other: string | null): string | null {
  return compareDecimalTexts(one, other) < 0 ? other : one;
}

/** By code units, null first. */
export function compareTexts(one: string | null, other: string | null): number {
  if (one !== null && other !== null) return inCodeUnits(one, other);
  if (one === other) return 0;
  return one === null ? -1 : 1;
}

function compareContents(one: LiveFill, other: LiveFill): number {
  return (
    compareDecimalTexts(one.volume, other.volume) ||
    compareDecimalTexts(one.fee, other.fee) ||
    compareTexts(one.feeCurrency, other.feeCurrency) ||
    compareDecimalTexts(one.price, other.price) ||
    one.at - other.at
  );
}

function compareDecimalTexts(one: string | null, other: string | null): number {
  if (one === null || other === null) return compareTexts(one, other);
  return compareDecimals(one, other) || one.length - other.length || compareTexts(one, other);
}

function remainderOf(volume: string, filledVolume: string): string {
  return compareDecimals(filledVolume, volume) >= 0 ? '0' : subtractDecimals(volume, filledVolume);
}
