import { CURRENCIES, FUTURES_EXCHANGES, INDEXES, QUOTE_COINS } from './market-lists.ts';

/** What kind of thing a code names; GraphQL's AssetType. */
export const ASSET_TYPES = [
  'CHINA_INDEX',
  'CHINA_ETF',
  'CHINA_FUND',
  'CHINA_STOCK',
  'CHINA_BOND',
  'HK_INDEX',
  'HK_STOCK',
  'US_INDEX',
  'US_STOCK',
  'GLOBAL_INDEX',
  'FUTURES',
  'CRYPTO',
  'FOREX',
  'UNKNOWN',
] as const;
export type AssetType = (typeof ASSET_TYPES)[number];

/** What a code's spelling tells of the thing that it names. */
export interface AssetFacts {
  readonly assetType: AssetType;
  /** The kind in words. */
  readonly description: string;
  /** The usual short name of the exchange or publisher; null when the code does not tell. */
  readonly exchange: string | null;
  /** ISO 4217, or a coin; null when the code does not tell. */
  readonly currency: string | null;
  /** The market's IANA time zone; null when the code does not tell. */
  readonly timezone: string | null;
  /** Traded at a price and with a unit NAV that the price can be held against. */
  readonly isFund: boolean;
}

/** Codes in canonical spelling that match are of this kind. */
export interface AssetRule extends AssetFacts {
  readonly pattern: RegExp;
}

type Kind = Pick<AssetFacts, 'assetType' | 'description'> & Partial<AssetFacts>;

const SHANGHAI = { exchange: 'SSE', currency: 'CNY', timezone: 'Asia/Shanghai' };
const SHENZHEN = { ...SHANGHAI, exchange: 'SZSE' };
const BEIJING = { ...SHANGHAI, exchange: 'BSE' };
const HONG_KONG = { exchange: 'HKEX', currency: 'HKD', timezone: 'Asia/Hong_Kong' };
const UNITED_STATES = { exchange: null, currency: 'USD', timezone: 'America/New_York' };

/**
 * Tells kinds apart by the numbers and letters that the exchanges assign. The first rule that matches wins; where a
 * range comes from stands before it. A range that an exchange opens later is UNKNOWN until it is added here, and never
 * taken for a share.
 */
