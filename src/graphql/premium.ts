import type { ArgBuilder } from '@pothos/core';
import { column, SERIES } from '../domain/column.ts';
import type { Day } from '../domain/day.ts';
import { badUserInput, quoted } from '../domain/errors.ts';
import { type InstrumentIdentity, resolveInstrument } from '../domain/instrument.ts';
import {
  type DecidedAlignment,
  NAV_ALIGNMENTS,
  type NavAlignment,
  type PremiumStats as PremiumFigures,
  type PremiumPoint as PremiumPointRow,
  premiumPoints,
  premiumStats,
  resolveAlignment,
} from '../domain/premium.ts';
import { RowSlice } from '../domain/row-slice.ts';
import { lowerBound, type NavHistory } from '../domain/series.ts';
import { BarSeries, type BarSeriesShape, dayRangeArguments, loadBarSeries, refreshArgument } from './bars.ts';
import { builder, type DeskgraphTypes } from './builder.ts';
import type { GraphContext } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { InstrumentNode } from './instruments.ts';

const NavAlignmentEnum = describedEnum('NavAlignment', {
  description: "Which day's NAV a close is held against.",
  values: NAV_ALIGNMENTS,
  meaning: {
    AUTO: 'SAME_DATE for funds on Chinese, Hong Kong and Japanese assets and gold, PREVIOUS_NAV for funds on American and European ones. Never in an answer.',
    SAME_DATE: 'The NAV of the same date.',
    PREVIOUS_NAV: 'The latest NAV of an earlier date.',
  },
});

interface NavRow {
  readonly date: Day;
  readonly nav: number;
  readonly accumulatedNav: number | null;
}

const NavPoint = builder.objectRef<NavRow>('NavPoint').implement({
  description: 'The NAV of one date, in the currency of the fund.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'The date that the NAV was struck for.',
      extensions: column('date', 'DAY'),
    }),
    nav: t.exposeFloat('nav', {
      description: 'Unit NAV: what one share stands for.',
      extensions: column('nav', 'NUMBER'),
    }),
    accumulatedNav: t.exposeFloat('accumulatedNav', {
      nullable: true,
      description: 'Unit NAV plus all money paid out per share; null where the source has none.',
      extensions: column('accumulatedNav', 'NUMBER'),
    }),
  }),
});

const PremiumPoint = builder.objectRef<PremiumPointRow>('PremiumPoint').implement({
  description:
    "premium is rounded to 6 decimals; navDate tells which day's NAV it was measured against; restated: a split lies between.",
  fields: (t) => ({
    date: t.expose('day', {
      type: 'Date',
      description: 'The session of the close.',
      extensions: column('day', 'DAY'),
    }),
    premium: t.exposeFloat('premium', {
      description: 'price / nav - 1, a fraction: 0.01 is one percent above NAV.',
      extensions: column('premium', 'NUMBER'),
    }),
    price: t.exposeFloat('price', { description: 'Unadjusted close.', extensions: column('price', 'NUMBER') }),
    nav: t.exposeFloat('nav', {
      description: 'Unit NAV that the close was held against, restated when a split lies between.',
      extensions: column('nav', 'NUMBER'),
    }),
    navDate: t.expose('navDay', {
      type: 'Date',
      description: 'The date of that NAV.',
      extensions: column('navDay', 'DAY'),
    }),
    restated: t.exposeBoolean('restated', {
      description: 'Whether a split between navDate and date was taken into the NAV.',
      extensions: column('restated', 'BOOLEAN'),
    }),
  }),
});

const PremiumStats = builder.objectRef<PremiumFigures>('PremiumStats').implement({
  description:
    'Of the points in the range. std is the sample deviation (n - 1), null for fewer than two points; zScore and percentile place the latest premium among them.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Points in the range.' }),
    mean: t.exposeFloat('mean', { description: 'Mean premium, a fraction.' }),
    std: t.exposeFloat('std', {
      nullable: true,
      description: 'Sample deviation (n - 1); null for fewer than two points.',
    }),
    min: t.exposeFloat('min', { description: 'Lowest premium.' }),
    max: t.exposeFloat('max', { description: 'Highest premium.' }),
    median: t.exposeFloat('median', { description: 'Median premium.' }),
    zScore: t.exposeFloat('zScore', {
      nullable: true,
      description: '(latest - mean) / std; null when std is null or zero.',
    }),
    percentile: t.exposeFloat('percentile', {
      nullable: true,
      description: 'Share of points at or below the latest, 0 to 1.',
    }),
  }),
});

/** The NAVs, and what they make of the closes. */
interface HeldCloses {
  readonly navs: NavHistory;
  readonly points: readonly PremiumPointRow[];
  readonly unmatchedDays: readonly Day[];
}

interface EtfPremiumShape {
  readonly instrument: InstrumentIdentity;
  readonly alignment: DecidedAlignment;
  readonly price: BarSeriesShape;
  readonly isNavStale: boolean;
  /** Throws why the NAVs cannot be had: the price is answered all the same. */
  readonly held: () => HeldCloses;
}

