import { describe, expect, it } from 'vitest';
import { parseKlinePart } from '../../../src/sources/tencent/parse-kline.ts';
import { parseShareEvents } from '../../../src/sources/tencent/share-events.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({ vendor: 'tencent', urls: { kline: `${url}/kline` } });

type Row = readonly unknown[];

function kline(symbol: string, rows: readonly Row[], key = 'day'): string {
  return JSON.stringify({ code: 0, msg: '', data: { [symbol]: { [key]: rows, qt: { [symbol]: ['1'] }, prec: '1' } } });
}

/** What is known of no symbol. */
const unknown = (symbol: string): string =>
  JSON.stringify({ code: 0, msg: '', data: { [symbol]: { day: [], qt: { [symbol]: [] } } } });

const symbolOf = (query: URLSearchParams): string => (query.get('param') ?? '').split(',')[0] ?? '';

/** As newfqkline writes a row: a note or nothing at [6], turnover in 10,000 yuan at [8]. */
const row = (date: string, volume: number, amount: number, note: unknown = ''): Row => [
  date,
  '10.000',
  '10.000',
  '10.000',
  '10.000',
  `${volume}.000`,
  note,
  '0.10',
  `${amount}.00`,
];

const STRETCH = { symbol: 'sh600519', start: day('2025-01-01'), end: day('2026-12-31') };
const parse = (text: string) => parseKlinePart({ bytes: Buffer.from(text) }, STRETCH);

describe("Tencent's kline", () => {
  it('is read in its order of columns, close before high, with the volume of an index in shares', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => recorded('tencent', 'fqkline-sh000300')),
    );
    const history = await desk.load((source, signal) => source.loadBars('000300.SH', signal));
    expect(rowsOf(history.columns)).toEqual([
      ['2026-09-28', 4423.82, 4423.82, 4323.57, 4340.76, 17_127_737_300, null],
      ['2026-09-29', 4335.81, 4359.3, 4324.53, 4345.21, 14_812_946_600, null],
      ['2026-09-30', 4356.8, 4368.61, 4341.88, 4357.62, 16_294_962_600, null],
    ]);
    expect(history).toMatchObject({ source: 'tencent', events: [], areEventsKnown: true });
  });

  it('is asked for two years at a time, unadjusted, and put together', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => {
        const [symbol = '', , start = ''] = (query.get('param') ?? '').split(',');
        return `kline_day=${kline(symbol, [row(start, 1000, 100)])};`;
      }),
    );
    const history = await desk.load((source, signal) => source.loadBars('600519.SH', signal));
    const asked = ['2015', '2017', '2019', '2021', '2023', '2025'];
    expect(desk.server.seen.map(({ query }) => query.get('param'))).toEqual(
      asked.map((year) => `sh600519,day,${year}-01-01,${Number(year) + 1}-12-31,640,`),
    );
    expect(rowsOf(history.columns)).toEqual(asked.map((year) => [`${year}-01-01`, 10, 10, 10, 10, 100_000, 1_000_000]));
  });

  it('is asked from a day on, and answers nothing when nothing followed', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => kline(symbolOf(query), [])),
    );
    const history = await desk.load((source, signal) => source.loadBars('600519.SH', signal, day('2026-11-20')));
    expect(rowsOf(history.columns)).toEqual([]);
    expect(desk.server.seen.map(({ query }) => query.get('param'))).toEqual([
      'sh600519,day,2026-11-20,2027-12-31,640,',
    ]);
  });

  it.each([
    ['600519.SH', ['sh600519']],
    ['159915.SZ', ['sz159915']],
    ['920002.BJ', ['bj920002']],
    ['00700.HK', ['hk00700']],
    ['HSTECH', ['hkHSTECH']],
    ['SPX', ['usINX']],
    ['AAPL', ['usAAPL.OQ', 'usAAPL.N', 'usAAPL.AM']],
  ])('is asked for %s as %j', async (code, symbols) => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => unknown(symbolOf(query))),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect([...new Set(desk.server.seen.map(({ query }) => symbolOf(query)))]).toEqual(symbols);
  });

  it('is asked for an American share under the ending with which it was found', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => {
        const symbol = symbolOf(query);
        const rows = [['2026-11-18', '200', '201', '202', '199', '5000.000', {}, '0.1', '100.4']];
        return symbol.endsWith('.N') ? kline(symbol, rows) : '{"code":0,"msg":"","data":[]}';
      }),
    );
    const load = () => desk.load((source, signal) => source.loadBars('IBM', signal, day('2026-11-01')));
    expect(rowsOf((await load()).columns)).toEqual([['2026-11-18', 200, 202, 199, 201, 5000, 1_004_000]]);
    await load();
    expect(desk.server.seen.map(({ query }) => symbolOf(query))).toEqual(['usIBM.OQ', 'usIBM.N', 'usIBM.N']);
  });

  it.each(['BTC-USDT', 'N225', 'AU.SHF', 'H30269.CSI', 'nonsense'])('is not asked for %s', async (code) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => '{}'),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen).toEqual([]);
  });

  it('of a symbol that is quoted and has no bars is a fault', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => kline(symbolOf(query), [])),
    );
    expect(await desk.fail((source, signal) => source.loadBars('600519.SH', signal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'tencent: received an empty list of bars, which is no answer',
    });
  });
});

