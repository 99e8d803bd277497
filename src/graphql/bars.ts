import type { ArgBuilder } from '@pothos/core';
import type { Cached } from '../cache/series-reader.ts';
import { PRICE_ADJUSTMENTS, type PriceAdjustment } from '../domain/adjustment.ts';
import { column, SERIES } from '../domain/column.ts';
import { type Day, type DayRange, dayInZone } from '../domain/day.ts';
import { CodedError, isNotFound, notFound, quoted } from '../domain/errors.ts';
import type { InstrumentIdentity } from '../domain/instrument.ts';
import { BAR_INTERVALS, type BarInterval } from '../domain/resample.ts';
import { RowSlice } from '../domain/row-slice.ts';
import {
  BAR_FIGURES,
  type BarFigure,
  type BarHistory,
  type BarColumns as Columns,
  lowerBound,
  sliceBars,
} from '../domain/series.ts';
import { requireRole } from '../domain/viewer.ts';
import { askedInstrument } from './asked-instrument.ts';
import { builder, type DeskgraphTypes } from './builder.ts';
import { columnList, entriesOf } from './column-list.ts';
import type { GraphContext } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { AssetTypeEnum, InstrumentNode } from './instruments.ts';
import { rangeUntil } from './ranges.ts';

export const BarIntervalEnum = describedEnum('BarInterval', {
  description:
    'How much time one bar covers. A range cuts bars by their own date, and a bar is always of its whole week or month.',
  values: BAR_INTERVALS,
  meaning: {
    DAY: 'One trading day.',
    WEEK: 'One calendar week from Monday on, dated by its last session; the newest may still be running.',
    MONTH: 'One calendar month, dated by its last session; the newest may still be running.',
  },
});

export const PriceAdjustmentEnum = describedEnum('PriceAdjustment', {
  description:
    'How splits and dividends are taken out of prices. Computed by multiplication; volume is adjusted for splits only.',
  values: PRICE_ADJUSTMENTS,
  meaning: {
    NONE: 'Prices as they were traded.',
    FORWARD: 'The last price stays as traded, earlier ones are scaled to it.',
    BACKWARD: 'The first price stays as traded, later ones are scaled to it.',
  },
});

const DateRange = builder.objectRef<DayRange>('DateRange').implement({
  description: 'Days from start to end, both included.',
  fields: (t) => ({
    start: t.expose('start', { type: 'Date', description: 'The first day.' }),
    end: t.expose('end', { type: 'Date', description: 'The last day.' }),
  }),
});

const FIGURE_DESCRIPTIONS: Record<BarFigure, string> = {
  open: 'First price, in the quote currency.',
  high: 'Highest price, in the quote currency.',
  low: 'Lowest price, in the quote currency.',
  close: 'Last price, in the quote currency.',
  volume: 'Shares, contracts or coins, never lots.',
  amount: 'Turnover in the quote currency.',
};

type BarRow = { readonly date: Day } & { readonly [Figure in BarFigure]: number | null };

const Bar = builder.objectRef<BarRow>('Bar').implement({
  description: 'volume is in shares, contracts or coins (never lots); amount is turnover in the quote currency.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'The session; of a week or month its last one.',
      extensions: column('date', 'DAY'),
    }),
    ...Object.fromEntries(
      BAR_FIGURES.map((figure) => [
        figure,
        t.exposeFloat(figure, {
          nullable: true,
          description: `${FIGURE_DESCRIPTIONS[figure]} Null where the source has none.`,
          extensions: column(figure, 'NUMBER'),
        }),
      ]),
    ),
  }),
});

/** Rows of a view of a history. */
interface BarRows {
  readonly view: Columns;
  readonly from: number;
  readonly to: number;
}

const BarColumns = builder.objectRef<BarRows>('BarColumns').implement({
  description: 'Bars as one list per field, all of one length: the n-th entries together are the n-th bar.',
  fields: (t) => ({
    date: t.field({
      type: ['Date'],
      description: 'The sessions, ascending.',
      extensions: columnList('date', 'DAY'),
      resolve: ({ view: { day }, ...rows }) =>
        entriesOf('date', day, { ...rows, valueAt: (index) => day[index] ?? Number.NaN }),
    }),
    ...Object.fromEntries(
      BAR_FIGURES.map((figure) => [
        figure,
        t.floatList({
          nullable: { list: false, items: true },
          description: `${FIGURE_DESCRIPTIONS[figure]} Null where the source has none.`,
          extensions: columnList(figure, 'NUMBER'),
          resolve: ({ view: { [figure]: figures }, ...rows }) =>
            entriesOf(figure, figures, { ...rows, valueAt: (index) => orNull(figures[index]) }),
        }),
      ]),
    ),
  }),
});

