import type { Day } from '../../domain/day.ts';
import { type BarColumns, type CorporateEvent, lowerBound } from '../../domain/series.ts';

/**
 * Takes Yahoo's adjustment for splits out of bars and dividends: its prices are in today's shares, all the way back,
 * and a new split rewrites them. A bar before a split is multiplied by its ratio, and its volume divided. A dividend is
 * told in today's shares as well, and paid on the share before the ex-day. `events` are Yahoo's; those up to today have
 * to be among them.
 */
export function undoSplits(
  columns: BarColumns,
  events: readonly CorporateEvent[],
): { readonly columns: BarColumns; readonly events: readonly CorporateEvent[] } {
  const splits = events.filter(({ kind }) => kind === 'SPLIT');
  if (splits.length === 0) return { columns, events };
  const ratioSince = createRatios(splits);
  const ratios = Float64Array.from(columns.day, (day) => ratioSince(day + 1));
  const price = (figures: Float64Array): Float64Array => figures.map((figure, index) => figure * (ratios[index] ?? 1));
  return {
    columns: {
      day: columns.day,
      open: price(columns.open),
      high: price(columns.high),
      low: price(columns.low),
      close: price(columns.close),
      volume: columns.volume.map((volume, index) => Math.round(volume / (ratios[index] ?? 1))),
      amount: columns.amount,
    },
    events: events.map((event) =>
      event.kind === 'DIVIDEND' ? { ...event, cash: event.cash * ratioSince(event.day) } : event,
    ),
  };
}

/** What all splits from a day on come to, which is the same for all bars between two of them. `splits` ascend by day. */
function createRatios(splits: readonly CorporateEvent[]): (day: Day) => number {
  const days = Int32Array.from(splits, (split) => split.day);
  const ratios = splits.map((_, first) => splits.slice(first).reduce((product, { ratio }) => product * ratio, 1));
  return (day) => ratios[lowerBound(days, day)] ?? 1;
}
