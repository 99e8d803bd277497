import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

/** 17:30 UTC: already the 21st in Shanghai, still the 20th in New York. */
const NOW = Date.UTC(2026, 10, 20, 17, 30);

/** Tuesday to Friday, then Monday and Tuesday; the month turns on the Thursday. Friday has no volume. */
const SHARE = `date,open,high,low,close,volume,amount
2024-01-30,10,12,9,11,100,1100
2024-01-31,11,13,10,12,200,2400
2024-02-01,12,14,11,13,300,3900
2024-02-02,13,15,12,14,,
2024-02-05,14,16,13,15,500,7500
2024-02-06,15,17,14,16,600,9600
`;

/** One share becomes two on the 5th, 2.5 of 10 are paid out on the 7th. */
const ADJUSTED = `date,high,close,volume,amount
2024-03-04,24,20,100,1000
2024-03-05,12,10,200,2000
2024-03-06,12,10,200,2000
2024-03-07,8,7.5,200,2000
2024-03-08,10,9,200,2000
`;

const EDGES = 'date,close\n2026-08-22,1\n2026-08-23,2\n2026-11-20,3\n2026-11-21,4\n';

function startWithFolder(files: Readonly<Record<string, string>>): Promise<TestDeskgraph> {
  return startDeskgraph({
    environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': 'sources: [{ vendor: folder, path: ./bars }]', ...files },
    now: NOW,
  });
}

async function dataOf(server: TestDeskgraph, query: string) {
  const { data, errors } = await server.ask(query);
  expect(errors).toEqual([]);
  return data;
}

