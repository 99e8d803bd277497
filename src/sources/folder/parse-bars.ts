import { type Day, formatDay } from '../../domain/day.ts';
import { BAR_FIGURES, type BarColumns, type BarFigure } from '../../domain/series.ts';
import { type CsvRow, csvRows } from './csv-table.ts';

/** How far a high may lie below its low, as a share of it: adjusted prices are rounded one by one. */
const RANGE_TOLERANCE = 1e-4;

type Bar = Readonly<Record<BarFigure, number>> & { readonly day: Day };

/**
 * CODE.csv: date and close, and any of open, high, low, volume (shares, contracts or coins) and amount (turnover in
 * the quote currency); prices unadjusted. Rows may stand in any order. Fails with DATA_INVALID, naming the line.
 */
export function parseBars(text: string, where: string): BarColumns {
  const bars: Bar[] = [];
  for (const row of rowsOf(text, where)) bars.push(parseBar(row));
  if (bars.some(({ day }, index) => index > 0 && day <= (bars[index - 1]?.day ?? day))) sortDistinct(bars, text, where);
  return {
    day: Int32Array.from(bars, (bar) => bar.day),
    open: Float64Array.from(bars, (bar) => bar.open),
    high: Float64Array.from(bars, (bar) => bar.high),
    low: Float64Array.from(bars, (bar) => bar.low),
    close: Float64Array.from(bars, (bar) => bar.close),
    volume: Float64Array.from(bars, (bar) => bar.volume),
    amount: Float64Array.from(bars, (bar) => bar.amount),
  };
}

function rowsOf(text: string, where: string): Generator<CsvRow> {
  return csvRows(text, { where, required: ['date', 'close'] });
}

/** Sorts by day. A day that comes again is looked for in the text, so that nothing of it has to be kept. */
function sortDistinct(bars: Bar[], text: string, where: string): void {
  const seen = new Set<Day>();
  for (const row of rowsOf(text, where)) {
    const day = row.day('date');
    if (seen.has(day)) throw row.invalid(`${formatDay(day)} again`, 'each date once');
    seen.add(day);
  }
  bars.sort((left, right) => left.day - right.day);
}

function parseBar(row: CsvRow): Bar {
  const figure = (name: BarFigure): number => {
    const value = row.figure(name);
    const isPrice = name !== 'volume' && name !== 'amount';
    if (isPrice && value <= 0) throw row.invalid(`the ${name} ${value}`, 'a price above zero');
    if (value < 0) throw row.invalid(`the ${name} ${value}`, 'zero or more');
    return value;
  };
  const [open, high, low, close, volume, amount] = BAR_FIGURES.map(figure) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]; // as many as BAR_FIGURES
  if (high < low * (1 - RANGE_TOLERANCE))
    throw row.invalid(`the high ${high} below the low ${low}`, 'low at or below high');
  return { day: row.day('date'), open, high, low, close, volume, amount };
}
