import type { ArgBuilder } from '@pothos/core';
import { SERIES } from '../domain/column.ts';
import type { Day, DayRange } from '../domain/day.ts';
import { badUserInput, quoted } from '../domain/errors.ts';
import type { InstrumentIdentity } from '../domain/instrument.ts';
import {
  type DecidedAlignment,
  NAV_ALIGNMENTS,
  type NavAlignment,
  type PremiumPoint as PointRow,
  type PremiumColumns as PremiumColumnsShape,
  type PremiumHistory,
  resolveAlignment,
  type UnmatchedDay,
} from '../domain/premium.ts';
import { type PremiumSlice, premiumStats } from '../domain/premium-stats.ts';
import { lowerBound, NAV_MARKETS, type NavHistory } from '../domain/series.ts';
import { askedInstrument } from './asked-instrument.ts';
import {
  BarSeries,
  type BarSeriesShape,
  checkRefresh,
  dayRangeArguments,
  loadBarSeries,
  refreshArgument,
} from './bars.ts';
import { builder, type DeskgraphTypes } from './builder.ts';
import type { GraphContext } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { InstrumentNode } from './instruments.ts';
import { NavPoint, navRows } from './nav-points.ts';
import { PremiumColumns, PremiumPoint, pointAt, pointRows } from './premium-points.ts';
import { PremiumStats, UnmatchedDate } from './premium-stats.ts';

const NavAlignmentEnum = describedEnum('NavAlignment', {
  description: "Which day's NAV a close is held against.",
  values: NAV_ALIGNMENTS,
  meaning: {
    AUTO: 'SAME_DATE for funds on Chinese, Hong Kong and Japanese assets and gold, PREVIOUS_NAV for funds on American and European ones. SAME_DATE where the market is mixed or not known. Never in an answer.',
    SAME_DATE: 'The NAV of the same date.',
    PREVIOUS_NAV: 'The latest NAV of an earlier date, at most 3 sessions of the fund and 15 days old.',
  },
});

const NavMarketEnum = describedEnum('NavMarket', {
  description: "Which market's clock strikes a fund's NAV.",
  values: NAV_MARKETS,
  meaning: {
    CN: 'Mainland China, gold included.',
    HK: 'Hong Kong.',
    JP: 'Japan.',
    US: 'The United States.',
    EU: 'Europe.',
    MIXED: 'Several: no single NAV date fits, so that SAME_DATE is an approximation.',
  },
});

/** The NAVs, and what they make of the closes. */
interface HeldCloses {
  readonly navs: NavHistory;
  /** Points in the range. */
  readonly slice: PremiumSlice<PremiumColumnsShape>;
  /** In the range. */
  readonly unmatched: readonly UnmatchedDay[];
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
      resolve: ({ held, price }) => navRows(held().navs, price.range),
    }),
    navMarket: t.field({
      type: NavMarketEnum,
      nullable: true,
      description: 'What AUTO goes by; null when nobody said, which is aligned SAME_DATE.',
      resolve: ({ held }) => held().navs.navMarket ?? null,
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
      resolve: ({ held }) => pointRows(held().slice),
    }),
    columns: t.field({
      type: PremiumColumns,
      nullable: true,
      description: 'The same points as one list per field, as charts take them.',
      resolve: ({ held }) => held().slice,
    }),
    latest: t.field({
      type: PremiumPoint,
      nullable: true,
      description: 'The last point in the range.',
      resolve: ({ held }) => latestOf(held()) ?? null,
    }),
    latestPremium: t.float({
      nullable: true,
      description: 'Of the last point in the range.',
      resolve: ({ held }) => latestOf(held())?.premium ?? null,
    }),
    latestDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'Session of the last point in the range.',
      resolve: ({ held }) => latestOf(held())?.day ?? null,
    }),
    stats: t.field({
      type: PremiumStats,
      nullable: true,
      description: 'Statistics of the points in the range; null when there are none.',
      resolve: ({ held }) => premiumStats(held().slice) ?? null,
    }),
    unmatchedDates: t.field({
      type: ['Date'],
      nullable: true,
      description: 'Price dates in the range without a NAV to hold them against.',
      resolve: ({ held }) => held().unmatched.map(({ day }) => day),
    }),
    unmatched: t.field({
      type: [UnmatchedDate],
      nullable: true,
      description: 'The same dates, each with the reason.',
      resolve: ({ held }) => [...held().unmatched],
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
      const instrument = askedInstrument(code, context);
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
  checkRefresh(request, context);
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
  const premiums = context.loaders.premiums.of({ bars: price.history, navs, alignment });
  const held = { navs, ...cut(premiums, price.range) };
  return { instrument, alignment, price, isNavStale, held: () => held };
}

async function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

function cut({ columns, unmatched }: PremiumHistory, { start, end }: DayRange): Omit<HeldCloses, 'navs'> {
  const from = lowerBound(columns.day, start);
  const to = Math.max(from, lowerBound(columns.day, end + 1));
  return { slice: { columns, from, to }, unmatched: unmatched.filter(({ day }) => start <= day && day <= end) };
}

function latestOf({ slice: { columns, from, to } }: HeldCloses): PointRow | undefined {
  return from === to ? undefined : pointAt(columns, to - 1);
}
