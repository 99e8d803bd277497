import { describe, expect, it } from 'vitest';
import { SessionCalendars } from '../../src/cache/sessions/session-calendars.ts';
import type { AssetType } from '../../src/domain/asset-rules.ts';
import { instrumentOfPosition, resolveInstrument } from '../../src/domain/instrument.ts';
import { FUTURES_EXCHANGES } from '../../src/domain/market-lists.ts';

/** By row of the rule table: the type, what the description says, and codes at the ends of each range. */
const ROWS: readonly (readonly [string, AssetType, RegExp, readonly string[]])[] = [
  [
    'pair of coins',
    'CRYPTO',
    /pair of coins/,
    ['BTC-USDT', 'ETH/USDC', 'SOL-USD', 'ETH-BTC', 'LINK-ETH', 'BTC-EUR', '1INCH-USDT'],
  ],
  ['derivative of coins', 'CRYPTO', /derivative/, ['BTC-USDT-SWAP', 'ETH-USD-PERP', 'BTC-USD-261225']],
  ['index of CSI', 'CHINA_INDEX', /China Securities/, ['H30269.CSI', '930955.CSI', 'h30533.csi']],
  ['index of CNI', 'CHINA_INDEX', /CNI/, ['399006.CNI', '980017.CNI']],
  ['index of Shenwan', 'CHINA_INDEX', /Shenwan/, ['801010.SI', '801980.SI']],
  ['index in Shanghai', 'CHINA_INDEX', /Shanghai/, ['000001.SH', '000999.SH', '880005.SH', '950001.SH', '959999.SH']],
  ['index in Shenzhen', 'CHINA_INDEX', /Shenzhen/, ['399001.SZ', '399006.SZ', '970001.SZ', '980017.SZ', '989999.SZ']],
  ['index in Beijing', 'CHINA_INDEX', /Beijing/, ['899050.BJ', '899999.BJ']],
  ['Shanghai main board', 'CHINA_STOCK', /Shanghai main board/, ['600000.SH', '601988.SH', '603999.SH', '605500.SH']],
  ['STAR board', 'CHINA_STOCK', /STAR/, ['688001.SH', '688981.SH', '689009.SH']],
  [
    'Shenzhen main board',
    'CHINA_STOCK',
    /Shenzhen main board/,
    ['000001.SZ', '001979.SZ', '002594.SZ', '003816.SZ', '004001.SZ'],
  ],
  ['ChiNext', 'CHINA_STOCK', /ChiNext/, ['300750.SZ', '301599.SZ', '302132.SZ']],
  ['Beijing', 'CHINA_STOCK', /Beijing/, ['430047.BJ', '832000.BJ', '871981.BJ', '889999.BJ', '920002.BJ']],
  ['B share of Shanghai', 'CHINA_STOCK', /B share/, ['900901.SH', '900957.SH']],
  ['B share of Shenzhen', 'CHINA_STOCK', /B share/, ['200011.SZ', '201872.SZ']],
  [
    'ETF of Shanghai',
    'CHINA_ETF',
    /ETF/,
    [
      '510300.SH',
      '511880.SH',
      '512880.SH',
      '513100.SH',
      '514000.SH',
      '515050.SH',
      '516160.SH',
      '517990.SH',
      '518880.SH',
    ],
  ],
  [
    'newer ETF of Shanghai',
    'CHINA_ETF',
    /ETF/,
    ['520500.SH', '530000.SH', '551000.SH', '560010.SH', '563300.SH', '588000.SH', '589000.SH'],
  ],
  ['open-end fund', 'CHINA_FUND', /not traded/, ['519001.SH', '519999.SH']],
  ['LOF of Shanghai', 'CHINA_FUND', /LOF or closed/, ['500058.SH', '501018.SH', '502003.SH', '505888.SH', '506001.SH']],
  ['REIT of Shanghai', 'CHINA_FUND', /REIT/, ['508000.SH']],
  ['ETF of Shenzhen', 'CHINA_ETF', /ETF/, ['158300.SZ', '159915.SZ']],
  ['structured fund', 'CHINA_FUND', /structured/, ['150019.SZ']],
  ['LOF of Shenzhen', 'CHINA_FUND', /LOF/, ['160105.SZ', '161725.SZ', '169103.SZ']],
  ['REIT of Shenzhen', 'CHINA_FUND', /REIT/, ['180101.SZ', '184801.SZ']],
  [
    'bond of Shanghai',
    'CHINA_BOND',
    /Shanghai/,
    ['110059.SH', '111010.SH', '113050.SH', '118000.SH', '204001.SH', '019547.SH', '020500.SH'],
  ],
  ['bond of Shenzhen', 'CHINA_BOND', /Shenzhen/, ['123001.SZ', '127045.SZ', '128136.SZ', '131810.SZ', '101800.SZ']],
  ['share of Hong Kong', 'HK_STOCK', /Hong Kong/, ['00700.HK', '9988.HK', '5.HK', '02800.HK']],
  [
    'index of Hong Kong',
    'HK_INDEX',
    /./,
    ['HSI', 'HSCEI', 'HSCE', 'HSTECH', 'HSCCI', 'VHSI', 'CES100', 'CES280', 'HSI.HI', 'HSMOGI.HK'],
  ],
  [
    'Chinese futures',
    'FUTURES',
    /futures of/,
    [
      'AU.SHF',
      'CU2601.SHFE',
      'M.DCE',
      'JML8.DCE',
      'TA601.ZCE',
      'SR.CZCE',
      'MA.CZC',
      'IF2512.CFX',
      'T.CFFEX',
      'IC.CFE',
      'SC.INE',
      'SI.GFE',
      'LC2601.GFEX',
    ],
  ],
  [
    'foreign futures',
    'FUTURES',
    /futures/,
    [
      'CL.NYM',
      'CLZ26.NYMEX',
      'CL00Y.NYM',
      'GC.CMX',
      'SI.COMEX',
      'ZC.CBT',
      'ZS.CBOT',
      '6E.CME',
      'CA.LME',
      'B.ICE',
      'B.IPE',
      'CL=F',
      'KC=F',
    ],
  ],
  ['American index', 'US_INDEX', /./, ['NDX', 'IXIC', 'SPX', 'INX', '^GSPC', 'DJI', 'DJIA', 'RUT', 'VIX']],
  [
    'index of the world',
    'GLOBAL_INDEX',
    /./,
    ['N225', 'TOPX', 'GDAXI', 'FTSE', 'FCHI', 'KS11', 'SX5E', 'STOXX50E', 'TWII', 'STI', 'SENSEX', 'AS51'],
  ],
  ['coin', 'CRYPTO', /pair of coins/, ['BTC', 'ETH', 'BNB', 'SOL', 'XRP']],
  ['bare number of Hong Kong', 'HK_STOCK', /Hong Kong/, ['00700', '09988']],
  ['American share', 'US_STOCK', /United States/, ['AAPL', 'BRK.B', 'BRK-B', 'AAPL.US', 'AAPL.O', 'IBM.N', 'F']],
  ['anything else', 'UNKNOWN', /not a code/, ['TOOLONG', '1234567', '999999.XX', '300.SZ', 'A1.SHF', '12345.SH', '?']],
];