/** A cut of a full history, as it is answered. */
export interface BarSeriesShape {
  readonly instrument: InstrumentIdentity;
  readonly history: BarHistory;
  readonly columns: Columns;
  /** What the columns were cut from: the history itself, or what was made of it. */
  readonly view: Columns;
  readonly interval: BarInterval;
  readonly adjustment: PriceAdjustment;
  readonly range: DayRange;
  readonly cached: boolean;
  readonly stale: boolean;
  /** What the sources said, of a stale series. */
  readonly staleReason: string | undefined;
  /** The last session whose bar is final; undefined where no calendar tells. */
  readonly asOf: Day | undefined;
}

export const BarSeries = builder.objectRef<BarSeriesShape>('BarSeries').implement({
  description:
    "Bars of one instrument, cut from the full history that is fetched once per market day. Ranges include both ends; end defaults to today in the instrument's market, start to 90 days before end. An empty range is a series with count 0; an unknown code or one without any history is null with NOT_FOUND.",
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only.',
      resolve: ({ instrument, interval, adjustment, range }) =>
        encodeId('BarSeries', encodeKey(instrument.code, interval, adjustment, range.start, range.end)),
    }),
    code: t.string({ description: 'Canonical code.', resolve: ({ instrument }) => instrument.code }),
    instrument: t.expose('instrument', { type: InstrumentNode, description: 'What the bars are of.' }),
    assetType: t.field({
      type: AssetTypeEnum,
      description: 'What kind of thing the bars are of.',
      resolve: ({ instrument }) => instrument.assetType,
    }),
    interval: t.expose('interval', { type: BarIntervalEnum, description: 'How much time one bar covers.' }),
    adjustment: t.expose('adjustment', {
      type: PriceAdjustmentEnum,
      description: 'How splits and dividends were taken out.',
    }),
    count: t.int({ description: 'Bars in the range.', resolve: ({ columns }) => columns.day.length }),
    bars: t.field({
      type: [Bar],
      description: 'The bars, ascending.',
      extensions: SERIES,
      resolve: rowsOf,
    }),
    columns: t.field({
      type: BarColumns,
      description: 'The same rows as one list per field, half the bytes and a fraction of the work.',
      resolve: placeOf,
    }),
    requestedRange: t.field({
      type: DateRange,
      description: 'The range asked for, defaults filled in.',
      resolve: ({ range }) => range,
    }),
    availableRange: t.field({
      type: DateRange,
      nullable: true,
      description: 'First and last day of the full history; null when it is empty.',
      resolve: ({ history }) => rangeOf(history) ?? null,
    }),
    cached: t.exposeBoolean('cached', { description: 'Served from the cache, without asking a source.' }),
    stale: t.exposeBoolean('stale', {
      description: 'The source could not be asked, or what it has cannot be used; this is the last good history.',
    }),
    staleReason: t.string({
      nullable: true,
      description: 'What the sources said when they were last asked; null when the series is not stale.',
      resolve: ({ staleReason }) => staleReason ?? null,
    }),
    source: t.string({ description: 'Which source the history came from.', resolve: ({ history }) => history.source }),
    fetchedAt: t.field({
      type: 'DateTime',
      description: 'When it came from there.',
      resolve: ({ history }) => history.fetchedAt,
    }),
    asOf: t.field({
      type: 'Date',
      nullable: true,
      description:
        "The last session whose bar is final, by the market's calendar; null where no calendar tells. Rows of a folder are taken as final.",
      resolve: ({ asOf }) => asOf ?? null,
    }),
  }),
});

/** What a client asks of the history of one code. */
export interface BarRequest {
  readonly start?: Day | null | undefined;
  readonly end?: Day | null | undefined;
  readonly interval: BarInterval;
  readonly adjustment: PriceAdjustment;
  readonly refresh: boolean;
}

/**
 * The series that was asked for, without a wait when its history is held and fresh. Fails with BAD_USER_INPUT, FORBIDDEN,
 * NOT_FOUND, UPSTREAM_UNAVAILABLE or DATA_INVALID.
 */