describe('bars, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startWithFolder({
      'bars/600000.SH.csv': SHARE,
      'bars/600519.SH.csv': EDGES,
      'bars/AAPL.csv': EDGES,
      'bars/BTC-USDT.csv': 'date,close\n2024-03-02,1\n2024-03-03,2\n2024-03-04,3\n',
      'bars/510500.SH.csv': ADJUSTED,
      'bars/510500.SH.events.csv': 'date,kind,ratio,cash\n2024-03-05,SPLIT,2,\n2024-03-07,DIVIDEND,,2.5\n',
      'bars/600001.SH.csv': 'date,close\n',
      'bars/600004.SH.csv': 'date,close\n2024-01-02,nonsense\n',
    });
  });
  afterAll(() => server.close());

  const data = (query: string) => dataOf(server, query);

  it('ends a range at today in the market of the instrument, and starts it 90 days before', async () => {
    const fields = 'requestedRange { start end } bars { date close }';
    const { shanghai, newYork } = await data(
      `{ shanghai: bars(code: "600519.SH") { ${fields} } newYork: bars(code: "AAPL") { ${fields} } }`,
    );
    expect(shanghai).toEqual({
      requestedRange: { start: '2026-08-23', end: '2026-11-21' },
      bars: [
        { date: '2026-08-23', close: 2 },
        { date: '2026-11-20', close: 3 },
        { date: '2026-11-21', close: 4 },
      ],
    });
    expect(newYork).toEqual({
      requestedRange: { start: '2026-08-22', end: '2026-11-20' },
      bars: [
        { date: '2026-08-22', close: 1 },
        { date: '2026-08-23', close: 2 },
        { date: '2026-11-20', close: 3 },
      ],
    });
  });

  it('fills in the end that is missing', async () => {
    const { until, since } = await data(
      `{ until: bars(code: "AAPL", end: "2026-11-19") { requestedRange { start end } }
         since: bars(code: "AAPL", start: "2020-01-01") { requestedRange { start end } count } }`,
    );
    expect(until.requestedRange).toEqual({ start: '2026-08-21', end: '2026-11-19' });
    expect(since).toEqual({ requestedRange: { start: '2020-01-01', end: '2026-11-20' }, count: 3 });
  });

  it('includes both ends', async () => {
    const { some, one } = await data(
      `{ some: bars(code: "600000.SH", start: "2024-01-31", end: "2024-02-02") { count bars { date } }
         one: bars(code: "600000.SH", start: "2024-02-01", end: "2024-02-01") { count bars { date } } }`,
    );
    expect(some).toEqual({
      count: 3,
      bars: [{ date: '2024-01-31' }, { date: '2024-02-01' }, { date: '2024-02-02' }],
    });
    expect(one).toEqual({ count: 1, bars: [{ date: '2024-02-01' }] });
  });

  it('answers an empty range with count 0 and both ranges', async () => {
    const { bars } = await data(
      `{ bars(code: "600000.SH", start: "2024-02-03", end: "2024-02-04") {
         count bars { date } columns { date open close } requestedRange { start end } availableRange { start end } } }`,
    );
    expect(bars).toEqual({
      count: 0,
      bars: [],
      columns: { date: [], open: [], close: [] },
      requestedRange: { start: '2024-02-03', end: '2024-02-04' },
      availableRange: { start: '2024-01-30', end: '2024-02-06' },
    });
  });

  it('answers the same figures in rows and in columns, null where the source has none', async () => {
    const { bars } = await data(
      `{ bars(code: "600000.SH", start: "2024-02-01", end: "2024-02-05") {
         bars { date open high low close volume amount } columns { date open high low close volume amount } } }`,
    );
    expect(bars.bars).toEqual([
      { date: '2024-02-01', open: 12, high: 14, low: 11, close: 13, volume: 300, amount: 3900 },
      { date: '2024-02-02', open: 13, high: 15, low: 12, close: 14, volume: null, amount: null },
      { date: '2024-02-05', open: 14, high: 16, low: 13, close: 15, volume: 500, amount: 7500 },
    ]);
    expect(bars.columns).toEqual({
      date: ['2024-02-01', '2024-02-02', '2024-02-05'],
      open: [12, 13, 14],
      high: [14, 15, 16],
      low: [11, 12, 13],
      close: [13, 14, 15],
      volume: [300, null, 500],
      amount: [3900, null, 7500],
    });
  });

  it('dates weeks and months by their last session', async () => {
    const { week, month } = await data(
      `{ week: bars(code: "600000.SH", start: "2024-01-01", end: "2024-02-29", interval: WEEK) {
           interval count bars { date open high low close volume amount } columns { date close } }
         month: bars(code: "600000.SH", start: "2024-01-01", end: "2024-02-29", interval: MONTH) {
           interval count bars { date open high low close volume amount } } }`,
    );
    expect(week).toEqual({
      interval: 'WEEK',
      count: 2,
      bars: [
        { date: '2024-02-02', open: 10, high: 15, low: 9, close: 14, volume: 600, amount: 7400 },
        { date: '2024-02-06', open: 14, high: 17, low: 13, close: 16, volume: 1100, amount: 17_100 },
      ],
      columns: { date: ['2024-02-02', '2024-02-06'], close: [14, 16] },
    });
    expect(month).toEqual({
      interval: 'MONTH',
      count: 2,
      bars: [
        { date: '2024-01-31', open: 10, high: 13, low: 9, close: 12, volume: 300, amount: 3500 },
        { date: '2024-02-06', open: 12, high: 17, low: 11, close: 16, volume: 1400, amount: 21_000 },
      ],
    });
  });

  it('ends a week on Sunday', async () => {
    const { bars } = await data(
      '{ bars(code: "BTC-USDT", start: "2024-03-01", end: "2024-03-31", interval: WEEK) { bars { date close } } }',
    );
    expect(bars.bars).toEqual([
      { date: '2024-03-03', close: 2 },
      { date: '2024-03-04', close: 3 },
    ]);
  });

  it('cuts weeks and months by their own date, each of all its days', async () => {
    const { before, on, month } = await data(
      `{ before: bars(code: "600000.SH", start: "2024-01-29", end: "2024-02-01", interval: WEEK) { count }
         on: bars(code: "600000.SH", start: "2024-02-02", end: "2024-02-02", interval: WEEK) { bars { date open low } }
         month: bars(code: "600000.SH", start: "2024-02-06", end: "2024-02-06", interval: MONTH) { bars { date open } } }`,
    );
    expect(before).toEqual({ count: 0 });
    expect(on.bars).toEqual([{ date: '2024-02-02', open: 10, low: 9 }]);
    expect(month.bars).toEqual([{ date: '2024-02-06', open: 12 }]);
  });

  it('takes splits and dividends out of prices, splits alone out of volumes, and nothing out of amounts', async () => {
    const series = (adjustment: string): string =>
      `bars(code: "510500.SH", start: "2024-03-01", end: "2024-03-31", adjustment: ${adjustment}) {
         adjustment columns { high close volume amount } }`;
    const { none, forward, backward } = await data(
      `{ none: ${series('NONE')} forward: ${series('FORWARD')} backward: ${series('BACKWARD')} }`,
    );
    const amount = [1000, 2000, 2000, 2000, 2000];
    expect(none).toEqual({
      adjustment: 'NONE',
      columns: { high: [24, 12, 12, 8, 10], close: [20, 10, 10, 7.5, 9], volume: [100, 200, 200, 200, 200], amount },
    });
    expect(forward).toEqual({
      adjustment: 'FORWARD',
      columns: { high: [9, 9, 9, 8, 10], close: [7.5, 7.5, 7.5, 7.5, 9], volume: [200, 200, 200, 200, 200], amount },
    });
    const { high, ...others } = backward.columns;
    expect(others).toEqual({ close: [20, 20, 20, 20, 24], volume: [100, 100, 100, 100, 100], amount });
    for (const [index, value] of [24, 24, 24, 8 / 0.375, 10 / 0.375].entries())
      expect(high[index]).toBeCloseTo(value, 9);
  });

  it('adjusts the whole history before it cuts, so that a price is the same in every range', async () => {
    const { early, late, week } = await data(
      `{ early: bars(code: "510500.SH", start: "2024-03-04", end: "2024-03-06", adjustment: FORWARD) { columns { close } }
         late: bars(code: "510500.SH", start: "2024-03-07", end: "2024-03-08", adjustment: BACKWARD) { columns { close } }
         week: bars(code: "510500.SH", start: "2024-03-08", end: "2024-03-08", adjustment: FORWARD, interval: WEEK) {
           bars { date high close volume } } }`,
    );
    expect(early.columns.close).toEqual([7.5, 7.5, 7.5]);
    expect(late.columns.close).toEqual([20, 24]);
    expect(week.bars).toEqual([{ date: '2024-03-08', high: 10, close: 9, volume: 1000 }]);
  });

  it('names source and instrument, and dates the history by the clock of the server', async () => {
    const { bars } = await data(
      '{ bars(code: "600000.SH") { code assetType source fetchedAt asOf interval adjustment instrument { code currency } } }',
    );
    expect(bars).toEqual({
      code: '600000.SH',
      assetType: 'CHINA_STOCK',
      source: 'folder',
      fetchedAt: '2026-11-20T17:30:00.000Z',
      asOf: '2024-02-06',
      interval: 'DAY',
      adjustment: 'NONE',
      instrument: { code: '600000.SH', currency: 'CNY' },
    });
  });

  it('answers one id for what is one series, and another for another', async () => {
    const { one, same, range, interval, adjustment } = await data(
      `{ one: bars(code: "600000.SH", end: "2024-02-06") { id } same: bars(code: "sh600000", end: "2024-02-06") { id }
         range: bars(code: "600000.SH", end: "2024-02-05") { id }
         interval: bars(code: "600000.SH", end: "2024-02-06", interval: WEEK) { id }
         adjustment: bars(code: "600000.SH", end: "2024-02-06", adjustment: FORWARD) { id } }`,
    );
    expect(same.id).toBe(one.id);
    expect(new Set([one.id, range.id, interval.id, adjustment.id]).size).toBe(4);
  });

  it.each([
    ['a code that no file has', 'code: "ZZZZ"', 'NOT_FOUND', /ZZZZ/],
    ['a code that says nothing', 'code: "???"', 'NOT_FOUND', /\?\?\?/],
    ['a code whose file has no row', 'code: "600001.SH"', 'NOT_FOUND', /600001\.SH/],
    ['a code whose file never was readable', 'code: "600004.SH"', 'DATA_INVALID', /600004\.SH\.csv line 2/],
    ['no code', 'code: ""', 'BAD_USER_INPUT', /1 to 32 visible characters/],
    [
      'a start after the end',
      'code: "AAPL", start: "2024-02-02", end: "2024-02-01"',
      'BAD_USER_INPUT',
      /start 2024-02-02 after end 2024-02-01/,
    ],
    [
      'a start after today',
      'code: "AAPL", start: "2026-11-21"',
      'BAD_USER_INPUT',
      /start 2026-11-21 after end 2026-11-20/,
    ],
  ])('answers null for %s, and the other field all the same', async (_what, codeAndRange, code, message) => {
    const { data: answer, errors } = await server.ask(
      `{ bad: bars(${codeAndRange}) { count } good: bars(code: "600000.SH") { code } }`,
    );
    expect(answer).toEqual({ bad: null, good: { code: '600000.SH' } });
    expect(errors).toMatchObject([{ path: ['bad'], extensions: { code } }]);
    expect(errors[0]?.message).toMatch(message);
  });

  it('takes the first days that can be written, and the last', async () => {
    const { early, late } = await data(
      `{ early: bars(code: "AAPL", end: "0001-01-05") { count requestedRange { start end } }
         late: bars(code: "AAPL", start: "2026-11-21", end: "9999-12-31") { count } }`,
    );
    expect(early).toEqual({ count: 0, requestedRange: { start: '0001-01-01', end: '0001-01-05' } });
    expect(late).toEqual({ count: 1 });
  });
});