describe('the rule table', () => {
  it.each(ROWS)('takes a %s for %s', (_, assetType, description, codes) => {
    for (const code of codes) {
      const found = resolveInstrument(code);
      expect({ code, assetType: found.assetType }).toEqual({ code, assetType });
      expect(found.description).toMatch(description);
    }
  });

  it('refuses ranges beside those that are assigned, and takes none of them for a share', () => {
    const beside = [
      '602000.SH',
      '604000.SH',
      '687999.SH',
      '690000.SH',
      '005000.SZ',
      '303000.SZ',
      '899050.SZ',
      '510300.SZ',
      '159915.SH',
    ];
    expect(beside.map((code) => resolveInstrument(code).assetType)).toEqual(beside.map(() => 'UNKNOWN'));
  });

  it.each([
    ['900901.SH', 'USD'],
    ['200011.SZ', 'HKD'],
    ['00700.HK', 'HKD'],
    ['80700.HK', 'CNY'],
    ['ETH-BTC', 'BTC'],
  ])('knows that %s is quoted in %s', (code, currency) => {
    expect(resolveInstrument(code).currency).toBe(currency);
  });

  it.each([
    ['SHF', 'Asia/Shanghai'],
    ['NYM', 'America/New_York'],
    ['CBT', 'America/Chicago'],
    ['LME', 'Europe/London'],
  ])('knows the time zone of .%s as %s', (suffix, timezone) => {
    expect(resolveInstrument(`CU.${suffix}`).timezone).toBe(timezone);
  });
});

describe('a product of a Chinese exchange', () => {
  const products = FUTURES_EXCHANGES.flatMap(({ suffix, products: names = [] }) =>
    names.map((name) => [name, suffix] as const),
  );

  it('belongs to no other, so that a month behind it tells the exchange', () => {
    expect(products.length).toBeGreaterThan(80);
    expect(new Set(products.map(([name]) => name)).size).toBe(products.length);
    for (const [name, suffix] of products) {
      const month = suffix === 'ZCE' ? '601' : '2601';
      expect(resolveInstrument(`${name.toLowerCase()}${month}`).code).toBe(`${name}${month}.${suffix}`);
      expect(resolveInstrument(name).assetType).toBe('US_STOCK');
    }
  });

  it('has trading hours', () => {
    const { tables } = new SessionCalendars().futuresHours();
    for (const [name, suffix] of products) {
      expect(tables.some((table) => table.products[suffix]?.includes(name))).toBe(true);
    }
  });

  it('with three digits of a month is none outside of Zhengzhou', () => {
    expect(resolveInstrument('au601').assetType).toBe('UNKNOWN');
  });

  it('alone is a series with gaps, and a month is not', () => {
    const descriptionOf = (code: string) => resolveInstrument(code).description;
    expect(['AU.SHF', 'CL.NYM', '6E.CME'].map(descriptionOf)).toEqual(
      ['SHFE', 'NYMEX', 'CME'].map(
        (name) => `futures of ${name}, one contract after the other with the gaps between them`,
      ),
    );
    expect(['AU2512.SHF', 'AUL9.SHF', 'CLZ26.NYM'].map(descriptionOf)).toEqual(
      ['SHFE', 'SHFE', 'NYMEX'].map((name) => `futures of ${name}`),
    );
  });
});

