import type { Day } from '../../domain/day.ts';
import type { BarColumns, CorporateEvent } from '../../domain/series.ts';

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
  const ratios = Float64Array.from(columns.day, (day) => ratioSince(splits, day + 1));
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
      event.kind === 'DIVIDEND' ? { ...event, cash: event.cash * ratioSince(splits, event.day) } : event,
    ),
  };
}

function ratioSince(splits: readonly CorporateEvent[], day: Day): number {
  return splits.reduce((product, split) => (split.day >= day ? product * split.ratio : product), 1);
}