describe('bars and the cache, over HTTP on files that change', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startWithFolder({
      'bars/510300.SH.csv': 'date,close\n2024-01-02,1\n',
      'bars/600000.SH.csv': 'date,close\n2024-01-02,1\n',
    });
  });
  afterAll(() => server.close());

  const write = (name: string, text: string): void => writeFileSync(join(server.folder, 'bars', name), text);
  const january = 'start: "2024-01-01", end: "2024-01-31"';
  const bars = async (argumentsText: string) =>
    (await dataOf(server, `{ bars(${argumentsText}, ${january}) { cached stale columns { close } } }`)).bars;

  /** How many more reads and loads the cache has counted after the operation. */
  async function countedBy(operation: () => Promise<unknown>): Promise<Record<string, number>> {
    const counts = async (): Promise<Record<string, number>> =>
      (await dataOf(server, '{ barCache { hits misses stale coalesced upstreamCalls } }')).barCache;
    const before = await counts();
    await operation();
    const after = await counts();
    return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
  }

  it('loads a code once, whatever its spelling, and again when asked to', async () => {
    const first = await countedBy(async () => {
      expect(await bars('code: "sh510300"')).toEqual({ cached: false, stale: false, columns: { close: [1] } });
      expect(await bars('code: "510300.SH"')).toEqual({ cached: true, stale: false, columns: { close: [1] } });
    });
    expect(first).toEqual({ hits: 1, misses: 1, stale: 0, coalesced: 0, upstreamCalls: 1 });
    const refresh = await countedBy(async () => {
      expect(await bars('code: "510300.SH", refresh: true')).toMatchObject({ cached: false, stale: false });
    });
    expect(refresh).toEqual({ hits: 0, misses: 1, stale: 0, coalesced: 0, upstreamCalls: 1 });
    expect(await bars('code: "510300.SH"')).toMatchObject({ cached: true });
  });

  it('reads a code once in one query, by whichever ways it is asked', async () => {
    const counted = await countedBy(async () => {
      const { one, other, week, instrument } = await dataOf(
        server,
        `{ one: bars(code: "600000.SH", ${january}) { cached count }
           other: bars(code: "sh600000") { cached count }
           week: bars(code: "600000.XSHG", ${january}, interval: WEEK) { cached count }
           instrument(code: "SHSE.600000") { bars(${january}) { cached count } } }`,
      );
      expect([one, other, week, instrument.bars]).toEqual([
        { cached: false, count: 1 },
        { cached: false, count: 0 },
        { cached: false, count: 1 },
        { cached: false, count: 1 },
      ]);
    });
    expect(counted).toEqual({ hits: 0, misses: 1, stale: 0, coalesced: 0, upstreamCalls: 1 });
  });

  it('serves a changed file at the next query', async () => {
    write('AAPL.csv', 'date,close\n2024-01-02,1\n');
    expect(await bars('code: "AAPL"')).toMatchObject({ columns: { close: [1] } });
    write('AAPL.csv', 'date,close\n2024-01-02,1\n2024-01-03,2\n');
    expect(await bars('code: "AAPL"')).toEqual({ cached: false, stale: false, columns: { close: [1, 2] } });
    expect(await bars('code: "AAPL"')).toEqual({ cached: true, stale: false, columns: { close: [1, 2] } });
  });

  it('serves events that came later at the next query', async () => {
    write('IBM.csv', 'date,close\n2024-01-02,4\n2024-01-03,2\n');
    expect(await bars('code: "IBM", adjustment: FORWARD')).toMatchObject({ columns: { close: [4, 2] } });
    write('IBM.events.csv', 'date,kind,ratio\n2024-01-03,SPLIT,2\n');
    expect(await bars('code: "IBM", adjustment: FORWARD')).toMatchObject({ columns: { close: [2, 2] } });
  });

  it('keeps the last good series through junk, says so, and is fresh again after the repair', async () => {
    write('MSFT.csv', 'date,close\n2024-01-02,1\n');
    await bars('code: "MSFT"');
    const complaints = server.complaints.length;
    write('MSFT.csv', 'date,close\n2024-01-02,1\nnonsense');
    const lastGood = { cached: true, stale: true, columns: { close: [1] } };
    expect(await bars('code: "MSFT"')).toEqual(lastGood);
    expect(await bars('code: "MSFT"')).toEqual(lastGood);
    expect(await bars('code: "MSFT", refresh: true')).toEqual(lastGood);
    expect(server.complaints.length).toBeGreaterThan(complaints);
    write('MSFT.csv', 'date,close\n2024-01-02,1\n2024-01-03,2\n');
    expect(await bars('code: "MSFT"')).toEqual({ cached: false, stale: false, columns: { close: [1, 2] } });
    expect(await bars('code: "MSFT"')).toEqual({ cached: true, stale: false, columns: { close: [1, 2] } });
  });

  it('finds nothing any more once the file is gone, and something once one has come', async () => {
    const ask = () => server.ask(`{ bars(code: "TSLA", ${january}) { cached columns { close } } }`);
    expect((await ask()).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    write('TSLA.csv', 'date,close\n2024-01-02,1\n');
    expect((await ask()).data).toEqual({ bars: { cached: false, columns: { close: [1] } } });
    rmSync(join(server.folder, 'bars', 'TSLA.csv'));
    const { data, errors } = await ask();
    expect(data).toEqual({ bars: null });
    expect(errors).toMatchObject([{ path: ['bars'], extensions: { code: 'NOT_FOUND' } }]);
  });
});
