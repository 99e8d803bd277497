/** An exchange of futures. */
export interface FuturesExchange {
  /** Stands behind the point of a canonical code: AU.SHF. */
  readonly suffix: string;
  /** Other spellings of the suffix. */
  readonly synonyms: readonly string[];
  /** A regular expression of what stands before the point. */
  readonly contract: string;
  /** Of a Chinese exchange: no two of them share one, so that a month behind it tells the exchange. */
  readonly products?: readonly string[];
  readonly exchange: string;
  readonly currency: string | null;
  readonly timezone: string;
}

/** A product alone is its continuous series, L9 QUANTAXIS' weighted one, digits a delivery month. */
const CHINESE = { contract: '[A-Z]{1,3}(L\\d|\\d{3,4})?', currency: 'CNY', timezone: 'Asia/Shanghai' };
/** A month letter with a year, or Eastmoney's 00Y for the continuous series. */
const FOREIGN = {
  contract: '\\d?[A-Z]{1,4}([FGHJKMNQUVXZ]\\d{1,2}|\\d{2}Y)?',
  currency: 'USD',
  timezone: 'America/New_York',
};

/** The exchanges' products, from akshare's list of contracts (MIT), 2025-07. */
const PRODUCTS = {
  SHF: 'CU AL ZN PB NI SN AU AG RB WR HC FU BU RU SP SS AO BR AD OP'.split(' '),
  DCE: 'C CS A B M Y P FB BB JD L V PP J JM I EG RR EB PG LH LG BZ'.split(' '),
  ZCE: 'WH PM CF SR TA OI RI MA FG RS RM ZC JR LR SF SM CY AP UR CJ SA PK PF PX SH PR PL'.split(' '),
  CFX: 'IF IC IM IH T TF TS TL'.split(' '),
  INE: 'SC NR LU BC EC'.split(' '),
  GFE: 'SI LC PS'.split(' '),
};

export const FUTURES_EXCHANGES: readonly FuturesExchange[] = [
  { ...CHINESE, suffix: 'SHF', synonyms: ['SHFE', 'XSGE'], exchange: 'SHFE', products: PRODUCTS.SHF },
  { ...CHINESE, suffix: 'DCE', synonyms: ['XDCE'], exchange: 'DCE', products: PRODUCTS.DCE },
  { ...CHINESE, suffix: 'ZCE', synonyms: ['CZCE', 'CZC', 'XZCE'], exchange: 'CZCE', products: PRODUCTS.ZCE },
  { ...CHINESE, suffix: 'CFX', synonyms: ['CFFEX', 'CFE', 'CCFX'], exchange: 'CFFEX', products: PRODUCTS.CFX },
  { ...CHINESE, suffix: 'INE', synonyms: ['XINE'], exchange: 'INE', products: PRODUCTS.INE },
  { ...CHINESE, suffix: 'GFE', synonyms: ['GFEX'], exchange: 'GFEX', products: PRODUCTS.GFE },
  { ...FOREIGN, suffix: 'NYM', synonyms: ['NYMEX'], exchange: 'NYMEX' },
  { ...FOREIGN, suffix: 'CMX', synonyms: ['COMEX'], exchange: 'COMEX' },
  { ...FOREIGN, suffix: 'CBT', synonyms: ['CBOT'], exchange: 'CBOT', timezone: 'America/Chicago' },
  { ...FOREIGN, suffix: 'CME', synonyms: [], exchange: 'CME', currency: null, timezone: 'America/Chicago' },
  { ...FOREIGN, suffix: 'LME', synonyms: [], exchange: 'LME', timezone: 'Europe/London' },
  { ...FOREIGN, suffix: 'ICE', synonyms: ['IPE'], exchange: 'ICE', currency: null, timezone: 'Europe/London' },
];

/** An index that is known by its bare name. Never told by a pattern: HSY and HSBC are shares. */
export interface NamedIndex {
  readonly code: string;
  readonly name: string;
  /** Other bare names. */
  readonly synonyms: readonly string[];
  readonly assetType: 'HK_INDEX' | 'US_INDEX' | 'GLOBAL_INDEX';
  readonly currency: string;
  readonly timezone: string;
}

const HONG_KONG = { assetType: 'HK_INDEX', currency: 'HKD', timezone: 'Asia/Hong_Kong', synonyms: [] } as const;
const UNITED_STATES = { assetType: 'US_INDEX', currency: 'USD', timezone: 'America/New_York', synonyms: [] } as const;
const GLOBAL = { assetType: 'GLOBAL_INDEX', synonyms: [] } as const;