export const ASSET_RULES: readonly AssetRule[] = [
  // Index publishers: China Securities Index Co., Shenzhen Securities Information Co. (CNI), Shenwan Hongyuan.
  rule(/^(H\d{5}|\d{6})\.CSI$/, {
    ...SHANGHAI,
    assetType: 'CHINA_INDEX',
    description: 'index of China Securities Index',
    exchange: 'CSI',
  }),
  rule(/^\d{6}\.CNI$/, { ...SHANGHAI, assetType: 'CHINA_INDEX', description: 'index of CNI', exchange: 'CNI' }),
  rule(/^\d{6}\.SI$/, {
    ...SHANGHAI,
    assetType: 'CHINA_INDEX',
    description: 'index of Shenwan Hongyuan',
    exchange: 'SWS',
  }),
  // SSE: guide 4 for securities trading, allocation of code ranges, 2nd revision of 2024: 000 are indexes of SSE and CSI.
  // 880 are the boards of TDX, 95 indexes that CSI publishes through Shanghai.
  rule(/^000\d{3}\.SH$/, { ...SHANGHAI, assetType: 'CHINA_INDEX', description: 'index of the Shanghai exchange' }),
  rule(/^(880|95\d)\d{3}\.SH$/, { ...SHANGHAI, assetType: 'CHINA_INDEX', description: 'index or board of Shanghai' }),
  // SZSE: table of code ranges; 97 and 98 are CNI's.
  rule(/^(399|97\d|98\d)\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_INDEX',
    description: 'index of the Shenzhen exchange',
  }),
  // BSE: 899 are indexes.
  rule(/^899\d{3}\.BJ$/, { ...BEIJING, assetType: 'CHINA_INDEX', description: 'index of the Beijing exchange' }),

  // SSE, the same guide: 6 are A shares and depositary receipts (689), 9 are B shares.
  rule(/^(600|601|603|605)\d{3}\.SH$/, {
    ...SHANGHAI,
    assetType: 'CHINA_STOCK',
    description: 'share of the Shanghai main board',
  }),
  rule(/^68[89]\d{3}\.SH$/, { ...SHANGHAI, assetType: 'CHINA_STOCK', description: 'share of the Shanghai STAR board' }),
  // SZSE, the same table: 00 are the main board (004 is reserved), 30 is ChiNext, 20 are B shares.
  rule(/^00[0-4]\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_STOCK',
    description: 'share of the Shenzhen main board',
  }),
  rule(/^30[0-2]\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_STOCK',
    description: 'share of the Shenzhen ChiNext board',
  }),
  // BSE: 920 for all since 2025-10-09; before, the codes that a company had brought along from NEEQ.
  rule(/^(43|83|87|88|92)\d{4}\.BJ$/, {
    ...BEIJING,
    assetType: 'CHINA_STOCK',
    description: 'share of the Beijing exchange',
  }),
  rule(/^900\d{3}\.SH$/, {
    ...SHANGHAI,
    assetType: 'CHINA_STOCK',
    description: 'B share of Shanghai',
    currency: 'USD',
  }),
  rule(/^20[01]\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_STOCK',
    description: 'B share of Shenzhen',
    currency: 'HKD',
  }),

  // SSE, the same guide: 5 are funds, REITs and warrants. ETFs: 510 to 518, 520, 530 (since 2024-07-02), 551, 560 to 563,
  // 588, 589.
  rule(/^5(1[0-8]|[23568]\d)\d{3}\.SH$/, {
    ...SHANGHAI,
    assetType: 'CHINA_ETF',
    description: 'ETF of Shanghai',
    isFund: true,
  }),
  rule(/^519\d{3}\.SH$/, { ...SHANGHAI, assetType: 'CHINA_FUND', description: 'open-end fund, not traded at a price' }),
  rule(/^50[01256]\d{3}\.SH$/, {
    ...SHANGHAI,
    assetType: 'CHINA_FUND',
    description: 'LOF or closed fund of Shanghai',
    isFund: true,
  }),
  rule(/^508\d{3}\.SH$/, { ...SHANGHAI, assetType: 'CHINA_FUND', description: 'REIT of Shanghai', isFund: true }),
  // SZSE, the same table: 15 to 18 are funds.
  rule(/^15[89]\d{3}\.SZ$/, { ...SHENZHEN, assetType: 'CHINA_ETF', description: 'ETF of Shenzhen', isFund: true }),
  rule(/^150\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_FUND',
    description: 'structured fund of Shenzhen; the last ended in 2020',
    isFund: true,
  }),
  rule(/^16\d{4}\.SZ$/, { ...SHENZHEN, assetType: 'CHINA_FUND', description: 'LOF of Shenzhen', isFund: true }),
  rule(/^18[0-4]\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_FUND',
    description: 'REIT or closed fund of Shenzhen',
    isFund: true,
  }),

  // Both tables: bonds, convertible bonds and repos.
  rule(/^(11[0138]|204|01\d|02\d)\d{3}\.SH$/, {
    ...SHANGHAI,
    assetType: 'CHINA_BOND',
    description: 'bond or repo of Shanghai',
  }),
  rule(/^(12[378]|131|10\d)\d{3}\.SZ$/, {
    ...SHENZHEN,
    assetType: 'CHINA_BOND',
    description: 'bond or repo of Shenzhen',
  }),

  // HKEX: stock code allocation plan; 8 is the renminbi counter of the share with the other four digits.
  rule(/^8\d{4}\.HK$/, {
    ...HONG_KONG,
    assetType: 'HK_STOCK',
    description: 'share or fund of Hong Kong, renminbi counter',
    currency: 'CNY',
  }),
  rule(/^(?!0{5})\d{5}\.HK$/, { ...HONG_KONG, assetType: 'HK_STOCK', description: 'share or fund of Hong Kong' }),
  rule(/^([A-Z]{3,8}|CES\d{2,4})\.HI$/, { ...HONG_KONG, assetType: 'HK_INDEX', description: 'index of Hong Kong' }),

  // Each exchange's own specifications of its contracts.
  ...FUTURES_EXCHANGES.flatMap(({ suffix, contract, exchange, currency, timezone }) => [
    rule(new RegExp(`^\\d?[A-Z]{1,4}\\.${suffix}$`), {
      ...{ exchange, currency, timezone },
      assetType: 'FUTURES',
      description: `futures of ${exchange}, one contract after the other with the gaps between them`,
    }),
    rule(new RegExp(`^${contract}\\.${suffix}$`), {
      ...{ exchange, currency, timezone },
      assetType: 'FUTURES',
      description: `futures of ${exchange}`,
    }),
  ]),
  rule(/^[A-Z0-9]{1,4}=F$/, { assetType: 'FUTURES', description: 'continuous futures as Yahoo names them' }),

  // By list: no pattern tells an index from a share.
  ...INDEXES.map(({ code, name, ...facts }) => rule(new RegExp(`^${code}$`), { ...facts, description: name })),

  // ISO 4217.
  ...CURRENCIES.map((quote) =>
    rule(new RegExp(`^(?!${quote})(${CURRENCIES.join('|')})-${quote}$`), {
      assetType: 'FOREX',
      description: 'pair of currencies',
      currency: quote,
      timezone: 'UTC',
    }),
  ),
  // Venues' names of instruments: OKX' -SWAP and -YYMMDD, -PERP elsewhere.
  rule(/^(?=.*[A-Z])[A-Z0-9]{2,10}-[A-Z]{3,4}-(SWAP|PERP|\d{6})$/, {
    assetType: 'CRYPTO',
    description: 'derivative of a pair of coins',
    timezone: 'UTC',
  }),
  ...QUOTE_COINS.map((quote) =>
    rule(new RegExp(`^(?!${quote}-)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2,10}-${quote}$`), {
      assetType: 'CRYPTO',
      description: 'pair of coins',
      currency: quote,
      timezone: 'UTC',
    }),
  ),

  // Ticker symbols of NYSE and Nasdaq: up to five letters, and one for the class of a share. No class is called F, L, T
  // or V: behind a point they are Frankfurt, London, Tokyo and Vancouver as Yahoo names them.
  rule(/^[A-Z]{1,5}(\.[A-EG-KM-SUW-Z])?(\.US)?$/, {
    ...UNITED_STATES,
    assetType: 'US_STOCK',
    description: 'share or fund of the United States, as its letters suggest',
  }),
];

function rule(
  pattern: RegExp,
  { exchange = null, currency = null, timezone = null, isFund = false, ...kind }: Kind,
): AssetRule {
  return { pattern, exchange, currency, timezone, isFund, ...kind };
}