describe('an alias', () => {
  it.each([
    ['000300.SH', ['399300.SZ', '000300.CSI', 'sz399300', '000300.XSHG', '000300', '399300']],
    ['000905.SH', ['399905.SZ', '000905.CSI']],
    ['000852.SH', ['399852.SZ', '000852.CSI']],
    ['000906.SH', ['399906.SZ', '000906.CSI']],
    ['920799.BJ', ['830799.BJ', 'bj830799', '830799', '920799']],
    ['01398.HK', ['1398.HK', '01398', '1398', 'hk01398']],
    ['GC.CMX', ['GC=F', 'GC.COMEX']],
    ['ES.CME', ['ES=F']],
    ['TOPX', ['TOPIX', '^TOPX']],
    ['CES280.HI', ['CES280', 'CES280.HK']],
    ['BRK.B', ['BRK-B', 'BRK.B.US', 'BRK-B.N']],
  ])('of %s is the same instrument', (code, aliases) => {
    expect(aliases.map((alias) => resolveInstrument(alias))).toEqual(aliases.map(() => resolveInstrument(code)));
    expect(resolveInstrument(code).code).toBe(code);
  });
});

describe('an ambiguous code', () => {
  it.each(['000001', '000016', '000905', '000852', '000002'])('%s is UNKNOWN with both of its meanings', (digits) => {
    const { code, assetType, description, exchange, currency } = resolveInstrument(digits);
    expect({ code, assetType, exchange, currency }).toEqual({
      code: digits,
      assetType: 'UNKNOWN',
      exchange: null,
      currency: null,
    });
    expect(description).toBe(
      `ambiguous: ${digits}.SH (index of the Shanghai exchange) or ${digits}.SZ (share of the Shenzhen main board)`,
    );
  });

  it('is UNKNOWN for a board of Shanghai and a share of Beijing too', () => {
    expect(resolveInstrument('880005').description).toMatch(/880005\.SH .* or 880005\.BJ /);
  });

  it.each(['600519', '300750', '688981', '513100', '159915', '399006', '899050', '920002'])(
    'is not %s, which one exchange alone has',
    (digits) => {
      expect(resolveInstrument(digits).code).toMatch(new RegExp(`^${digits}\\.(SH|SZ|BJ)$`));
    },
  );

  it.each(['AU', 'CU', 'CL', 'C', 'M', 'A', 'TA', 'RB', 'SH'])('is no future without its exchange: %s', (letters) => {
    expect(resolveInstrument(letters)).toMatchObject({ code: letters, assetType: 'US_STOCK' });
    expect(instrumentOfPosition(null, letters)).toBeUndefined();
  });

  it.each([
    ['SI.GFE', 'GFEX'],
    ['SI.CMX', 'COMEX'],
    ['SH.ZCE', 'CZCE'],
    ['C.DCE', 'DCE'],
  ])('is told by the exchange behind it: %s', (code, exchange) => {
    expect(resolveInstrument(code)).toMatchObject({ assetType: 'FUTURES', exchange });
  });

  it('is a coin when it is bare, and the fund of the same letters with its market', () => {
    expect(['BTC', 'ETH'].map((code) => resolveInstrument(code).code)).toEqual(['BTC-USDT', 'ETH-USDT']);
    expect(['BTC.US', 'ETH.US'].map((code) => resolveInstrument(code).assetType)).toEqual(['US_STOCK', 'US_STOCK']);
  });

  it('is an index when letters stand before .HK, and a share when digits do', () => {
    expect(resolveInstrument('HSTECH.HK')).toMatchObject({ code: 'HSTECH', assetType: 'HK_INDEX' });
    expect(resolveInstrument('3033.HK')).toMatchObject({ code: '03033.HK', assetType: 'HK_STOCK' });
  });

  it.each(['HSBC', 'HSY', 'HSIC'])('is no index only because it begins like one of Hong Kong: %s', (letters) => {
    expect(resolveInstrument(letters).assetType).toBe('US_STOCK');
  });

  it.each(['au2512.SHF', 'AU2512.SHFE', 'SHFE.au2512'])('has one spelling in either case: %s', (code) => {
    expect(resolveInstrument(code).code).toBe('AU2512.SHF');
  });
});
