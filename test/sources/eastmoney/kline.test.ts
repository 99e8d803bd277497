import { describe, expect, it } from 'vitest';
import { type KlineWish, parseKline } from '../../../src/sources/eastmoney/parse-kline.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({ vendor: 'eastmoney', urls: { kline: `${url}/kline` } });

const WISH: KlineWish = {
  secid: '1.600519',
  unit: 'LOTS',
  mayBeEmpty: false,
  lastPossibleDay: day('2026-11-20'),
  lastFinalDay: day('2026-11-20'),
};

interface Kline {
  readonly secid?: string;
  readonly [field: string]: unknown;
}

/** A reply as Eastmoney writes it. */
function kline(rows: readonly string[], { secid = WISH.secid, ...more }: Kline = {}): string {
  const [market, code] = secid.split('.');
  const data = { code, market: Number(market), name: '名', decimal: 2, dktotal: 999, klines: rows, ...more };
  return JSON.stringify({ rc: 0, rt: 17, data });
}

/** A row of a share that trades at its close, in lots. */
const row = (date: string, close = 10, lots = 1000): string =>
  `${date},${close},${close},${close},${close},${lots},${lots * 100 * close},0.00,0.00,0.00,0.10`;

const bytes = (text: string): { bytes: Uint8Array } => ({ bytes: Buffer.from(text) });
const parse = (text: string, wish: Partial<KlineWish> = {}) => parseKline(bytes(text), { ...WISH, ...wish });