const EtfPremium = builder.objectRef<EtfPremiumShape>('EtfPremium').implement({
  description: 'unadjusted close / unit NAV - 1, day by day, where both are known.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only.',
      resolve: ({ instrument, alignment, price }) =>
        encodeId('EtfPremium', encodeKey(instrument.code, alignment, price.range.start, price.range.end)),
    }),
    code: t.string({ description: 'Canonical code.', resolve: ({ instrument }) => instrument.code }),
    instrument: t.expose('instrument', { type: InstrumentNode, description: 'The fund.' }),
    alignment: t.expose('alignment', {
      type: NavAlignmentEnum,
      description: 'How closes were held against NAVs; never AUTO.',
    }),
    price: t.expose('price', { type: BarSeries, description: 'The unadjusted series of the range.' }),
    nav: t.field({
      type: [NavPoint],
      nullable: true,
      description: 'NAVs of the range, ascending.',
      extensions: SERIES,
      resolve: ({ held, price }) => navRows(held().navs, price),
    }),
    navSource: t.string({
      nullable: true,
      description: 'Which source the NAVs came from.',
      resolve: ({ held }) => held().navs.source,
    }),
    navAsOf: t.field({
      type: 'Date',
      nullable: true,
      description: 'Date of the latest NAV known.',
      resolve: ({ held }) => held().navs.day.at(-1) ?? null,
    }),
    stale: t.boolean({
      description: 'A source could not be asked; this is the last good history.',
      resolve: ({ price, isNavStale }) => price.stale || isNavStale,
    }),
    series: t.field({
      type: [PremiumPoint],
      nullable: true,
      description: 'The premium by session, ascending.',
      extensions: SERIES,
      resolve: ({ held }) => [...held().points],
    }),
    latestPremium: t.float({
      nullable: true,
      description: 'Of the last point in the range.',
      resolve: ({ held }) => held().points.at(-1)?.premium ?? null,
    }),
    latestDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'Session of the last point in the range.',
      resolve: ({ held }) => held().points.at(-1)?.day ?? null,
    }),
    stats: t.field({
      type: PremiumStats,
      nullable: true,
      description: 'Statistics of the points in the range; null when there are none.',
      resolve: ({ held }) => premiumStats(held().points) ?? null,
    }),
    unmatchedDates: t.field({
      type: ['Date'],
      nullable: true,
      description: 'Price dates in the range without a NAV to hold them against.',
      resolve: ({ held }) => [...held().unmatchedDays],
    }),
  }),
});

interface PremiumRequest {
  readonly start?: Day | null | undefined;
  readonly end?: Day | null | undefined;
  readonly alignment: NavAlignment;
  readonly refresh: boolean;
}

builder.queryField('etfPremium', (t) =>
  t.field({
    type: EtfPremium,
    nullable: true,
    description:
      'Null with BAD_USER_INPUT, naming the asset type, for what is not a fund. Funds are those of mainland China that are traded: ETF, LOF, REIT and closed ones. Without NAVs the price is answered, and what needs them is null.',
    args: {
      code: t.arg.string({ required: true, description: 'A fund, in any common spelling.' }),
      ...premiumArguments(t.arg),
    },
    resolve: (_root, { code, ...request }, context) => {
      const instrument = resolveInstrument(code);
      if (!instrument.isFund) {
        throw badUserInput(
          `received ${quoted(instrument.code)}, which is ${instrument.assetType}, wanted a mainland fund that is traded`,
        );
      }
      return loadPremium(instrument, request, context);
    },
  }),
);

builder.objectField(InstrumentNode, 'etfPremium', (t) =>
  t.field({
    type: EtfPremium,
    nullable: true,
    description: 'Null, without an error, for what is not a fund.',
    args: premiumArguments(t.arg),
    resolve: (instrument, request, context) => (instrument.isFund ? loadPremium(instrument, request, context) : null),
  }),
);

function premiumArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    ...dayRangeArguments(arg),
    alignment: arg({
      type: NavAlignmentEnum,
      required: true,
      defaultValue: 'AUTO',
      description: "Which day's NAV a close is held against.",
    }),
    refresh: refreshArgument(arg),
  };
}

async function loadPremium(
  instrument: InstrumentIdentity,
  { alignment: requested, ...request }: PremiumRequest,
  context: GraphContext,
): Promise<EtfPremiumShape> {
  const [price, loaded] = await Promise.all([
    loadBarSeries(instrument, { ...request, interval: 'DAY', adjustment: 'NONE' }, context),
    settled(context.loaders.series.navs.load({ code: instrument.code, refresh: request.refresh })),
  ]);
  if (loaded.status === 'rejected') {
    const held = (): never => {
      throw loaded.reason;
    };
    return { instrument, alignment: resolveAlignment(requested, undefined), price, isNavStale: false, held };
  }
  const { value: navs, stale: isNavStale } = loaded.value;
  const alignment = resolveAlignment(requested, navs.navMarket);
  const closes = { bars: price.columns, navs, events: price.history.events, alignment };
  const held = { navs, ...premiumPoints(closes) };
  return { instrument, alignment, price, isNavStale, held: () => held };
}

async function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

function navRows(history: NavHistory, { range }: BarSeriesShape): RowSlice<NavRow> {
  const { day, nav, accumulated } = history;
  const from = lowerBound(day, range.start);
  return new RowSlice({
    series: history,
    columns: { date: day, nav, accumulatedNav: accumulated },
    from,
    to: Math.max(from, lowerBound(day, range.end + 1)),
    rowAt: (index) => {
      const accumulatedNav = accumulated[index] ?? Number.NaN;
      return {
        date: day[index] ?? Number.NaN,
        nav: nav[index] ?? Number.NaN,
        accumulatedNav: Number.isNaN(accumulatedNav) ? null : accumulatedNav,
      };
    },
  });
}
