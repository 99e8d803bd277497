import fc from 'fast-check';
import { defaultFieldResolver, getNamedType, getNullableType, isListType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DailyCache } from '../../src/cache/daily-cache.ts';
import { LruRoom } from '../../src/cache/lru.ts';
import type { Column } from '../../src/domain/column.ts';
import { DataIssues } from '../../src/domain/data-issues.ts';
import type { BarColumns, NavHistory } from '../../src/domain/series.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { BarViews } from '../../src/loaders/bar-views.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { Premiums } from '../../src/loaders/premiums.ts';
import { BothWays } from '../execution/both-ways.ts';
import { anyBars } from '../support/bars.ts';
import { documentStore, type StoredDocument } from '../support/document-store.ts';
import { pythonDocument } from '../support/qifi-documents.ts';
import { MARKETS } from '../support/session-instants.ts';

const FORMS = { Float: 'NUMBER', Int: 'NUMBER', Date: 'DAY', DateTime: 'INSTANT', Boolean: 'BOOLEAN' };

const SERIES = [
  'Account.equityCurve',
  'Account.intradayEquity',
  'Account.monthlyProfit',
  'BarColumns.amount',
  'BarColumns.close',
  'BarColumns.date',
  'BarColumns.high',
  'BarColumns.low',
  'BarColumns.open',
  'BarColumns.volume',
  'BarSeries.bars',
  'EtfPremium.nav',
  'EtfPremium.series',
  'Portfolio.equityCurve',
  'PremiumColumns.date',
  'PremiumColumns.nav',
  'PremiumColumns.navAgeSessions',
  'PremiumColumns.navDate',
  'PremiumColumns.premium',
  'PremiumColumns.price',
  'PremiumColumns.restated',
];

function fieldsOf(schema = buildSchema()) {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
}

describe('the fields of rows that are written past their resolvers', () => {
  const isColumn = (column: unknown): column is Column => typeof column === 'object';
  const columns = fieldsOf().flatMap(({ type, field }) => {
    const { column } = field.extensions;
    // What answers a column as a list has no row.
    return isColumn(column) && field.extensions.isSeries !== true
      ? [{ name: `${type.name}.${field.name}`, field, column }]
      : [];
  });

  it.each(columns)('$name answers its property as it is, in the form of its scalar', async ({ field, column }) => {
    expect(column.form).toBe(FORMS[getNamedType(field.type).name as keyof typeof FORMS]);
    expect(isListType(getNullableType(field.type))).toBe(false);
    expect(field.args).toEqual([]);
    // Nothing else may have a say: no other property, no argument, and nobody who asks.
    const value = Symbol('value');
    const resolve = field.resolve ?? defaultFieldResolver;
    expect(resolve({ [column.name]: value }, {}, {}, Object({ fieldName: field.name }))).toBe(value);
  });

  it('are those of all series', () => {
    const series = fieldsOf().filter(({ field }) => field.extensions.isSeries === true);
    expect(series.map(({ type, field }) => `${type.name}.${field.name}`).toSorted()).toEqual(SERIES);
    for (const { field } of series) {
      const row = getNamedType(field.type);
      const others = isObjectType(row)
        ? Object.values(row.getFields()).filter(({ extensions }) => !extensions.column)
        : [];
      expect(others.map(({ name }) => `${row.name}.${name}`)).toEqual([]);
    }
  });
});

/** What the stores and sources of one desk hold. */
interface Held {
  readonly bars: BarColumns;
  readonly documents: readonly StoredDocument[];
}

function serve({ bars, documents }: Held) {
  const base = { renewal: 'REVISION', areEventsKnown: true, source: 'held', fetchedAt: 0, revision: 'r1' } as const;
  const navs = (code: string): NavHistory => {
    // A NAV for two of three days; the accumulated ones are missing where bars have no volume.
    const days = bars.day.filter((_, at) => at % 3 !== 0);
    const of = (column: Float64Array) => column.filter((_, at) => at % 3 !== 0);
    const columns = { day: days, nav: of(bars.close), accumulated: of(bars.volume) };
    return { ...base, code, ...columns, navMarket: 'CN', events: [] };
  };
  const revision = async () => 'r1';
  const event = { day: bars.day.at(-1) ?? 0, kind: 'SPLIT', ratio: 2, cash: 0 } as const;
  const cache = new DailyCache({
    bars: { load: async (code) => ({ ...base, code, columns: bars, events: [event] }), revision },
    navs: { load: async (code) => navs(code), revision },
    markets: MARKETS,
    ...{ maxBytes: 1e9, maxEntries: undefined, ttlSeconds: 1e6, defaultStartDay: 0 },
    now: () => 0,
    onFault: () => {},
  });
  const accountStore = documentStore('HISTORY', documents);
  const premiums = new Premiums();
  const contextOf = () => {
    const dataIssues = new DataIssues();
    const { signal } = new AbortController();
    const { report } = dataIssues;
    const loaders = createLoaders({
      viewer: LOCAL_VIEWER,
      signal,
      accountStore,
      cache,
      premiums,
      views: new BarViews(),
      report,
    });
    return { viewer: LOCAL_VIEWER, signal, dataIssues, loaders, gateways: [], now: () => 0 };
  };
  const both = new BothWays(buildSchema, new LruRoom({ maxBytes: 1e6, maxEntries: undefined }));
  const ask = (query: string) => both.ask({ query, contextOf });
  return { ask, close: () => cache.close() };
}

