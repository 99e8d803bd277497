import { Decimal128, Double, Long } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { adjust } from '../../../src/domain/adjustment.ts';
import { resolveInstrument } from '../../../src/domain/instrument.ts';
import { type BarPlace, barPlacesOf } from '../../../src/sources/quantaxis/collections.ts';
import { type MarketDocument, parseStoredBars } from '../../../src/sources/quantaxis/parse-bars.ts';
import { parseXdxr } from '../../../src/sources/quantaxis/parse-xdxr.ts';
import { closesOf, day } from '../../support/bars.ts';
import { rowsOf } from '../../support/vendor-desk.ts';

const LIMITS = { lastPossibleDay: day('2026-11-21'), lastFinalDay: day('2026-11-20') };
const STOCK: BarPlace = { collection: 'stock_day', field: 'code', value: '000001' };

function parse(documents: readonly MarketDocument[], place: BarPlace = STOCK, isIndex = false) {
  return parseStoredBars(documents, { ...LIMITS, place, isIndex });
}

/** A document of stock_day as QUANTAXIS saves it from TDX. */
const stock = (date: string, more: MarketDocument = {}): MarketDocument => ({
  ...{ open: 16.52, close: 16.33, high: 16.57, low: 16.2, vol: 1_028_104, amount: 1_681_242_624 },
  ...{ date, code: '000001', date_stamp: 1_579_104_000 },
  ...more,
});

