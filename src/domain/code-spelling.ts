import {
  BARE_COINS,
  CODE_SYNONYMS,
  CURRENCIES,
  FUTURES_EXCHANGES,
  INDEXES,
  PAIR_COINS,
  QUOTE_COINS,
} from './market-lists.ts';

/**
 * The canonical spelling of a code: what is known under several spellings gets one of them, anything else is only
 * folded to upper case without blanks. A canonical spelling is its own canonical spelling. Text that is not plain
 * ASCII is no code and is left as it is: folding it could make one of it.
 */
export function canonicalSpelling(text: string): string {
  if (!/^[\x20-\x7e]+$/.test(text)) return text;
  const code = withMarketBehind(text).toUpperCase().replaceAll(' ', '');
  for (const spell of SPELLINGS) {
    const canonical = spell(code);
    if (canonical !== undefined) return CODE_SYNONYMS.get(canonical) ?? canonical;
  }
  return CODE_SYNONYMS.get(code) ?? code;
}

/** Tencent puts the market before the letters, in small ones: hkHSI, usAAPL.OQ. In capitals it would be a ticker. */
function withMarketBehind(text: string): string {
  const [, market = '', name = ''] = /^\s*(us|hk)([A-Z][A-Z.]*)\s*$/.exec(text) ?? [];
  if (market === '') return text;
  return name.includes('.') || INDEX_OF_NAME.has(name) ? name : `${name}.${market}`;
}

/** The suffix of canonical codes of an exchange, by any of its names (SSE, XSHG, SH); undefined for an unknown one. */
export function suffixOfExchange(name: string): string | undefined {
  const folded = name.toUpperCase();
  if (HONG_KONG_NAMES.has(folded)) return 'HK';
  return MAINLAND_SUFFIX.get(folded) ?? FUTURES_SUFFIX.get(folded);
}

/** Answers the canonical spelling of what it knows, else undefined. The first that knows decides. */
type Spelling = (code: string) => string | undefined;

const SPELLINGS: readonly Spelling[] = [
  indexSpelling,
  mainlandSpelling,
  hongKongSpelling,
  futuresSpelling,
  forexSpelling,
  coinSpelling,
  americanSpelling,
];

const INDEX_OF_NAME: ReadonlyMap<string, string> = new Map(
  INDEXES.flatMap(({ code, synonyms }) => [code, ...synonyms].map((name) => [name, code] as const)),
);

const HONG_KONG_INDEXES: ReadonlySet<string> = new Set(
  INDEXES.filter(({ assetType }) => assetType === 'HK_INDEX').map(({ code }) => code),
);

/** ^NDX (Yahoo), .NDX (Sina), HSTECH.HK, HSI.HI. */
function indexSpelling(code: string): string | undefined {
  const [, name = '', market] = /^[.^]?([A-Z0-9]+)(\.HK|\.HI)?$/.exec(code) ?? [];
  const index = INDEX_OF_NAME.get(name);
  return index !== undefined && (market === undefined || HONG_KONG_INDEXES.has(index)) ? index : undefined;
}

const MAINLAND_SUFFIX: ReadonlyMap<string, string> = new Map([
  ...['SH', 'SS', 'SSE', 'SHSE', 'XSHG'].map((name) => [name, 'SH'] as const),
  ...['SZ', 'SZSE', 'XSHE'].map((name) => [name, 'SZ'] as const),
  ...['BJ', 'BSE', 'BJSE'].map((name) => [name, 'BJ'] as const),
]);

/** 600000.SS, 600000.XSHG, sh600000, sh.600000, SHSE.600000; H30269 and 930955, which CSI alone numbers so. */
function mainlandSpelling(code: string): string | undefined {
  if (/^(H\d{5}|93\d{4})$/.test(code)) return `${code}.CSI`;
  const match = /^(?:(?<before>[A-Z]{2,4})\.?(?<second>\d{6})|(?<first>\d{6})\.(?<after>[A-Z]{2,4}))$/.exec(
    code,
  )?.groups;
  const suffix = MAINLAND_SUFFIX.get(match?.before ?? match?.after ?? '');
  return suffix === undefined ? undefined : `${match?.first ?? match?.second}.${suffix}`;
}

const HONG_KONG_NAMES: ReadonlySet<string> = new Set(['HK', 'HKEX', 'SEHK', 'XHKG']);

/** 700.HK, 0700.HK, 00700, hk00700, HK.00700, 00700.XHKG; an index that is not on the list: HSXYZ.HK, CES280. */
function hongKongSpelling(code: string): string | undefined {
  const digits = /^(?:HK\.?|SEHK\.)?(\d{1,5})$|^(\d{1,5})\.(?:HK|XHKG|SEHK)$/.exec(code);
  if (digits !== null) return `${(digits[1] ?? digits[2] ?? '').padStart(5, '0')}.HK`;
  const index = /^(HS[A-Z]{1,6})\.(?:HK|HI)$|^(CES\d{2,4})(?:\.HK|\.HI)?$/.exec(code);
  return index === null ? undefined : `${index[1] ?? index[2]}.HI`;
}

const FUTURES_SUFFIX: ReadonlyMap<string, string> = new Map(
  FUTURES_EXCHANGES.flatMap(({ suffix, synonyms }) => [suffix, ...synonyms].map((name) => [name, suffix] as const)),
);

