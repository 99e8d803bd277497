import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeInstrument, instrumentOfPosition, parseCode, resolveInstrument } from '../../src/domain/instrument.ts';

const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  '600000.SH': [
    '600000.sh',
    'SH600000',
    'sh.600000',
    '600000.XSHG',
    '600000.SS',
    'SHSE.600000',
    ' 600000 .SH ',
    '600000',
  ],
  '000001.SZ': ['sz000001', '000001.XSHE', 'SZSE.000001'],
  '430047.BJ': ['bj430047', '430047.BSE'],
  '000300.SH': ['399300.SZ', '000300.CSI', '000300'],
  '00700.HK': ['700.HK', '0700.HK', '00700', 'hk00700', 'HK.00700', '00700.XHKG'],
  HSTECH: ['hkHSTECH', 'HSTECH.HK', '^HSTECH', 'hstech'],
  NDX: ['^NDX', '.NDX'],
  SPX: ['^GSPC', 'INX', 'usINX'],
  DJI: ['^DJI', 'DJIA'],
  'AU.SHF': ['AU.SHFE', 'SHFE.AU', 'au.xsge', 'AUL8', 'AUL8.SHF', 'AU9999.XSGE'],
  'AUL9.SHF': ['AUL9', 'AU8888.XSGE'],
  'RB2510.SHF': ['SHFE.rb2510', 'rb2510'],
  'TA601.ZCE': ['TA601.CZC', 'CZCE.TA601', 'TA601'],
  'IF2512.CFX': ['IF2512', 'IF2512.CCFX'],
  'CL.NYM': ['CL=F', 'CL.NYMEX', 'CL00Y.NYM'],
  'H30269.CSI': ['h30269'],
  '930955.CSI': ['930955'],
  'BTC-USDT': ['BINANCE.BTCUSDT', 'OKEX.BTC-USDT', 'BTC/USDT', 'BTCUSDT', 'btc_usdt', 'BTC'],
  'BTC-USDT-SWAP': ['BTC/USDT:USDT'],
  'EUR-USD': ['EURUSD=X', 'EUR/USD', 'eurusd'],
  'USD-CNY': ['CNY=X'],
  'BRK.B': ['BRK-B', 'brk.b', 'BRK.B.US'],
  AAPL: ['usAAPL', 'usAAPL.OQ', 'AAPL.US', 'AAPL.O', 'AAPL.OQ'],
};

const KINDS = [
  ['000300.SH', 'CHINA_INDEX', 'SSE', 'CNY'],
  ['399006.SZ', 'CHINA_INDEX', 'SZSE', 'CNY'],
  ['H30269.CSI', 'CHINA_INDEX', 'CSI', 'CNY'],
  ['801010.SI', 'CHINA_INDEX', 'SWS', 'CNY'],
  ['159915.SZ', 'CHINA_ETF', 'SZSE', 'CNY'],
  ['513100.SH', 'CHINA_ETF', 'SSE', 'CNY'],
  ['160105.SZ', 'CHINA_FUND', 'SZSE', 'CNY'],
  ['688981.SH', 'CHINA_STOCK', 'SSE', 'CNY'],
  ['301000.SZ', 'CHINA_STOCK', 'SZSE', 'CNY'],
  ['920002.BJ', 'CHINA_STOCK', 'BSE', 'CNY'],
  ['900901.SH', 'CHINA_STOCK', 'SSE', 'USD'],
  ['200011.SZ', 'CHINA_STOCK', 'SZSE', 'HKD'],
  ['113050.SH', 'CHINA_BOND', 'SSE', 'CNY'],
  ['HSI', 'HK_INDEX', null, 'HKD'],
  ['00700.HK', 'HK_STOCK', 'HKEX', 'HKD'],
  ['80700.HK', 'HK_STOCK', 'HKEX', 'CNY'],
  ['NDX', 'US_INDEX', null, 'USD'],
  ['N225', 'GLOBAL_INDEX', null, 'JPY'],
  ['GDAXI', 'GLOBAL_INDEX', null, 'EUR'],
  ['AU.SHF', 'FUTURES', 'SHFE', 'CNY'],
  ['CL.NYM', 'FUTURES', 'NYMEX', 'USD'],
  ['BTC-USDT', 'CRYPTO', null, 'USDT'],
  ['EUR-USD', 'FOREX', null, 'USD'],
  ['AAPL', 'US_STOCK', null, 'USD'],
  ['BTC.US', 'US_STOCK', null, 'USD'],
  ['HSBC', 'US_STOCK', null, 'USD'],
  ['123.456', 'UNKNOWN', null, null],
] as const;

