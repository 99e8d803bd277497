import type { Day } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import { type CorporateEvent, isSplitRatio, LARGEST_RATIO } from '../../domain/series.ts';
import { type BarRow, type BarRules, collectBars, NO_BARS, type ParsedBars } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { echoed, heldBack, invalidReply, isRecord, jsonOf, listOf, type Reply, recordOf, wordOf } from '../reply.ts';
import { undoSplits } from './undo-splits.ts';
import { createZoneDays } from './zone-days.ts';

export interface ChartWish {
  readonly symbol: string;
  /** What Yahoo's volume counts. Nothing: it is not known, as for indexes outside of the United States. */
  readonly volumeOf: 'SHARES' | 'MONEY' | 'NOTHING';
  /** Whether the reply may have no row: nothing since the day asked for. */
  readonly mayBeEmpty: boolean;
  /** What the series can be like, where the exchange's clock is that of a time zone. */
  readonly rulesIn: (timeZone: string) => BarRules;
}

/** Prices in hundredths or thousandths of the currency that they stand for. */
const PARTS_OF_CURRENCY: ReadonlyMap<string, number> = new Map([
  ['GBp', 100],
  ['GBX', 100],
  ['ZAc', 100],
  ['ILA', 100],
  ['KWF', 1000],
]);

/** A share with a dividend a month would take a century. */
const MOST_EVENTS = 2_000;
/** Two centuries of sessions; the day of each takes microseconds to tell. */
const MOST_TIMES = 50_000;
/** Beyond it there are no dates. */
const FARTHEST_MS = 8.64e15;

/** What Yahoo calls its errors. */
const ERRORS = ['Bad Request', 'Unauthorized', 'Unprocessable Entity', 'Too Many Requests', 'Internal Server Error'];

/** As precise as the double it is. */
const DIGITS = 12;

type Named = Readonly<Record<string, unknown>>;

/**
 * The daily bars of Yahoo's v8 chart, unadjusted, with splits and dividends. `chart.result[0]` has parallel arrays:
 * timestamp, seconds at which each session opens, and indicators.quote[0] with open, high, low, close and volume, in
 * today's shares; nulls stand for missing figures. Days are those of meta.exchangeTimezoneName; meta.gmtoffset is
 * today's only. Two rows of one day: the later is live. The reply has to reach up to today, or later splits would not
 * be known. Fails with NOT_FOUND for the error `Not Found`; with UPSTREAM_UNAVAILABLE for others and where rows are
 * absent; with DATA_INVALID for another symbol. Source: recorded replies of node-yahoo-finance2 (MIT).
 */
export function parseChart(reply: Reply, wish: ChartWish): ParsedBars {
  const chart = recordOf(recordOf(jsonOf(reply), 'an object with chart').chart, 'an object with result');
  if (chart.error !== null && chart.error !== undefined) throw failureOf(chart.error);
  const [first] = listOf(chart.result, 'a list of results');
  const { meta: anyMeta, timestamp, events, indicators } = recordOf(first, 'a result with meta and timestamp');
  const meta = recordOf(anyMeta, 'an object with symbol');
  checkSymbol(meta, wish.symbol);
  if (timestamp === undefined) {
    if (!wish.mayBeEmpty) throw heldBack('no bars');
    return { columns: NO_BARS, dropped: { unfinished: 0, empty: 0, faulty: 0 }, events: [], areEventsKnown: true };
  }
  checkGranularity(meta);
  const timeZone = wordOf(meta.exchangeTimezoneName);
  const dayOfSeconds = daysOf(timeZone);
  const parts = PARTS_OF_CURRENCY.get(wordOf(meta.currency)) ?? 1;
  const [quote] = listOf(recordOf(indicators, 'an object with quote').quote, 'a list of quotes');
  const times = listOf(timestamp, 'a list of times');
  if (times.length > MOST_TIMES) throw invalidReply(`${times.length} times`, `at most ${MOST_TIMES}`);
  const days = times.map((seconds) => dayOfSeconds(seconds));
  const rows = rowsOf(recordOf(quote, 'an object with close'), { days, parts });
  const { columns, dropped } = collectBars(rows, { ...wish.rulesIn(timeZone), keepsLastOfDay: true });
  const undone = undoSplits(columns, eventsOf(events, { dayOfSeconds, parts }));
  return withVolume({ ...undone, dropped, areEventsKnown: true }, wish.volumeOf);
}