describe('bars that QUANTAXIS has stored', () => {
  it('have volume in shares where turnover says that it was in lots', () => {
    const { columns } = parse([stock('2020-01-16')]);
    expect(rowsOf(columns)).toEqual([['2020-01-16', 16.52, 16.57, 16.2, 16.33, 102_810_400, 1_681_242_624]]);
    const inShares = parse([stock('2020-01-16', { vol: 102_810_400 })]);
    expect([...inShares.columns.volume]).toEqual([102_810_400]);
    const untold = parse([stock('2020-01-16', { amount: 7 })]);
    expect([...untold.columns.volume]).toEqual([102_810_400]);
  });

  it('of an index or a fund have theirs in shares too', () => {
    const index = { open: 3095.73, close: 3074.08, high: 3096.37, low: 3070.88, vol: 196_241_000, amount: 2.1e11 };
    const place: BarPlace = { ...STOCK, collection: 'index_day' };
    expect([...parse([{ ...index, date: '2020-01-16', code: '000001' }], place, true).columns.volume]).toEqual([
      19_624_100_000,
    ]);
    const fund = { open: 4.185, close: 4.169, high: 4.195, low: 4.162, vol: 2_874_630, amount: 1.2e9 };
    const document = { ...fund, date: '2020-01-16', code: '510300' };
    expect([...parse([document], { ...place, value: '510300' }).columns.volume]).toEqual([287_463_000]);
  });

  it('of a future have contracts, and turnover where it is told', () => {
    const document = {
      ...{ open: 3552, high: 3570, low: 3538, close: 3561, position: 1_288_230, trade: 1_503_344, price: 3555 },
      ...{ date: '2020-01-16', code: 'RBL8' },
    };
    const { columns } = parse([document], { collection: 'future_day', field: 'code', value: 'RBL8' });
    expect(rowsOf(columns)).toEqual([['2020-01-16', 3552, 3570, 3538, 3561, 1_503_344, null]]);
  });

  it('of coins may be texts, and have no turnover that one could trust', () => {
    const document = {
      ...{ symbol: 'BINANCE.BTCUSDT', open: '8700.10', high: '8710.00', low: '8695.50', close: '8701.00' },
      ...{ volume: '12.30', amount: '107022.3', date: '2020-01-16' },
    };
    const { columns } = parse([document], {
      collection: 'cryptocurrency_day',
      field: 'symbol',
      value: 'BINANCE.BTCUSDT',
    });
    expect(rowsOf(columns)).toEqual([['2020-01-16', 8700.1, 8710, 8695.5, 8701, 12.3, null]]);
  });

  it('may hold any kind of number that BSON has', () => {
    const document = stock('2020-01-16', {
      open: new Double(16.52),
      high: Decimal128.fromString('16.57'),
      vol: Long.fromNumber(1_028_104),
      amount: 1_681_242_624n,
    });
    expect(rowsOf(parse([document]).columns)).toEqual(rowsOf(parse([stock('2020-01-16')]).columns));
  });

  it('of a day that was stored twice are those that were stored last, in the order of days', () => {
    const documents = [stock('2020-01-17'), stock('2020-01-16'), stock('2020-01-17', { close: 16.4 })];
    expect(rowsOf(parse(documents).columns).map((row) => [row[0], row[4]])).toEqual([
      ['2020-01-16', 16.33],
      ['2020-01-17', 16.4],
    ]);
  });

  it('keep days without a trade that have prices', () => {
    expect(parse([stock('2020-01-16'), stock('2020-01-17', { vol: 0, amount: 0 })]).columns.day).toHaveLength(2);
  });

  it.each([
    ['of another code', stock('2020-01-16', { code: '000002' }), 'received a bar of 000002, wanted bars of 000001'],
    ['without a date', stock('soon'), 'received a date that is none'],
    ['of the future', stock('2027-01-16'), 'received a bar of 2027-01-16'],
    ['with a price that is none', stock('2020-01-16', { close: {} }), 'the close Infinity'],
    ['with NaN', stock('2020-01-16', { close: Number.NaN }), 'the close Infinity'],
  ])('are refused %s', (_what, document, message) => {
    expect(() => parse([document])).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

describe('the place of bars', () => {
  it.each([
    ['000001.SZ', ['stock_day 000001']],
    ['000001.SH', ['index_day 000001']],
    ['159915.SZ', ['index_day 159915']],
    ['RB.SHF', ['future_day RBL8']],
    ['RBL9.SHF', ['future_day RBL9']],
    ['RB2610.SHF', ['future_day RB2610']],
    [
      'BTC-USDT',
      ['cryptocurrency_day BINANCE.BTCUSDT', 'cryptocurrency_day OKEX.BTC-USDT', 'cryptocurrency_day HUOBI.btcusdt'],
    ],
    ['AAPL', []],
    ['CL.NYM', []],
    ['H30269.CSI', []],
    ['BTC-USDT-SWAP', []],
  ])('of %s is %j', (code, wanted) => {
    const places = barPlacesOf(resolveInstrument(code), day('2026-11-21'));
    expect(places.map(({ collection, value }) => `${collection} ${value}`)).toEqual(wanted);
  });
});

describe('events that QUANTAXIS has stored', () => {
  const xdxr = (more: MarketDocument): MarketDocument => ({
    ...{ category: 1, fenhong: 0, peigujia: 0, songzhuangu: 0, peigu: 0, suogu: null },
    ...{ date: '2019-06-26', code: '000001' },
    ...more,
  });
  const at = day('2019-06-26');

  it.each([
    ['cash', { fenhong: 1.45 }, [['DIVIDEND', 1, 0.145]]],
    ['shares', { songzhuangu: 3 }, [['SPLIT', 1.3, 0]]],
    [
      'both',
      { fenhong: 1.5, songzhuangu: 5 },
      [
        ['DIVIDEND', 1, 0.15],
        ['SPLIT', 1.5, 0],
      ],
    ],
    ['rights', { fenhong: 2, peigu: 3, peigujia: 8 }, [['SPLIT', 1.3, -2.2]]],
    ['changed units', { category: 11, suogu: 5 }, [['SPLIT', 5, 0]]],
    ['nothing', {}, []],
    ['a change of what is traded', { category: 5, fenhong: 9 }, []],
    ['gaps', { fenhong: null, songzhuangu: Number.NaN }, []],
  ])('are told of %s', (_what, fields, wanted) => {
    const events = parseXdxr([xdxr(fields)]);
    expect(events.map(({ kind, ratio, cash }) => [kind, ratio, expect.closeTo(cash, 12)])).toEqual(
      wanted.map(([kind, ratio, cash]) => [kind, ratio, expect.closeTo(Number(cash), 12)]),
    );
    expect(events.every((event) => event.day === at)).toBe(true);
  });

  it("make QUANTAXIS' own reference price, rights issues included", () => {
    const [close, fields] = [20, { fenhong: 2, peigu: 3, peigujia: 8, songzhuangu: 1 }];
    const reference =
      (close * 10 - fields.fenhong + fields.peigu * fields.peigujia) / (10 + fields.peigu + fields.songzhuangu);
    const bars = closesOf([
      ['2019-06-25', close],
      ['2019-06-26', reference],
    ]);
    expect(adjust(bars, parseXdxr([xdxr(fields)]), 'FORWARD').close[0]).toBeCloseTo(reference, 12);
  });

  it('ascend by day, and leave out what has none', () => {
    const documents = [
      xdxr({ fenhong: 1 }),
      xdxr({ fenhong: 2, date: '2018-07-12' }),
      xdxr({ fenhong: 3, date: 'never' }),
    ];
    expect(parseXdxr(documents).map(({ day: each, cash }) => [each, cash])).toEqual([
      [day('2018-07-12'), 0.2],
      [at, 0.1],
    ]);
  });
});