/** AU.SHFE, SHFE.au2512; au2512 and AUL8, whose product only one exchange has. */
function futuresSpelling(code: string): string | undefined {
  const [left = '', right = '', ...more] = code.split('.');
  if (left === '' || more.length > 0) return undefined;
  if (right === '') return code.includes('.') ? undefined : bareFuturesSpelling(code);
  const after = FUTURES_SUFFIX.get(right);
  if (after !== undefined) return withContinuousName(`${left}.${after}`);
  const before = FUTURES_SUFFIX.get(left);
  // One letter behind a point is a class of shares: ICE.B is none of ICE's products, DCE.A could be either.
  return before === undefined || right.length === 1 ? undefined : withContinuousName(`${right}.${before}`);
}

const SUFFIX_OF_PRODUCT: ReadonlyMap<string, string> = new Map(
  FUTURES_EXCHANGES.flatMap(({ suffix, products = [] }) => products.map((product) => [product, suffix] as const)),
);

/** A product alone could be a share. Zhengzhou writes one digit of the year, the others two. */
function bareFuturesSpelling(code: string): string | undefined {
  const [, product = '', month = ''] = /^([A-Z]{1,2})(\d{3,4}|L[89])$/.exec(code) ?? [];
  const suffix = SUFFIX_OF_PRODUCT.get(product);
  if (suffix === undefined || (month.length === 3 && suffix !== 'ZCE')) return undefined;
  return withContinuousName(`${code}.${suffix}`);
}

/**
 * AUL8 (QUANTAXIS), AU9999 (JoinQuant) and CL00Y (Eastmoney) are what the product alone is; AU8888 is AUL9, the weighted
 * series.
 */
function withContinuousName(code: string): string {
  const [, product = '', name, suffix = ''] = /^([A-Z]{1,4})(L8|9999|8888|00Y)\.([A-Z]{3})$/.exec(code) ?? [];
  if (name === undefined || CHINESE_SUFFIXES.has(suffix) === (name === '00Y')) return code;
  return name === '8888' ? `${product}L9.${suffix}` : `${product}.${suffix}`;
}

const CHINESE_SUFFIXES: ReadonlySet<string> = new Set(SUFFIX_OF_PRODUCT.values());

/** EURUSD, EUR/USD, EURUSD=X and CNY=X (Yahoo), USDCNH.FX (Wind). */
function forexSpelling(code: string): string | undefined {
  const match = /^([A-Z]{3})?[-/]?([A-Z]{3})(?:=X|\.FX)?$/.exec(code);
  const [, base = code.endsWith('=X') ? 'USD' : '', quote = ''] = match ?? [];
  return base !== quote && isIn(CURRENCIES, base) && isIn(CURRENCIES, quote) ? `${base}-${quote}` : undefined;
}

/** BTC/USDT and BTC/USDT:USDT (ccxt), BTC_USDT, BTCUSDT, BTC; BINANCE.BTCUSDT and OKEX.BTC-USDT (QUANTAXIS). */
function coinSpelling(named: string): string | undefined {
  const code = named.replace(/^(BINANCE|OKEX|HUOBI)\.(?=.{4})/, '');
  if (isIn(BARE_COINS, code)) return `${code}-USDT`;
  const separated = /^([A-Z0-9]{2,10})[-/_]([A-Z]{3,4})(:[A-Z]{3,4})?$/.exec(code);
  if (separated !== null) {
    const [, base = '', quote = '', settlement] = separated;
    if (!isIn(QUOTE_COINS, quote) || !/[A-Z]/.test(base)) return undefined;
    return settlement === undefined ? `${base}-${quote}` : `${base}-${quote}-SWAP`;
  }
  const quote = QUOTE_COINS.find((coin) => code.endsWith(coin));
  if (quote === undefined) return undefined;
  const base = code.slice(0, -quote.length);
  const isDollarCoin = quote === 'USDT' || quote === 'USDC';
  const isBase = isDollarCoin ? /^(?=.*[A-Z])[A-Z0-9]{2,10}$/.test(base) : isIn(PAIR_COINS, base);
  return isBase ? `${base}-${quote}` : undefined;
}

/** BRK-B (Yahoo), BRK.B, AAPL.US, AAPL.O and AAPL.OQ (Reuters), IBM.N. */
function americanSpelling(code: string): string | undefined {
  const match = /^([A-Z]{1,5})(?:[.-]([A-Z]))??(?:\.(US|O|N|OQ))?$/.exec(code);
  if (match === null) return undefined;
  const [, letters = '', shareClass, market] = match;
  if (shareClass === 'O' || shareClass === 'N') return undefined; // X.O says Nasdaq, so that no class can be called O
  const share = shareClass === undefined ? letters : `${letters}.${shareClass}`;
  // BTC.US is a fund, BTC is a coin: there the market has to stay.
  const isOtherwiseTaken = INDEX_OF_NAME.has(share) || isIn(BARE_COINS, share);
  return isOtherwiseTaken && market !== undefined ? `${share}.US` : share;
}

function isIn(list: readonly string[], text: string): boolean {
  return list.includes(text);
}