function failureOf(error: unknown): Error {
  const { code } = isRecord(error) ? error : {};
  if (code === 'Not Found') return notFound('it knows no such code');
  return heldBack(`the error ${ERRORS.find((each) => each === code) ?? 'without a name'}`);
}

function checkSymbol({ symbol }: Named, wanted: string): void {
  if (wordOf(symbol).toUpperCase() !== wanted.toUpperCase()) {
    throw invalidReply(`bars of ${echoed(symbol)}`, `bars of ${wanted}`);
  }
}

/** Of too long a range Yahoo gives bars of weeks or months without being asked for them. */
function checkGranularity({ dataGranularity }: Named): void {
  if (dataGranularity !== undefined && dataGranularity !== '1d') {
    throw invalidReply(`bars of ${echoed(dataGranularity)}`, 'bars of days');
  }
}

function daysOf(timeZone: string): (seconds: unknown) => Day {
  const dayIn = zoneDays(timeZone);
  return (seconds) => {
    const instant = toFigure(seconds) * 1000;
    if (!(Math.abs(instant) <= FARTHEST_MS)) throw invalidReply('a time that is none', 'seconds', seconds);
    return dayIn(instant);
  };
}

function zoneDays(timeZone: string): (instant: number) => Day {
  try {
    return createZoneDays(timeZone);
  } catch {
    throw invalidReply('a time zone that is none', 'the name of one', timeZone);
  }
}

interface RowFacts {
  readonly days: readonly Day[];
  readonly parts: number;
}

function rowsOf(quote: Named, { days, parts }: RowFacts): BarRow[] {
  const column = (name: string): readonly unknown[] => {
    const list = listOf(quote[name], `a list of ${name}`);
    if (list.length !== days.length)
      throw invalidReply(`${list.length} of ${name} for ${days.length} times`, 'as many');
    return list;
  };
  const [open, high, low, close, volume] = ['open', 'high', 'low', 'close', 'volume'].map(column);
  const price = (list: readonly unknown[] | undefined, index: number): number =>
    inWhole(toFigure(list?.[index]), parts);
  return days.map((day, index) => ({
    day,
    open: price(open, index),
    high: price(high, index),
    low: price(low, index),
    close: price(close, index),
    volume: toFigure(volume?.[index]),
    amount: Number.NaN,
  }));
}

function inWhole(figure: number, parts: number): number {
  return parts === 1 ? figure : Number((figure / parts).toPrecision(DIGITS));
}

interface EventFacts {
  readonly dayOfSeconds: (seconds: unknown) => Day;
  readonly parts: number;
}

function eventsOf(events: unknown, { dayOfSeconds, parts }: EventFacts): CorporateEvent[] {
  const { dividends, splits } = isRecord(events) ? events : {};
  const [paid, split] = [valuesOf(dividends), valuesOf(splits)];
  if (paid.length + split.length > MOST_EVENTS) throw invalidReply(`${paid.length + split.length} events`, 'fewer');
  return [
    ...paid.map(({ date, amount }): CorporateEvent => {
      const cash = inWhole(toFigure(amount), parts);
      return { day: dayOfSeconds(date), kind: 'DIVIDEND', ratio: 1, cash };
    }),
    ...split.map(({ date, numerator, denominator }): CorporateEvent => {
      const ratio = toFigure(numerator) / toFigure(denominator);
      return { day: dayOfSeconds(date), kind: 'SPLIT', ratio, cash: 0 };
    }),
  ]
    .filter(isEffective)
    .sort((left, right) => left.day - right.day);
}

function valuesOf(table: unknown): Named[] {
  return isRecord(table) ? Object.values(table).map((each) => recordOf(each, 'an event with a date')) : [];
}

/** A ratio that cannot be would make every price before it wrong. */
function isEffective({ kind, ratio, cash }: CorporateEvent): boolean {
  if (kind === 'DIVIDEND') return cash > 0 && cash < Number.POSITIVE_INFINITY;
  if (!isSplitRatio(ratio)) {
    throw invalidReply(`a split of ${ratio}`, `a ratio between 1/${LARGEST_RATIO} and ${LARGEST_RATIO}`);
  }
  return ratio !== 1;
}

function withVolume(bars: ParsedBars, volumeOf: ChartWish['volumeOf']): ParsedBars {
  if (volumeOf === 'SHARES') return bars;
  const { columns } = bars;
  const unknown = new Float64Array(columns.volume.length).fill(Number.NaN);
  const amount = volumeOf === 'MONEY' ? columns.volume : unknown;
  return { ...bars, columns: { ...columns, volume: unknown, amount } };
}