export const INDEXES: readonly NamedIndex[] = [
  { ...HONG_KONG, code: 'HSI', name: 'Hang Seng index' },
  { ...HONG_KONG, code: 'HSCEI', name: 'Hang Seng China Enterprises index', synonyms: ['HSCE'] },
  { ...HONG_KONG, code: 'HSTECH', name: 'Hang Seng Tech index' },
  { ...HONG_KONG, code: 'HSCCI', name: 'Hang Seng China-Affiliated Corporations index' },
  { ...HONG_KONG, code: 'VHSI', name: 'Hang Seng volatility index' },
  { ...HONG_KONG, code: 'CES100', name: 'CES China Cross Border index' },
  { ...HONG_KONG, code: 'CES120', name: 'CES China 120 index' },
  { ...UNITED_STATES, code: 'NDX', name: 'Nasdaq-100 index' },
  { ...UNITED_STATES, code: 'IXIC', name: 'Nasdaq Composite index' },
  { ...UNITED_STATES, code: 'SPX', name: 'S&P 500 index', synonyms: ['GSPC', 'INX'] },
  { ...UNITED_STATES, code: 'DJI', name: 'Dow Jones Industrial Average', synonyms: ['DJIA'] },
  { ...UNITED_STATES, code: 'RUT', name: 'Russell 2000 index' },
  { ...UNITED_STATES, code: 'VIX', name: 'Cboe volatility index' },
  { ...GLOBAL, code: 'N225', name: 'Nikkei 225 index', currency: 'JPY', timezone: 'Asia/Tokyo' },
  { ...GLOBAL, code: 'TOPX', name: 'Topix index', currency: 'JPY', timezone: 'Asia/Tokyo', synonyms: ['TOPIX'] },
  { ...GLOBAL, code: 'KS11', name: 'Kospi index', currency: 'KRW', timezone: 'Asia/Seoul' },
  { ...GLOBAL, code: 'TWII', name: 'Taiwan weighted index', currency: 'TWD', timezone: 'Asia/Taipei' },
  { ...GLOBAL, code: 'STI', name: 'Straits Times index', currency: 'SGD', timezone: 'Asia/Singapore' },
  {
    ...GLOBAL,
    code: 'SENSEX',
    name: 'BSE Sensex index',
    currency: 'INR',
    timezone: 'Asia/Kolkata',
    synonyms: ['BSESN'],
  },
  {
    ...GLOBAL,
    code: 'AS51',
    name: 'S&P/ASX 200 index',
    currency: 'AUD',
    timezone: 'Australia/Sydney',
    synonyms: ['AXJO'],
  },
  { ...GLOBAL, code: 'GDAXI', name: 'DAX index', currency: 'EUR', timezone: 'Europe/Berlin' },
  { ...GLOBAL, code: 'FTSE', name: 'FTSE 100 index', currency: 'GBP', timezone: 'Europe/London' },
  { ...GLOBAL, code: 'FCHI', name: 'CAC 40 index', currency: 'EUR', timezone: 'Europe/Paris' },
  {
    ...GLOBAL,
    code: 'SX5E',
    name: 'Euro Stoxx 50 index',
    currency: 'EUR',
    timezone: 'Europe/Berlin',
    synonyms: ['STOXX50E'],
  },
];

/** What the pairs that are known here are quoted in. */
export const QUOTE_COINS = ['USDT', 'USDC', 'USD', 'BTC', 'ETH', 'EUR'] as const;

/** A bare name of these is the coin in USDT, although funds in the United States have taken some of the letters. */
export const BARE_COINS = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'DOGE', 'ADA'] as const;

/** Further coins, known only as the first part of a pair that is written without a separator. */
export const PAIR_COINS = [
  ...BARE_COINS,
  'DOT',
  'AVAX',
  'LINK',
  'LTC',
  'BCH',
  'TRX',
  'SHIB',
  'ATOM',
  'UNI',
  'ETC',
  'XLM',
  'NEAR',
  'APT',
  'FIL',
  'AAVE',
] as const;

export const CURRENCIES = [
  'USD',
  'EUR',
  'JPY',
  'GBP',
  'CHF',
  'AUD',
  'NZD',
  'CAD',
  'CNY',
  'CNH',
  'HKD',
  'SGD',
  'KRW',
  'TWD',
  'INR',
  'SEK',
  'NOK',
  'MXN',
  'ZAR',
] as const;

/** Indexes that CSI publishes under numbers of both exchanges: 000300.SH, 399300.SZ and 000300.CSI are one. */
const TWICE_NUMBERED_INDEXES = ['300', '852', '903', '904', '905', '906'];

/** Yahoo names the continuous series of a product without its exchange. */
const PRODUCTS_OF_YAHOO = {
  NYM: ['CL', 'NG', 'HO', 'RB', 'BZ', 'PL', 'PA'],
  CMX: ['GC', 'SI', 'HG'],
  CBT: ['ZC', 'ZS', 'ZW', 'ZM', 'ZL', 'ZO', 'YM', 'ZB', 'ZN', 'ZF', 'ZT'],
  CME: ['ES', 'NQ', 'RTY', '6E', '6J', '6B', 'LE', 'GF', 'HE'],
};

/**
 * Shares of Beijing by their codes before 920. The exchange kept the last three digits where they were free; these are
 * the pilots of 2025-05-06, and one that Tushare documents. Others keep the code that is asked for.
 */
const FORMER_CODES_OF_BEIJING: readonly (readonly [string, string])[] = [
  ['430489', '920489'],
  ['830799', '920799'],
  ['831445', '920445'],
  ['833819', '920819'],
  ['834682', '920682'],
  ['838163', '920163'],
  ['839167', '920167'],
];

/** Codes that name what another code names. */
export const CODE_SYNONYMS: ReadonlyMap<string, string> = new Map([
  ...TWICE_NUMBERED_INDEXES.flatMap((digits) => [
    [`399${digits}.SZ`, `000${digits}.SH`] as const,
    [`000${digits}.CSI`, `000${digits}.SH`] as const,
  ]),
  ...Object.entries(PRODUCTS_OF_YAHOO).flatMap(([exchange, products]) =>
    products.map((product) => [`${product}=F`, `${product}.${exchange}`] as const),
  ),
  ...FORMER_CODES_OF_BEIJING.map(([former, present]) => [`${former}.BJ`, `${present}.BJ`] as const),
]);

/** Six digits that fit an index and a share, where no such share exists. */
export const INDEX_NUMBERS: ReadonlyMap<string, string> = new Map([['000300', '000300.SH']]);
