import type { BarColumns } from '../domain/series.ts';

/** A lot of the mainland exchanges, in shares. */
export const LOT = 100;
/** An average share of an index costs less than this in yuan, and a lot of the cheapest more. */
const BETWEEN_SHARE_AND_LOT = 200;

/**
 * How many shares one of a mainland exchange's stated units of volume is, by turnover: over volume it is the price of
 * one. For shares and funds that is their own price, or a hundred times that; an index has the average price of its
 * members. Undefined when turnover is not told, or tells neither.
 */
export function tradingUnit(columns: BarColumns, { isIndex }: { readonly isIndex: boolean }): 1 | 100 | undefined {
  const { volume, amount, close } = columns;
  const prices: number[] = [];
  for (const [index, traded] of volume.entries()) {
    const price = (amount[index] ?? Number.NaN) / traded / (isIndex ? 1 : (close[index] ?? Number.NaN));
    if (price > 0 && price < Number.POSITIVE_INFINITY) prices.push(price);
  }
  const middle = prices.sort((left, right) => left - right)[prices.length >> 1];
  if (middle === undefined) return undefined;
  if (isIndex) return middle > BETWEEN_SHARE_AND_LOT ? LOT : 1;
  if (middle > 0.5 && middle < 2) return 1;
  return middle > LOT / 2 && middle < LOT * 2 ? LOT : undefined;
}

/** The same columns with the volume in shares. */
export function inShares(columns: BarColumns, unit: number): BarColumns {
  return unit === 1 ? columns : { ...columns, volume: columns.volume.map((traded) => traded * unit) };
}