const RANGE = 'start: "2000-01-01", end: "2030-12-31"';
const BARS = 'bars { __typename date open high low close volume amount }';
const POINTS = 'series { date premium price nav navDate navAgeSessions restated }';
const PREMIUM = `nav { date nav accumulatedNav } ${POINTS} unmatchedDates unmatched { date reason }`;

describe('series of the desk', () => {
  it('have the very bytes that resolvers and executor give, of any bars', async () => {
    await fc.assert(
      fc.asyncProperty(anyBars, async (bars) => {
        const { ask, close } = serve({ bars, documents: [] });
        for (let use = 0; use < 3; use++) {
          const query = `{
            day: bars(code: "510050.SH", ${RANGE}) { count ${BARS} columns { date open high low close volume amount } }
            part: bars(code: "510050.SH", start: "2014-01-01", end: "2014-02-15") { count ${BARS} columns { close date again: close } }
            week: bars(code: "510050.SH", ${RANGE}, interval: WEEK, adjustment: FORWARD) { ${BARS} }
            barsBatch(codes: ["510300.SH", "nothing at all", "AAPL"], ${RANGE}) { code series { count ${BARS} } error { code } }
            etfPremium(code: "510050.SH", ${RANGE}) { ${PREMIUM} price { ${BARS} } stats { mean p05 } latest { premium } }
            before: etfPremium(code: "510050.SH", ${RANGE}, alignment: PREVIOUS_NAV) { ${PREMIUM} columns { date premium price nav navDate navAgeSessions restated } }
            lately: etfPremium(code: "510050.SH", start: "2014-01-01", end: "2014-02-15", alignment: PREVIOUS_NAV) { ${POINTS} }
          }`;
          expect((await ask(query)).isSpliced).toBe(true);
        }
        close();
      }),
      { numRuns: 20 },
    );
  });

  it.each(['SAME_DATE', 'PREVIOUS_NAV'])(
    'have the points of %s written past the executor, flags included',
    async (alignment) => {
      const bars = manyBars();
      const { ask, close } = serve({ bars, documents: [] });
      for (let use = 0; use < 3; use++) {
        const query = `{ etfPremium(code: "510050.SH", ${RANGE}, alignment: ${alignment}) { ${POINTS} } }`;
        const { isSpliced, text } = await ask(query);
        expect(isSpliced).toBe(true);
        const { series } = JSON.parse(text).data.etfPremium;
        expect(series.length).toBeGreaterThan(bars.day.length / 2);
        expect(series.at(-1).restated).toBe(alignment === 'PREVIOUS_NAV');
      }
      close();
    },
  );

  const CURVE = 'equityCurve { tradingDay balance available margin deposit withdraw }';
  const ACCOUNTS = `{ accounts { nodes { accountCookie ${CURVE} part: equityCurve(start: "2020-01-16") { balance }
    intradayEquity { at balance } monthlyProfit { month profit } } } portfolio(name: "cta") { ${CURVE} } }`;
  const day = (account_cookie: string, index: number, changes: object = {}): StoredDocument => ({
    ...pythonDocument({ account_cookie, trading_day: `2020-01-${15 + index}`, ...changes }),
    _id: `${account_cookie} ${index}`,
  });

  it('have them of the curves of accounts', async () => {
    const documents = ['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((index) => day(name, index)));
    const { ask, close } = serve({ bars: await anyBarsOnce(), documents });
    const { isSpliced, text } = await ask(ACCOUNTS);
    expect(isSpliced).toBe(true);
    expect(JSON.parse(text).data.accounts.nodes[2].equityCurve).toHaveLength(3);
    close();
  });

  it('have their errors where a document is bad, beside curves without any', async () => {
    const bad = day('b', 1, { accounts: { balance: 7, margin: 'much', available: Number.NaN } });
    const documents = [day('a', 0), day('b', 0), bad, day('b', 2), day('c', 0, { accounts: { balance: Number.NaN } })];
    const { ask, close } = serve({ bars: await anyBarsOnce(), documents });
    const { isSpliced, text } = await ask(ACCOUNTS);
    expect(isSpliced).toBe(true);
    const { errors, extensions } = JSON.parse(text);
    expect(errors.map(({ path }: { path: unknown[] }) => path.join('.'))).toEqual([
      'accounts.nodes.1.equityCurve.1.available',
      'accounts.nodes.1.equityCurve.1.margin',
    ]);
    expect(extensions).toMatchObject({ dataIssues: { nulled: 2 } });
    close();
  });
});

/** Calm ones of sixty days running; the split of the last day is in its close. */
function manyBars(): BarColumns {
  const closes = Float64Array.from({ length: 60 }, (_, at) => (at === 59 ? 2 : 4) + (at % 7) / 100);
  const day = Int32Array.from(closes, (_, at) => 16_000 + at);
  return { day, open: closes, high: closes, low: closes, close: closes, volume: closes, amount: closes };
}

async function anyBarsOnce(): Promise<BarColumns> {
  const [bars] = fc.sample(anyBars, 1);
  if (bars === undefined) throw new Error('there is no sample');
  return bars;
}
