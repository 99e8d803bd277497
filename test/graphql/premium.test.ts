import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const FUNDS = ['510300.SH,CN', '159920.SZ,HK', '513520.SH,JP', '513100.SH,US', '513030.SH,EU', '511990.SH,MIXED'];
const CODES = FUNDS.map((row) => row.slice(0, 9));

/** From Friday to Wednesday; the last NAV is of a day that the exchange does not trade yet. */
const OVERSEAS_CLOSES = 'date,close\n2024-03-01,2.2\n2024-03-04,2.1\n2024-03-05,3.3\n2024-03-06,2\n';
const OVERSEAS_NAVS = 'date,nav\n2024-03-01,2\n2024-03-04,3\n2024-03-05,3\n2024-03-07,4\n';

const HALTED_CLOSES = 'date,close\n2022-01-12,5.192\n2022-01-14,1.015\n';
const HALTED_NAVS = 'date,nav\n2022-01-11,5.16\n2022-01-12,5.189\n2022-01-14,1.011\n';
const HALTED_EVENTS = 'date,kind,ratio,cash\n2022-01-14,SPLIT,5,\n';

const FILES = {
  'desk.yaml': 'sources: [{ vendor: folder, path: ./bars }]',
  'bars/funds.csv': `code,navMarket\n${FUNDS.join('\n')}\n`,
  ...Object.fromEntries(CODES.map((code) => [`bars/${code}.csv`, OVERSEAS_CLOSES])),
  ...Object.fromEntries(CODES.map((code) => [`bars/${code}.nav.csv`, OVERSEAS_NAVS])),
  // Premiums 0.1, 0.2 and -0.1; no NAV of the 5th.
  'bars/510050.SH.csv': 'date,close\n2024-01-02,1.1\n2024-01-03,1.2\n2024-01-04,0.9\n2024-01-05,7\n',
  'bars/510050.SH.nav.csv':
    'date,nav,accumulatedNav\n2024-01-01,5,6\n2024-01-02,1,2.5\n2024-01-03,1,\n2024-01-04,1,2.6\n2024-01-08,5,6\n',
  // Five shares for one from the 10th on.
  'bars/513500.SH.csv': 'date,close\n2024-01-09,5.1\n2024-01-10,1.01\n2024-01-11,1.1\n',
  'bars/513500.SH.events.csv': 'date,kind,ratio,cash\n2024-01-10,SPLIT,5,\n2024-01-11,DIVIDEND,,0.1\n',
  'bars/513500.SH.nav.csv': 'date,nav\n2024-01-08,5\n2024-01-09,5\n2024-01-10,1.1\n',
  // As 513100.SH was in January 2022: halted on the 13th, when its NAV was divided by five; then without that NAV.
  'bars/513300.SH.csv': HALTED_CLOSES,
  'bars/513300.SH.events.csv': HALTED_EVENTS,
  'bars/513300.SH.nav.csv': `${HALTED_NAVS}2022-01-13,1.009\n`,
  'bars/513390.SH.csv': HALTED_CLOSES,
  'bars/513390.SH.events.csv': HALTED_EVENTS,
  'bars/513390.SH.nav.csv': HALTED_NAVS,
  // A split of the 10th with nobody to tell, and no NAV of that day.
  'bars/159941.SZ.csv': 'date,close\n2024-01-09,5.1\n2024-01-10,1.01\n',
  'bars/159941.SZ.nav.csv': 'date,nav\n2024-01-08,5\n2024-01-09,5\n',
  // 15 days, then 18 days after the only NAV.
  'bars/513050.SH.csv': 'date,close\n2024-03-29,1\n2024-04-01,1\n',
  'bars/513050.SH.nav.csv': 'date,nav\n2024-03-14,3\n',
  'bars/510500.SH.csv': 'date,close\n2024-01-02,1\n',
  'bars/588000.SH.csv': 'date,close\n2024-01-02,1\n',
  'bars/588000.SH.nav.csv': 'date,nav\n2024-01-02,nonsense\n',
  'bars/588080.SH.csv': 'date,close\n2024-01-02,1\n',
  'bars/588080.SH.nav.csv': 'date,nav\n2024-01-02,0\n',
  'bars/588090.SH.csv': 'date,close\n2024-01-02,1\n',
  'bars/588090.SH.nav.csv': 'date,nav\n2024-01-02,-1.2\n',
  'bars/588100.SH.csv': 'date,close\n2024-01-02,1\n',
  'bars/588100.SH.nav.csv': 'date,nav\n',
  'bars/588110.SH.csv': 'date,close\n2024-01-02,1\n2024-01-03,1\n',
  'bars/588110.SH.nav.csv': 'date,nav\n2024-01-02,\n2024-01-03,1.25\n',
  'bars/512000.SH.nav.csv': 'date,nav\n2024-01-02,1\n',
  'bars/AAPL.csv': 'date,close\n2024-01-02,1\n',
};