describe('resolveInstrument', () => {
  it.each(Object.entries(SPELLINGS))('gives every spelling of %s that one code', (code, spellings) => {
    expect(spellings.map((spelling) => resolveInstrument(spelling))).toEqual(
      spellings.map(() => resolveInstrument(code)),
    );
    expect(resolveInstrument(code).code).toBe(code);
  });

  it.each(KINDS)('knows %s as %s', (code, assetType, exchange, currency) => {
    expect(resolveInstrument(code)).toMatchObject({ code, assetType, exchange, currency });
  });

  it('names the candidates of six digits that are an index and a share', () => {
    const { code, assetType, description } = resolveInstrument('000001');
    expect({ code, assetType }).toEqual({ code: '000001', assetType: 'UNKNOWN' });
    expect(description).toMatch(/000001\.SH .* or 000001\.SZ /);
  });

  it('takes what has a NAV and a price as a fund, and nothing else', () => {
    const funds = ['510300.SH', '159915.SZ', '501018.SH', '160105.SZ', '508000.SH'];
    const others = ['519001.SH', '600519.SH', '000300.SH', '02800.HK', 'AAPL', 'XYZ!'];
    expect(funds.map((code) => resolveInstrument(code).isFund)).toEqual(funds.map(() => true));
    expect(others.map((code) => resolveInstrument(code).isFund)).toEqual(others.map(() => false));
  });

  it('tells a time zone that the runtime knows, for every kind', () => {
    for (const [code] of KINDS) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone: resolveInstrument(code).timezone })).not.toThrow();
    }
  });

  it('answers a canonical code for itself, for any text', () => {
    const words = fc.constantFrom(
      ...Object.values(SPELLINGS).flat(),
      ...'SH SZ HK SHFE ICE O N US B USDT USD EUR BTC NDX'.split(' '),
    );
    const parts = fc.array(
      fc.oneof(
        words,
        fc.stringMatching(/^[A-Za-z0-9]{1,6}$/),
        fc.constantFrom('.', '-', '/', '^', ':', '_', '=X', '=F'),
      ),
      { minLength: 1, maxLength: 5 },
    );
    const texts = fc.oneof(
      parts.map((list) => list.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(isCode(text));
        const once = resolveInstrument(text);
        const twice = resolveInstrument(once.code);
        expect({ code: twice.code, assetType: twice.assetType }).toEqual({
          code: once.code,
          assetType: once.assetType,
        });
      }),
      { numRuns: 1500 },
    );
  });

  it('makes no code of letters that only look like one', () => {
    expect(resolveInstrument('600000.ß').assetType).toBe('UNKNOWN');
    expect(resolveInstrument('６０００００.SH').assetType).toBe('UNKNOWN');
  });
});

function isCode(text: string): boolean {
  try {
    return parseCode(text) !== '';
  } catch {
    return false;
  }
}

describe('a text that is no code', () => {
  it.each([
    ...[
      '６０００００.SH',
      'ＡＡＰＬ',
      '600000．SH',
      'ВТС',
      'АAPL',
      'BTC‐USDT',
      '١٢٣٤٥٦.SH',
      'ſH600000',
      'Ⅷ',
      '😀',
      '😀.HK',
    ],
    ...['__proto__', '__proto__.SH', 'constructor', 'hasOwnProperty.SH', '{"$gt":""}', '$where', '../../etc/passwd'],
    ...['SHSH600000', 'SH.SH.600000', 'BTC--USDT', 'BTC-BTC', 'USDT-USDT', '00000.HK', 'VOD.L', '9'.repeat(32)],
  ])('is UNKNOWN, whatever it looks like: %s', (text) => {
    expect(resolveInstrument(text)).toMatchObject({ assetType: 'UNKNOWN', isFund: false });
  });

  it.each(['AAPL\0', '600519\u200b.SH', '\u202e600519.SH', 'BTC\ud800', 'x'.repeat(10_000), '', '9'.repeat(10_000)])(
    'has an answer that is the code of nothing: %#',
    (text) => {
      const { code, assetType } = describeInstrument(text);
      expect(assetType).toBe('UNKNOWN');
      expect(code.length).toBeLessThanOrEqual(32);
      if (code !== '') expect(resolveInstrument(code).assetType).toBe('UNKNOWN');
    },
  );
});

describe('parseCode', () => {
  it('takes blanks at the ends off', () => {
    expect(parseCode('  AAPL\n')).toBe('AAPL');
  });

  it.each(['', '   ', 'A'.repeat(33), 'AA\u0000PL', 'AA\u202ePL', 'AA\ud800PL'])(
    'refuses %j as BAD_USER_INPUT',
    (text) => {
      expect(() => parseCode(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );

  it('keeps its message short whatever came in', () => {
    expect(() => parseCode('x'.repeat(1_000_000))).toThrow(/^.{1,200}$/);
  });
});

describe('instrumentOfPosition', () => {
  it.each([
    ['SHFE', 'rb2105', 'RB2105.SHF'],
    ['CZCE', 'TA105', 'TA105.ZCE'],
    ['SSE', '600000', '600000.SH'],
    ['SZSE', '000001', '000001.SZ'],
    ['SSE', '600000.XSHG', '600000.SH'],
    ['SHFE', 'SHFE.rb2105', 'RB2105.SHF'],
    ['BINANCE', 'BTCUSDT', 'BTC-USDT'],
    [null, '600000', '600000.SH'],
    [null, 'rb2105', 'RB2105.SHF'],
    ['', '513100', '513100.SH'],
  ])('finds %s %s', (exchangeId, instrumentId, code) => {
    expect(instrumentOfPosition(exchangeId, instrumentId)?.code).toBe(code);
  });

  it.each([
    [null, '000001'],
    [null, 'AU'],
    [null, 'xx2105'],
    [null, 'rb'],
    ['SHFE', '???'],
    ['SSE', ''],
    ['SSE', 'x'.repeat(33)],
  ])('does not guess at %s %s', (exchangeId, instrumentId) => {
    expect(instrumentOfPosition(exchangeId, instrumentId)).toBeUndefined();
  });
});