describe('the volume of Tencent', () => {
  async function volumeOf(code: string, rows: readonly Row[]): Promise<unknown[]> {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => kline(symbolOf(query), rows)),
    );
    const history = await desk.load((source, signal) => source.loadBars(code, signal, day('2026-11-01')));
    return rowsOf(history.columns)[0]?.slice(5) ?? [];
  }
  const plain = (volume: string): Row => ['2026-11-18', '10', '10', '10', '10', volume];

  it.each([
    ['600519.SH', 5000],
    ['688981.SH', 50],
    ['689009.SH', 50],
    ['000300.SH', 5000],
    ['399006.SZ', null],
    ['00700.HK', 50],
  ])('of %s is %j shares for 50 where turnover does not tell', async (code, shares) => {
    expect(await volumeOf(code, [plain('50.000')])).toEqual([shares, null]);
  });

  it.each([
    ['600519.SH', 50, 5, [5000, 50_000]],
    ['688981.SH', 5000, 5, [5000, 50_000]],
    ['000001.SZ', 5000, 5, [5000, 50_000]],
    ['399006.SZ', 5_000_000, 10_000, [5_000_000, 100_000_000]],
    ['000300.SH', 50_000, 10_000, [5_000_000, 100_000_000]],
    ['600519.SH', 5000, 5, [500_000, 50_000]],
  ])('of %s is told by turnover, unless it is known', async (code, volume, amount, wanted) => {
    expect(await volumeOf(code, [row('2026-11-18', volume, amount)])).toEqual(wanted);
  });

  it('of Hong Kong leaves a turnover out that does not fit it', async () => {
    expect(await volumeOf('00700.HK', [row('2026-11-18', 5000, 5)])).toEqual([5000, 50_000]);
    expect(await volumeOf('00700.HK', [row('2026-11-18', 5000, 50_000)])).toEqual([5000, null]);
  });
});

describe('events of Tencent', () => {
  it('stand beside the bar of their day', async () => {
    const note = { nd: '2023', fh_sh: '30', djr: '2024-05-14', cqr: '2026-05-15', FHcontent: '10派30元' };
    const rows = [row('2026-05-14', 50, 5, {}), row('2026-05-15', 50, 5, note)];
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => kline(symbolOf(query), rows)),
    );
    const history = await desk.load((source, signal) => source.loadBars('000333.SZ', signal, day('2026-01-01')));
    expect(history.events).toEqual([{ day: day('2026-05-15'), kind: 'DIVIDEND', ratio: 1, cash: 3 }]);
    // That there is a note says nothing of days without one.
    expect(history.areEventsKnown).toBe(false);
  });

  it.each([
    ['10送3股', [['SPLIT', 1.3, 0]]],
    [
      '10转增5股派2.5元',
      [
        ['DIVIDEND', 1, 0.25],
        ['SPLIT', 1.5, 0],
      ],
    ],
    ['10送2股转3股', [['SPLIT', 1.5, 0]]],
    ['10配3股', []],
    ['回购100万股', []],
    ['', []],
  ])('are read of %j', (FHcontent, wanted) => {
    const events = parseShareEvents({ cqr: '2026-05-15', FHcontent });
    expect(events.map(({ kind, ratio, cash }) => [kind, ratio, cash])).toEqual(wanted);
  });

  it('are none of anything that is no note', () => {
    for (const note of ['', null, 7, [], { FHcontent: '10派1元', cqr: 'soon' }])
      expect(parseShareEvents(note)).toEqual([]);
  });
});

describe('a kline of Tencent that cannot be used', () => {
  it.each([
    ['of another symbol', kline('sz000001', []), 'received bars of sz000001, wanted bars of sh600519'],
    ['that is adjusted', kline('sh600519', [], 'qfqday'), 'received adjusted bars, wanted unadjusted ones'],
    [
      'with too few columns',
      kline('sh600519', [['2026-11-18', '1']]),
      'received a row of another form, wanted rows of date, open, close',
    ],
    ['with rows that are none', kline('sh600519', [{} as unknown as Row]), 'received an object'],
    ['cut short', kline('sh600519', [row('2026-11-18', 1, 1)]).slice(0, 60), 'that are no JSON'],
    ['that is a page', '<html></html>', 'a page of HTML'],
  ])('is one %s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('is an outage with a code of its own', () => {
    expect(() => parse('{"code":1,"msg":"param error","data":{}}')).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
    );
  });

  it('is one with more bars than there are days, so that stretches of any size fill no memory', () => {
    const rows = Array.from({ length: 731 }, () => row('2025-01-02', 1, 1));
    expect(() => parse(kline('sh600519', rows))).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: 'received 731 bars of 730 days, wanted one a day' }),
    );
  });

  it('is not one with days outside of what was asked for, which are left out', () => {
    const rows = [row('2024-12-31', 1, 1), row('2025-01-02', 1, 1), row('2027-01-04', 1, 1)];
    expect(parse(kline('sh600519', rows)).rows).toHaveLength(1);
  });
});