describe('etfPremium, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph({ environment: { DESKGRAPH_CONFIG: 'desk.yaml' }, files: FILES });
  });
  afterAll(() => server.close());

  async function premium(argumentsText: string, fields: string) {
    const { data, errors } = await server.ask(`{ etfPremium(${argumentsText}) { ${fields} } }`);
    expect(errors).toEqual([]);
    return data.etfPremium;
  }

  const january = 'start: "2024-01-01", end: "2024-01-31"';
  const march = 'start: "2024-03-01", end: "2024-03-31"';

  it('holds each close against the NAV of its date, and lists the dates without one', async () => {
    const answer = await premium(
      `code: "sh510050", ${january}`,
      `code alignment instrument { code assetType } price { adjustment interval count }
       series { date premium price nav navDate restated } unmatchedDates latestPremium latestDate navSource stale`,
    );
    const point = { nav: 1, restated: false };
    expect(answer).toEqual({
      code: '510050.SH',
      alignment: 'SAME_DATE',
      instrument: { code: '510050.SH', assetType: 'CHINA_ETF' },
      price: { adjustment: 'NONE', interval: 'DAY', count: 4 },
      series: [
        { ...point, date: '2024-01-02', premium: 0.1, price: 1.1, navDate: '2024-01-02' },
        { ...point, date: '2024-01-03', premium: 0.2, price: 1.2, navDate: '2024-01-03' },
        { ...point, date: '2024-01-04', premium: -0.1, price: 0.9, navDate: '2024-01-04' },
      ],
      unmatchedDates: ['2024-01-05'],
      latestPremium: -0.1,
      latestDate: '2024-01-04',
      navSource: 'folder',
      stale: false,
    });
  });

  it.each([
    ['2024-01-04', '2024-01-05', ['2024-01-05']],
    ['2024-01-05', '2024-01-05', ['2024-01-05']],
    ['2024-01-02', '2024-01-04', []],
    ['2024-01-06', '2024-01-31', []],
  ])('lists the dates without a NAV from %s to %s alone', async (start, end, unmatchedDates) => {
    const answer = await premium(`code: "510050.SH", start: "${start}", end: "${end}"`, 'unmatchedDates');
    expect(answer).toEqual({ unmatchedDates });
  });

  it('answers the NAVs of the range, and the date of the latest one known', async () => {
    const answer = await premium(
      'code: "510050.SH", start: "2024-01-02", end: "2024-01-04"',
      'nav { date nav accumulatedNav } navAsOf',
    );
    expect(answer).toEqual({
      nav: [
        { date: '2024-01-02', nav: 1, accumulatedNav: 2.5 },
        { date: '2024-01-03', nav: 1, accumulatedNav: null },
        { date: '2024-01-04', nav: 1, accumulatedNav: 2.6 },
      ],
      navAsOf: '2024-01-08',
    });
  });

  it.each([
    [
      3,
      '2024-01-05',
      {
        ...{ mean: 0.066667, std: 0.152753, median: 0.1, p05: -0.08, p25: 0, p75: 0.15, p95: 0.19 },
        ...{ min: -0.1, minDate: '2024-01-04', max: 0.2, maxDate: '2024-01-03' },
      },
      { zScore: -0.1666666666 / 0.1527525232, percentile: 1 / 3 },
    ],
    [
      2,
      '2024-01-03',
      {
        ...{ mean: 0.15, std: 0.070711, median: 0.15, p05: 0.105, p25: 0.125, p75: 0.175, p95: 0.195 },
        ...{ min: 0.1, minDate: '2024-01-02', max: 0.2, maxDate: '2024-01-03' },
      },
      { zScore: Math.SQRT1_2, percentile: 1 },
    ],
  ])('counts statistics of %i points', async (count, end, rounded, { zScore, percentile }) => {
    const { stats } = await premium(
      `code: "510050.SH", start: "2024-01-01", end: "${end}"`,
      'stats { count mean std min minDate max maxDate median p05 p25 p75 p95 zScore percentile }',
    );
    expect(stats).toMatchObject({ count, ...rounded });
    expect(stats.zScore).toBeCloseTo(zScore, 8);
    expect(stats.percentile).toBeCloseTo(percentile, 12);
  });

  it('has no deviation of one point, and no statistics of none', async () => {
    const fields = 'stats { count mean std min minDate max median p05 p95 zScore percentile } latest { premium }';
    const { stats, latest } = await premium('code: "510050.SH", start: "2024-01-02", end: "2024-01-02"', fields);
    const only = { mean: 0.1, min: 0.1, minDate: '2024-01-02', max: 0.1, median: 0.1, p05: 0.1, p95: 0.1 };
    expect(latest).toEqual({ premium: 0.1 });
    expect(stats).toEqual({ count: 1, ...only, std: null, zScore: null, percentile: 1 });
    const none = await premium(
      'code: "510050.SH", start: "2024-01-06", end: "2024-01-07"',
      `${fields} series { date } columns { date premium } nav { date } unmatchedDates latestPremium latestDate navAsOf price { count }`,
    );
    expect(none).toEqual({
      stats: null,
      latest: null,
      series: [],
      columns: { date: [], premium: [] },
      nav: [],
      unmatchedDates: [],
      latestPremium: null,
      latestDate: null,
      navAsOf: '2024-01-08',
      price: { count: 0 },
    });
  });

  it('rounds a premium to 6 decimals', async () => {
    const { series } = await premium(
      'code: "513100.SH", start: "2024-03-06", end: "2024-03-06", alignment: PREVIOUS_NAV',
      'series { premium price nav }',
    );
    expect(series).toEqual([{ premium: -0.333333, price: 2, nav: 3 }]);
  });

  it('holds each close against the latest NAV of an earlier date, over a weekend and from before the range', async () => {
    const { series, unmatchedDates } = await premium(
      `code: "513100.SH", ${march}, alignment: PREVIOUS_NAV`,
      'series { date premium nav navDate } unmatchedDates',
    );
    expect(series).toEqual([
      { date: '2024-03-04', premium: 0.05, nav: 2, navDate: '2024-03-01' },
      { date: '2024-03-05', premium: 0.1, nav: 3, navDate: '2024-03-04' },
      { date: '2024-03-06', premium: -0.333333, nav: 3, navDate: '2024-03-05' },
    ]);
    expect(unmatchedDates).toEqual(['2024-03-01']);
    const monday = await premium(
      'code: "513100.SH", start: "2024-03-04", end: "2024-03-04", alignment: PREVIOUS_NAV',
      'series { navDate } unmatchedDates nav { date }',
    );
    expect(monday).toEqual({
      series: [{ navDate: '2024-03-01' }],
      unmatchedDates: [],
      nav: [{ date: '2024-03-04' }],
    });
  });

  it('holds no close against a NAV that is too old', async () => {
    const answer = await premium(
      'code: "513050.SH", start: "2024-03-01", end: "2024-04-30", alignment: PREVIOUS_NAV',
      'series { date navDate navAgeSessions } unmatchedDates unmatched { date reason } latestDate navAsOf',
    );
    expect(answer).toEqual({
      series: [{ date: '2024-03-29', navDate: '2024-03-14', navAgeSessions: 1 }],
      unmatchedDates: ['2024-04-01'],
      unmatched: [{ date: '2024-04-01', reason: 'NAV_TOO_OLD' }],
      latestDate: '2024-03-29',
      navAsOf: '2024-03-14',
    });
  });

  it('restates a NAV when a split or a dividend lies between it and the close', async () => {
    const fields = 'series { date premium price nav navDate restated } nav { date nav }';
    const { series, nav } = await premium(`code: "513500.SH", ${january}, alignment: PREVIOUS_NAV`, fields);
    expect(series).toEqual([
      { date: '2024-01-09', premium: 0.02, price: 5.1, nav: 5, navDate: '2024-01-08', restated: false },
      { date: '2024-01-10', premium: 0.01, price: 1.01, nav: 1, navDate: '2024-01-09', restated: true },
      { date: '2024-01-11', premium: 0.1, price: 1.1, nav: 1, navDate: '2024-01-10', restated: true },
    ]);
    expect(nav).toEqual([
      { date: '2024-01-08', nav: 5 },
      { date: '2024-01-09', nav: 5 },
      { date: '2024-01-10', nav: 1.1 },
    ]);
  });

  it.each([
    ['that of the halt', '513300.SH', { premium: 0.005946, nav: 1.009, navDate: '2022-01-13', restated: false }],
    ['that before the halt', '513390.SH', { premium: -0.02197, nav: 5.189 / 5, navDate: '2022-01-12', restated: true }],
  ])('holds the first close after a split and a halt against the latest NAV, %s', async (_what, code, second) => {
    const { data, errors } = await server.ask(
      `query ($code: String!) {
         previous: etfPremium(code: $code, start: "2022-01-01", end: "2022-01-31", alignment: PREVIOUS_NAV) {
           series { premium nav navDate restated } unmatchedDates }
         same: etfPremium(code: $code, start: "2022-01-01", end: "2022-01-31", alignment: SAME_DATE) {
           series { premium nav navDate restated } unmatchedDates } }`,
      { code },
    );
    expect(errors).toEqual([]);
    const first = { premium: 0.006202, nav: 5.16, navDate: '2022-01-11', restated: false };
    expect(data.previous).toEqual({ series: [first, second], unmatchedDates: [] });
    expect(data.same).toEqual({
      series: [
        { premium: 0.000578, nav: 5.189, navDate: '2022-01-12', restated: false },
        { premium: 0.003956, nav: 1.011, navDate: '2022-01-14', restated: false },
      ],
      unmatchedDates: [],
    });
  });

  it('lists the session over a split that nobody told, and tells no premium of it', async () => {
    const fields = 'series { date premium } unmatched { date reason } stats { min }';
    const answer = await premium(`code: "159941.SZ", ${january}, alignment: PREVIOUS_NAV`, fields);
    expect(answer).toEqual({
      series: [{ date: '2024-01-09', premium: 0.02 }],
      unmatched: [{ date: '2024-01-10', reason: 'NOT_COMPARABLE' }],
      stats: { min: 0.02 },
    });
  });

  it('answers the same points as columns, under the names that a chart has for them', async () => {
    const { columns, trace, candles, series } = await premium(
      'code: "513500.SH", start: "2024-01-10", end: "2024-01-31", alignment: PREVIOUS_NAV',
      `columns { date premium price nav navDate navAgeSessions restated } trace: columns { x: date y: premium }
       candles: series { time: date value: premium } series { date premium price nav navDate navAgeSessions restated }`,
    );
    expect(columns).toEqual({
      date: ['2024-01-10', '2024-01-11'],
      premium: [0.01, 0.1],
      price: [1.01, 1.1],
      nav: [1, 1],
      navDate: ['2024-01-09', '2024-01-10'],
      navAgeSessions: [1, 1],
      restated: [true, true],
    });
    for (const [name, values] of Object.entries<unknown[]>(columns)) {
      expect(series.map((point: Record<string, unknown>) => point[name])).toEqual(values);
    }
    expect(trace).toEqual({ x: columns.date, y: columns.premium });
    expect(candles).toEqual([
      { time: '2024-01-10', value: 0.01 },
      { time: '2024-01-11', value: 0.1 },
    ]);
  });

  it.each([
    ['510300.SH', 'CN'],
    ['511990.SH', 'MIXED'],
    ['510050.SH', null],
  ])('tells of %s that the market of its NAV is %s', async (code, navMarket) => {
    expect(await premium(`code: "${code}"`, 'navMarket')).toEqual({ navMarket });
  });

  it.each([
    ['510300.SH', 'SAME_DATE'],
    ['159920.SZ', 'SAME_DATE'],
    ['513520.SH', 'SAME_DATE'],
    ['511990.SH', 'SAME_DATE'],
    ['513100.SH', 'PREVIOUS_NAV'],
    ['513030.SH', 'PREVIOUS_NAV'],
    ['513050.SH', 'SAME_DATE'],
  ])('decides the alignment of %s by the market of its NAV: %s', async (code, alignment) => {
    const { data, errors } = await server.ask(
      `query ($code: String!) {
         absent: etfPremium(code: $code) { alignment }
         auto: etfPremium(code: $code, alignment: AUTO) { alignment }
         same: etfPremium(code: $code, alignment: SAME_DATE) { alignment }
         previous: etfPremium(code: $code, alignment: PREVIOUS_NAV) { alignment }
         instrument(code: $code) { etfPremium { alignment } } }`,
      { code },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      absent: { alignment },
      auto: { alignment },
      same: { alignment: 'SAME_DATE' },
      previous: { alignment: 'PREVIOUS_NAV' },
      instrument: { etfPremium: { alignment } },
    });
  });

  it('answers one id for what is one premium, AUTO or not', async () => {
    const { data } = await server.ask(
      `{ auto: etfPremium(code: "513100.SH") { id } previous: etfPremium(code: "sh513100", alignment: PREVIOUS_NAV) { id }
         same: etfPremium(code: "513100.SH", alignment: SAME_DATE) { id } }`,
    );
    expect(data.previous.id).toBe(data.auto.id);
    expect(data.same.id).not.toBe(data.auto.id);
  });

  it.each([
    ['AAPL', /US_STOCK/],
    ['000300.SH', /CHINA_INDEX/],
    ['sh600000', /600000\.SH.*CHINA_STOCK/],
    ['???', /UNKNOWN/],
  ])(
    'refuses %s, which is no fund, naming its type; as an instrument it just has no premium',
    async (code, message) => {
      const { data, errors } = await server.ask(
        'query ($code: String!) { etfPremium(code: $code) { code } instrument(code: $code) { etfPremium { code } } }',
        { code },
      );
      expect(data).toEqual({ etfPremium: null, instrument: { etfPremium: null } });
      expect(errors).toMatchObject([{ path: ['etfPremium'], extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(errors[0]?.message).toMatch(message);
    },
  );

  it.each([
    ['no code', 'code: ""', 'BAD_USER_INPUT'],
    ['a start after the end', 'code: "510050.SH", start: "2024-02-02", end: "2024-02-01"', 'BAD_USER_INPUT'],
    ['a fund without any file', 'code: "512999.SH"', 'NOT_FOUND'],
    ['a fund that has NAVs and no prices', 'code: "512000.SH"', 'NOT_FOUND'],
  ])('answers null for %s', async (_what, argumentsText, code) => {
    const { data, errors } = await server.ask(`{ etfPremium(${argumentsText}) { code } }`);
    expect(data).toEqual({ etfPremium: null });
    expect(errors).toMatchObject([{ path: ['etfPremium'], extensions: { code } }]);
  });

  it.each([
    ['has no NAV file', '510500.SH', 'NOT_FOUND'],
    ['has a NAV file that cannot be read', '588000.SH', 'DATA_INVALID'],
    ['has a NAV of 0', '588080.SH', 'DATA_INVALID'],
    ['has a NAV below 0', '588090.SH', 'DATA_INVALID'],
    ['has a NAV file without any NAV', '588100.SH', 'NOT_FOUND'],
  ])('answers the price of a fund that %s, and says at each other field why it is null', async (_what, fund, code) => {
    const { data, errors } = await server.ask(
      `query ($code: String!) { etfPremium(code: $code, ${january}) {
         code alignment stale price { columns { close } }
         navMarket nav { date } navSource navAsOf series { date } columns { date } latest { date } latestPremium latestDate
         stats { count } unmatchedDates unmatched { date } } }`,
      { code: fund },
    );
    const missing = [
      ...['navMarket', 'nav', 'navSource', 'navAsOf', 'series', 'columns', 'latest', 'latestPremium', 'latestDate'],
      ...['stats', 'unmatchedDates', 'unmatched'],
    ];
    expect(data.etfPremium).toEqual({
      code: fund,
      alignment: 'SAME_DATE',
      stale: false,
      price: { columns: { close: [1] } },
      ...Object.fromEntries(missing.map((field) => [field, null])),
    });
    expect(errors.map(({ path }) => path)).toEqual(missing.map((field) => ['etfPremium', field]));
    for (const { extensions, message } of errors) {
      expect(extensions.code).toBe(code);
      expect(message).toContain(fund);
    }
  });

  it('lists the date of a NAV that is left blank', async () => {
    const fields = 'series { date premium } unmatched { date reason }';
    expect(await premium(`code: "588110.SH", ${january}`, fields)).toEqual({
      series: [{ date: '2024-01-03', premium: -0.2 }],
      unmatched: [{ date: '2024-01-02', reason: 'NAV_MISSING' }],
    });
  });

  it('keeps the alignment that was asked for when there is no NAV, and has no error when none is selected', async () => {
    const answer = await premium('code: "510500.SH", alignment: PREVIOUS_NAV', 'alignment price { code }');
    expect(answer).toEqual({ alignment: 'PREVIOUS_NAV', price: { code: '510500.SH' } });
  });
});

describe('etfPremium, over HTTP on files that change', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph({ environment: { DESKGRAPH_CONFIG: 'desk.yaml' }, files: FILES });
  });
  afterAll(() => server.close());

  const pathOf = (name: string): string => join(server.folder, 'bars', name);
  const write = (name: string, text: string): void => writeFileSync(pathOf(name), text);
  async function premiumOf(code: string, more = '') {
    const { data, errors } = await server.ask(
      `{ etfPremium(code: "${code}", start: "2024-01-01", end: "2024-03-31"${more}) {
           alignment stale price { stale cached } latestPremium latestDate } }`,
    );
    expect(errors).toEqual([]);
    return data.etfPremium;
  }

  it('is stale while one of both files is junk, on the last good figures, and fresh after the repair', async () => {
    const good = { alignment: 'SAME_DATE', latestPremium: -0.1, latestDate: '2024-01-04' };
    expect(await premiumOf('510050.SH')).toEqual({ ...good, stale: false, price: { stale: false, cached: false } });
    write('510050.SH.nav.csv', 'junk');
    expect(await premiumOf('510050.SH')).toEqual({ ...good, stale: true, price: { stale: false, cached: true } });
    write('510050.SH.nav.csv', 'date,nav\n2024-01-04,0.5\n');
    const repaired = { ...good, latestPremium: 0.8 };
    expect(await premiumOf('510050.SH')).toEqual({ ...repaired, stale: false, price: { stale: false, cached: true } });
    write('510050.SH.csv', 'junk');
    expect(await premiumOf('510050.SH')).toEqual({ ...repaired, stale: true, price: { stale: true, cached: true } });
    write('510050.SH.csv', 'date,close\n2024-01-04,0.5\n');
    expect(await premiumOf('510050.SH')).toEqual({
      ...repaired,
      latestPremium: 0,
      stale: false,
      price: { stale: false, cached: false },
    });
  });

  it('answers the price while the NAVs cannot be read, and all of it as soon as they can', async () => {
    const ask = () =>
      server.ask(
        `{ etfPremium(code: "510500.SH", start: "2024-01-01", end: "2024-01-31") {
             price { columns { close } } series { premium } stats { mean } unmatchedDates } }`,
      );
    const price = { columns: { close: [1] } };
    symlinkSync('510500.SH.nav.csv', pathOf('510500.SH.nav.csv')); // leads to itself
    const { data, errors } = await ask();
    expect(data.etfPremium).toEqual({ price, series: null, stats: null, unmatchedDates: null });
    const told = errors.map(({ path = [], extensions: { code } }) => [path.at(-1), code]);
    expect(told).toEqual(['series', 'stats', 'unmatchedDates'].map((field) => [field, 'UPSTREAM_UNAVAILABLE']));
    rmSync(pathOf('510500.SH.nav.csv'));
    write('510500.SH.nav.csv', 'date,nav\n2024-01-02,0.8\n');
    const whole = { price, series: [{ premium: 0.25 }], stats: { mean: 0.25 }, unmatchedDates: [] };
    expect((await ask()).data.etfPremium).toEqual(whole);
  });

  it('asks for prices and NAVs again when told to refresh', async () => {
    const upstreamCalls = async () => (await server.ask('{ barCache { upstreamCalls } }')).data.barCache.upstreamCalls;
    await premiumOf('513500.SH');
    const before = await upstreamCalls();
    expect((await premiumOf('513500.SH')).price.cached).toBe(true);
    expect(await upstreamCalls()).toBe(before);
    expect((await premiumOf('513500.SH', ', refresh: true')).price.cached).toBe(false);
    expect(await upstreamCalls()).toBe(before + 2);
  });

  it('aligns by the same date when nobody says the market of the NAV any more', async () => {
    expect(await premiumOf('513100.SH')).toMatchObject({ alignment: 'PREVIOUS_NAV', latestDate: '2024-03-06' });
    rmSync(pathOf('funds.csv'));
    expect(await premiumOf('513100.SH')).toMatchObject({ alignment: 'SAME_DATE', latestDate: '2024-03-05' });
    write('funds.csv', 'code,navMarket\nsh513100,US\n');
    expect(await premiumOf('513100.SH')).toMatchObject({ alignment: 'PREVIOUS_NAV', latestDate: '2024-03-06' });
  });
});