export function loadBarSeries(
  instrument: InstrumentIdentity,
  request: BarRequest,
  context: GraphContext,
): BarSeriesShape | Promise<BarSeriesShape> {
  const { series, views } = context.loaders;
  const { now } = context;
  checkRefresh(request, context);
  const range = rangeUntil(() => dayInZone(now(), instrument.timezone), request);
  const { interval, adjustment } = request;
  const cut = ({ value, ...standing }: Cached<BarHistory>): BarSeriesShape => {
    if (adjustment !== 'NONE' && !value.areEventsKnown) throw eventsUnknown(value);
    const view = views.of(value, request);
    const columns = sliceBars(view, range.start, range.end);
    return { instrument, history: value, columns, view, interval, adjustment, range, ...standing };
  };
  const key = { code: instrument.code, refresh: request.refresh };
  const held = series.barsAtOnce(key);
  if (held !== undefined) return cut(held);
  return series.bars.load(key).then(cut, (error: unknown) => {
    throw withCandidates(error, instrument);
  });
}

/** A refresh asks for a whole history, also where a source has just refused. Fails with FORBIDDEN. */
export function checkRefresh({ refresh }: Pick<BarRequest, 'refresh'>, { viewer }: Pick<GraphContext, 'viewer'>): void {
  if (refresh) requireRole(viewer, 'OPERATOR', 'refreshing a series');
}

/** Who asks for 000001 has to be told that it is two things. */
function withCandidates(error: unknown, { assetType, description }: InstrumentIdentity): unknown {
  const isAmbiguous = assetType === 'UNKNOWN' && description.startsWith('ambiguous');
  if (!isAmbiguous || !isNotFound(error)) return error;
  return notFound(`${error.message}; ${description}`);
}

/** Prices as they were traded would be taken for adjusted ones. */
function eventsUnknown({ code, source }: BarHistory): CodedError {
  const message = `received no splits and dividends of ${quoted(code)} from ${source}, wanted them for adjusted prices`;
  return new CodedError('DATA_INVALID', message);
}

builder.queryField('bars', (t) =>
  t.field({
    type: BarSeries,
    nullable: true,
    description: 'Daily, weekly or monthly bars of one instrument.',
    args: {
      code: t.arg.string({ required: true, description: 'In any common spelling.' }),
      ...barArguments(t.arg),
      refresh: refreshArgument(t.arg),
    },
    resolve: (_root, { code, ...request }, context) => loadBarSeries(askedInstrument(code, context), request, context),
  }),
);

builder.objectField(InstrumentNode, 'bars', (t) =>
  t.field({
    type: BarSeries,
    nullable: true,
    description: 'Its daily, weekly or monthly bars.',
    args: { ...barArguments(t.arg), refresh: refreshArgument(t.arg) },
    resolve: (instrument, request, context) => loadBarSeries(instrument, request, context),
  }),
);

/** The arguments that every field of daily data takes. */
export function dayRangeArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    start: arg({ type: 'Date', description: 'First day wanted, itself included; 90 days before end when absent.' }),
    end: arg({
      type: 'Date',
      description: "Last day wanted, itself included; today in the instrument's market when absent.",
    }),
  };
}

/** The arguments that every field of bars takes. */
export function barArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    ...dayRangeArguments(arg),
    interval: arg({
      type: BarIntervalEnum,
      required: true,
      defaultValue: 'DAY',
      description: 'How much time one bar covers.',
    }),
    adjustment: arg({
      type: PriceAdjustmentEnum,
      required: true,
      defaultValue: 'NONE',
      description: 'How splits and dividends are taken out.',
    }),
  };
}

export function refreshArgument(arg: ArgBuilder<DeskgraphTypes>) {
  return arg.boolean({
    required: true,
    defaultValue: false,
    description:
      'Ask the source even when the cache holds the history, of a vendor at most once a second for each code. Needs the role OPERATOR.',
  });
}

function rangeOf({ columns: { day } }: BarHistory): DayRange | undefined {
  const start = day.at(0);
  const end = day.at(-1);
  return start === undefined || end === undefined ? undefined : { start, end };
}

function placeOf({ columns, view, range }: BarSeriesShape): BarRows {
  const from = lowerBound(view.day, range.start);
  return { view, from, to: from + columns.day.length };
}

function rowsOf(series: BarSeriesShape): RowSlice<BarRow> {
  const { view, from, to } = placeOf(series);
  const { day, open, high, low, close, volume, amount } = view;
  return new RowSlice({
    series: view,
    columns: { date: day, open, high, low, close, volume, amount },
    from,
    to,
    rowAt: (index) => ({
      date: day[index] ?? Number.NaN,
      open: orNull(open[index]),
      high: orNull(high[index]),
      low: orNull(low[index]),
      close: orNull(close[index]),
      volume: orNull(volume[index]),
      amount: orNull(amount[index]),
    }),
  });
}

function orNull(figure: number | undefined): number | null {
  return figure === undefined || Number.isNaN(figure) ? null : figure;
}