describe("Eastmoney's kline", () => {
  it('is read in its order of columns, close before high, with volume in shares', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) =>
        query.get('secid') === '1.000300' ? recorded('eastmoney', 'kline-1.000300') : undefined,
      ),
    );
    const history = await desk.load((source, signal) => source.loadBars('000300.SH', signal));
    expect(rowsOf(history.columns)).toEqual([
      ['2026-09-28', 4423.82, 4423.82, 4323.57, 4340.76, 17_127_737_300, 428_620_471_197.9],
      ['2026-09-29', 4335.81, 4359.3, 4324.53, 4345.21, 14_812_946_600, 334_950_785_525.6],
      ['2026-09-30', 4356.8, 4368.61, 4341.88, 4357.62, 16_294_962_600, 356_491_548_621.4],
    ]);
    expect(history).toMatchObject({
      code: '000300.SH',
      source: 'eastmoney',
      fetchedAt: desk.clock.now(),
      events: [],
      areEventsKnown: true,
      dropped: { unfinished: 0, empty: 0, faulty: 0 },
    });
    const [asked] = desk.server.seen;
    expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({
      secid: '1.000300',
      klt: '101',
      fqt: '0',
      beg: '20150101',
      end: '20500101',
      fields2: 'f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61',
    });
    expect(asked?.query.has('smplmt')).toBe(false);
  });

  it('is asked from a day on, and answers nothing when nothing followed', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => kline([])),
    );
    const history = await desk.load((source, signal) => source.loadBars('600519.SH', signal, day('2026-11-20')));
    expect(rowsOf(history.columns)).toEqual([]);
    expect(desk.server.seen[0]?.query.get('beg')).toBe('20261120');
  });

  it('has one revision for one content', async () => {
    let close = 10;
    await using desk = await openVendorDesk(
      configure,
      answering(() => kline([row('2026-11-19', close)])),
    );
    const load = () => desk.load((source, signal) => source.loadBars('600519.SH', signal));
    const [first, same] = [await load(), await load()];
    close = 11;
    const other = await load();
    expect(same.revision).toBe(first.revision);
    expect(other.revision).not.toBe(first.revision);
  });

  it.each([
    ['600519.SH', ['1.600519']],
    ['000001.SZ', ['0.000001']],
    ['920002.BJ', ['0.920002']],
    ['510300.SH', ['1.510300']],
    ['H30269.CSI', ['2.H30269', '1.H30269', '0.H30269', '47.H30269']],
    ['00700.HK', ['116.00700']],
    ['HSI', ['100.HSI']],
    ['HSTECH', ['124.HSTECH', '125.HSTECH', '305.HSTECH']],
    ['AAPL', ['105.AAPL', '106.AAPL', '107.AAPL']],
    ['BRK.B', ['105.BRK_B', '106.BRK_B', '107.BRK_B']],
    ['SPX', ['100.SPX']],
    ['NDX', ['100.NDX100']],
    ['IXIC', ['100.NDX']],
    ['DJI', ['100.DJIA']],
    ['AU.SHF', ['113.aum']],
    ['CUL8.SHF', ['113.cum']],
    ['MA.ZCE', ['115.MAM']],
    ['TA601.ZCE', ['115.TA2601']],
    ['SC2512.INE', ['142.sc2512']],
    ['IF.CFX', ['220.IFM', '8.IFM']],
    ['CL.NYM', ['102.CL00Y']],
    ['GCZ26.CMX', ['101.GC26Z']],
  ])('is asked for %s as %j', async (code, secids) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => '{"rc":0,"data":null}'),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({
      code: 'NOT_FOUND',
      message: `no history for "${code}" in eastmoney`,
    });
    expect(desk.server.seen.map(({ query }) => query.get('secid'))).toEqual(secids);
  });

  it.each(['BTC-USDT', 'EUR-USD', 'AUL9.SHF', '110059.SH', 'nonsense', '801010.SI'])(
    'is not asked for %s',
    async (code) => {
      await using desk = await openVendorDesk(
        configure,
        answering(() => '{}'),
      );
      expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
      expect(desk.server.seen).toEqual([]);
    },
  );

  it('is asked for an American share in three markets once, and then where it was found', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) => {
        const secid = query.get('secid') ?? '';
        const rows = ['2026-11-19,200,201,202,199,5000,1005000'];
        return secid.startsWith('106.') ? kline(rows, { secid }) : '{"rc":0,"data":null}';
      }),
    );
    const load = () => desk.load((source, signal) => source.loadBars('IBM', signal));
    expect(rowsOf((await load()).columns)).toEqual([['2026-11-19', 200, 202, 199, 201, 5000, 1_005_000]]);
    await load();
    expect(desk.server.seen.map(({ query }) => query.get('secid'))).toEqual(['105.IBM', '106.IBM', '106.IBM']);
  });

  it('that is empty is a fault, since that is what Eastmoney answers when it throttles', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => recorded('eastmoney', 'kline-throttled')),
    );
    expect(await desk.fail((source, signal) => source.loadBars('600519.SH', signal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'eastmoney: received an empty list of klines, which is no answer',
    });
    expect(await desk.fail((source, signal) => source.loadBars('600519.SH', signal, day('2026-11-20')))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(desk.source.hosts()).toMatchObject([{ failures: 2 }]);
  });

  it('that vanishes is an outage for a code that had one before', async () => {
    let isThere = true;
    await using desk = await openVendorDesk(
      configure,
      answering(() => (isThere ? kline([row('2026-11-19')]) : '{"rc":0,"data":null}')),
    );
    await desk.load((source, signal) => source.loadBars('600519.SH', signal));
    isThere = false;
    expect(await desk.fail((source, signal) => source.loadBars('600519.SH', signal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'eastmoney: has no more history for "600519.SH", and had some before',
    });
  });

  it('has no unfinished bars, and none when there are no others', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((_path, query) =>
        query.get('secid') === '1.600519'
          ? kline([row('2026-11-19'), row('2026-11-20')])
          : kline([row('2026-11-20')], { secid: '1.600000' }),
      ),
      { lastFinalDay: () => day('2026-11-19') },
    );
    const history = await desk.load((source, signal) => source.loadBars('600519.SH', signal));
    expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2026-11-19']);
    expect(history.dropped.unfinished).toBe(1);
    const error = await desk.fail((source, signal) => source.loadBars('600000.SH', signal));
    expect(error.code).toBe('NOT_FOUND');
  });

  it('takes the bar of a day for finished when the day is over in its market, where no calendar tells', async () => {
    // It is noon in Greenwich and eight in the evening in Shanghai.
    await using desk = await openVendorDesk(
      configure,
      answering(() => kline([row('2026-11-20'), row('2026-11-21')])),
    );
    const load = () => desk.load((source, signal) => source.loadBars('600519.SH', signal));
    expect(rowsOf((await load()).columns).map(([date]) => date)).toEqual(['2026-11-20']);
    desk.clock.advance(4 * 3_600_000 + 120_000);
    expect(rowsOf((await load()).columns).map(([date]) => date)).toEqual(['2026-11-20', '2026-11-21']);
  });

  it('has no bar of a night session that belongs to Monday', async () => {
    const rows = ['2026-11-20,950,951,952,949,1000,950000000', '2026-11-23,950,951,952,949,10,9500000'];
    await using desk = await openVendorDesk(
      configure,
      answering(() => kline(rows, { secid: '113.aum' })),
    );
    const history = await desk.load((source, signal) => source.loadBars('AU.SHF', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-11-20', 950, 952, 949, 951, 1000, 950_000_000]]);
  });
});

