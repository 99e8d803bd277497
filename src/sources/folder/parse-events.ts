import { formatDay } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import { type CsvRow, csvRows } from './csv-table.ts';

/**
 * CODE.events.csv: date (the first day that trades without the right), kind (SPLIT or DIVIDEND), ratio (new shares for
 * one old; 1 when empty) and cash (per old share, in the quote currency; 0 when empty). Ascending by day in the answer.
 * Fails with DATA_INVALID, naming the line.
 */
export function parseEvents(text: string, where: string): readonly CorporateEvent[] {
  const events: CorporateEvent[] = [];
  const seen = new Set<string>();
  for (const row of csvRows(text, { where, required: ['date', 'kind'] })) {
    const event = parseEvent(row);
    const key = `${event.kind} ${event.day}`;
    if (seen.has(key)) throw row.invalid(`a second ${event.kind} of ${formatDay(event.day)}`, 'each kind once a day');
    seen.add(key);
    events.push(event);
  }
  return events.sort((left, right) => left.day - right.day);
}

function parseEvent(row: CsvRow): CorporateEvent {
  const day = row.day('date');
  const kind = row.text('kind').toUpperCase();
  if (kind !== 'SPLIT' && kind !== 'DIVIDEND') throw row.invalid(`the kind ${kind.slice(0, 32)}`, 'SPLIT or DIVIDEND');
  const ratio = missingAs(1, row.figure('ratio'));
  const cash = missingAs(0, row.figure('cash'));
  if (ratio <= 0) throw row.invalid(`the ratio ${ratio}`, 'new shares for one old, above zero');
  if (cash < 0) throw row.invalid(`the cash ${cash}`, 'zero or more');
  if (kind === 'SPLIT' && ratio === 1) throw row.invalid('a SPLIT without a ratio', 'new shares for one old');
  if (kind === 'DIVIDEND' && cash === 0) throw row.invalid('a DIVIDEND without cash', 'cash per share');
  return { day, kind, ratio, cash };
}

function missingAs(value: number, figure: number): number {
  return Number.isNaN(figure) ? value : figure;
}