describe('the volume of Eastmoney', () => {
  const volumeOf = (row: string, unit: KlineWish['unit']): number[] => [
    ...parse(kline([row]), { unit }).columns.volume,
  ];

  it('is in lots or in shares as the market has it', () => {
    expect(volumeOf('2026-11-19,10,10,10,10,50,50000', 'LOTS')).toEqual([5000]);
    expect(volumeOf('2026-11-19,10,10,10,10,50', 'SHARES')).toEqual([50]);
  });

  it.each([
    ['shares', '2026-11-19,10,10,10,10,5000,50000', 5000],
    ['lots', '2026-11-19,10,10,10,10,50,50000', 5000],
    ['nothing', '2026-11-19,10,10,10,10,50', 5000],
    ['something else', '2026-11-19,10,10,10,10,50,7', 5000],
  ])('is told by turnover where that is not known: %s', (_what, row, shares) => {
    expect(volumeOf(row, 'TURNOVER')).toEqual([shares]);
  });

  it.each([
    ['600519.SH', '1.600519', 5000],
    ['510300.SH', '1.510300', 5000],
    ['688981.SH', '1.688981', 50],
    ['920002.BJ', '0.920002', 50],
    ['00700.HK', '116.00700', 50],
  ])('of %s is %i shares for 50 at a turnover of as many', async (code, secid, shares) => {
    const rows = ['2026-11-19,10,10,10,10,50,500'];
    await using desk = await openVendorDesk(
      configure,
      answering(() => kline(rows, { secid })),
    );
    const history = await desk.load((source, signal) => source.loadBars(code, signal));
    expect([...history.columns.volume]).toEqual([shares]);
  });

  it('is known where turnover of nought means that it is not', () => {
    const { columns } = parse(kline(['2026-11-19,10,10,10,10,50,0']));
    expect(rowsOf(columns)[0]?.slice(5)).toEqual([5000, null]);
  });
});

describe('a kline of Eastmoney that cannot be used', () => {
  it.each([
    [
      'of another code',
      kline([row('2026-11-19')], { secid: '1.600000' }),
      'received bars of 1.600000, wanted bars of 1.600519',
    ],
    ['of another market', kline([row('2026-11-19')], { market: 0 }), 'received bars of 0.600519'],
    ['with days in disorder', kline([row('2026-11-19'), row('2026-11-18')]), 'received 2026-11-18 after 2026-11-19'],
    ['with a day twice', kline([row('2026-11-19'), row('2026-11-19')]), 'received 2026-11-19 after 2026-11-19'],
    ['of the future', kline([row('2026-11-23')]), 'received a bar of 2026-11-23'],
    [
      'with too few columns',
      kline(['2026-11-19,1,2']),
      'received a row of another form, wanted rows of date, open, close',
    ],
    [
      'with a day that is none',
      kline([row('2026-02-30')]),
      'received a row of another form, wanted rows of date, open, close',
    ],
    [
      'with rows that are no texts',
      kline([7 as unknown as string]),
      'received a row of another form, wanted rows of date, open, close',
    ],
    ['without klines', kline([], { klines: null }), 'received nothing, wanted a list of klines'],
    ['with data that is a list', '{"rc":0,"data":[]}', 'wanted an object with klines'],
    ['cut short', kline([row('2026-11-19')]).slice(0, -20), 'that are no JSON'],
    ['that is a page', '<!DOCTYPE html><html>blocked</html>', 'received a page of HTML, wanted JSON'],
    ['that is empty', '', 'that are no JSON'],
    ['that is a number', '42', 'that are no JSON'],
    ['with something behind it', `${kline([row('2026-11-19')])}<!-- {} -->`, 'that are no JSON'],
  ])('is one %s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('is an outage where a code stands for data', () => {
    expect(() => parse('{"rc":-100,"data":null}')).toThrow(expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }));
  });

  it.each([
    ['1e999', '2026-11-18,10,1e999,10,10,50,50000'],
    ['a negative price', '2026-11-18,10,10,10,-37.63,50,50000'],
    ['a close of nought', '2026-11-18,10,0,10,10,50,50000'],
    ['no number', '2026-11-18,10,0x10,10,10,50,50000'],
    ['a high below the low', '2026-11-18,10,10,9,11,50,50000'],
    ['a close above the high', '2026-11-18,10,12,11,9,50,50000'],
    ['a negative volume', '2026-11-18,10,10,10,10,-50,50000'],
    ['an infinite turnover', '2026-11-18,10,10,10,10,50,1e999'],
  ])('loses a row with %s, which is counted', (_what, faulty) => {
    const { columns, dropped } = parse(kline([row('2026-11-17'), faulty, row('2026-11-19')]));
    expect(rowsOf(columns).map(([date]) => date)).toEqual(['2026-11-17', '2026-11-19']);
    expect(dropped).toEqual({ unfinished: 0, empty: 0, faulty: 1 });
  });

  it('is one with too many such rows, or with no other', () => {
    const faulty = (date: string) => `${date},10,12,11,9,50,50000`;
    const dates = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'];
    expect(() => parse(kline(dates.map(faulty)))).toThrow(
      'received 4 faulty of 4 rows, the first with the high 11 below open 10 or close 12 on 2026-11-16',
    );
    expect(() => parse(kline([faulty('2026-11-19')]))).toThrow('1 faulty of 1 rows');
  });

  it('is not one with a close that rounding put a tick outside', () => {
    expect(parse(kline(['2026-11-19,10,10.01,10,10,50,50000'])).columns.day).toHaveLength(1);
    expect(parse(kline(['2026-11-19,10,10.02,10,10,50,50000', row('2026-11-20')])).dropped.faulty).toBe(1);
  });

  it('keeps closes of an index that has nothing else', () => {
    const wish = { ...WISH, secid: '2.H30269', allowsCloseOnly: true };
    const text = kline(['2026-11-19,0,1234.5,0,0,0,0', '2026-11-20,-,1235.5,-,-,-,-'], { secid: '2.H30269' });
    expect(rowsOf(parseKline(bytes(text), wish).columns)).toEqual([
      ['2026-11-19', null, null, null, 1234.5, 0, 0],
      ['2026-11-20', null, null, null, 1235.5, null, null],
    ]);
  });

  it('checks what such an index has beside its closes', () => {
    const rows = ['2026-11-18,-,10,1e999,-,1', '2026-11-19,-,10,9,-,1', '2026-11-20,-,10,11,-,1'];
    const { columns, dropped } = parse(kline(rows), { allowsCloseOnly: true });
    expect(rowsOf(columns)).toEqual([['2026-11-20', null, 11, null, 10, 100, null]]);
    expect(dropped.faulty).toBe(2);
  });

  it('leaves out days without a trade and without a price', () => {
    const rows = ['2026-11-17,0,10,0,0,0,0', '2026-11-18,-,-,-,-,-,-', row('2026-11-19')];
    expect(parse(kline(rows))).toMatchObject({ dropped: { unfinished: 0, empty: 2, faulty: 0 } });
  });

  it('is read out of JavaScript that is wrapped around it, which is never run', () => {
    const wrapped = `/*<script>throw 1</script>*/ jQuery1_2(${kline([row('2026-11-19')])});`;
    expect(parse(wrapped).columns.day).toHaveLength(1);
    expect(() => parse('process.exit(1)')).toThrow('that are no JSON');
  });
});
