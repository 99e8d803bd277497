import type { Day } from '../../domain/day.ts';
import { withTwoDigitYear } from '../../domain/futures-month.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';

/**
 * Eastmoney's numbers of markets, as its pages and akshare (MIT) use them: 0 Shenzhen and Beijing, 1 Shanghai, 2 CSI,
 * 47 further index publishers, 100 indexes of the world, 105 Nasdaq, 106 NYSE, 107 other American exchanges, 116 Hong
 * Kong, 124, 125 and 305 indexes of Hong Kong; futures below.
 */
const MARKETS_OF_SUFFIX: ReadonlyMap<string, readonly number[]> = new Map([
  ['SH', [1]],
  ['SZ', [0]],
  ['BJ', [0]],
  ['CSI', [2, 1, 0, 47]],
  ['CNI', [0, 47, 2]],
  ['HK', [116]],
  ['HI', [100, 124, 125, 305]],
]);

const AMERICAN_MARKETS: readonly number[] = [105, 106, 107];

/** Eastmoney's NDX is the Nasdaq Composite, which everybody else calls IXIC. */
const SECIDS_OF_INDEX: ReadonlyMap<string, readonly string[]> = new Map([
  ['HSI', ['100.HSI']],
  ['HSCEI', ['100.HSCEI']],
  ['HSCCI', ['124.HSCCI', '100.HSCCI']],
  ['HSTECH', ['124.HSTECH', '125.HSTECH', '305.HSTECH']],
  ['IXIC', ['100.NDX']],
  ['NDX', ['100.NDX100']],
  ['SPX', ['100.SPX']],
  ['DJI', ['100.DJIA']],
  ['N225', ['100.N225']],
  ['KS11', ['100.KS11']],
  ['TWII', ['100.TWII']],
  ['STI', ['100.STI']],
  ['SENSEX', ['100.SENSEX']],
  ['AS51', ['100.AS51']],
  ['GDAXI', ['100.GDAXI']],
  ['FTSE', ['100.FTSE']],
  ['FCHI', ['100.FCHI']],
  ['SX5E', ['100.SX5E']],
]);

interface FuturesMarket {
  readonly markets: readonly number[];
  /** How a Chinese exchange writes its products; CZCE and CFFEX in capitals. */
  readonly isLowerCase?: boolean;
}

const CHINESE_FUTURES: ReadonlyMap<string, FuturesMarket> = new Map([
  ['SHF', { markets: [113], isLowerCase: true }],
  ['DCE', { markets: [114], isLowerCase: true }],
  ['ZCE', { markets: [115] }],
  ['INE', { markets: [142], isLowerCase: true }],
  ['CFX', { markets: [220, 8] }],
  ['GFE', { markets: [225], isLowerCase: true }],
]);

const FOREIGN_FUTURES: ReadonlyMap<string, readonly number[]> = new Map([
  ['CMX', [101]],
  ['NYM', [102]],
  ['CBT', [103]],
  ['ICE', [112, 108]],
  ['LME', [109]],
]);

/**
 * What Eastmoney may know an instrument as, `market.code`, the likeliest first; none for what it does not have or is
 * not asked for. `today` decides the decade of a contract of Zhengzhou.
 */
export function secidsOf({ code, assetType }: InstrumentIdentity, today: Day): readonly string[] {
  switch (assetType) {
    case 'CHINA_INDEX':
    case 'CHINA_STOCK':
    case 'CHINA_ETF':
    case 'CHINA_FUND':
    case 'HK_STOCK':
      return secidsBySuffix(code);
    case 'HK_INDEX':
    case 'US_INDEX':
    case 'GLOBAL_INDEX':
      return SECIDS_OF_INDEX.get(code) ?? (assetType === 'HK_INDEX' ? secidsBySuffix(code) : []);
    case 'US_STOCK': {
      // BRK.B is BRK_B there.
      const ticker = code.replace(/\.US$/, '').replace('.', '_');
      return AMERICAN_MARKETS.map((market) => `${market}.${ticker}`);
    }
    case 'FUTURES':
      return secidsOfFutures(withTwoDigitYear(code, today));
    default:
      return [];
  }
}

function secidsBySuffix(code: string): readonly string[] {
  const [digits = '', suffix = ''] = code.split('.');
  return (MARKETS_OF_SUFFIX.get(suffix) ?? []).map((market) => `${market}.${digits}`);
}

function secidsOfFutures(code: string): readonly string[] {
  const [contract = '', suffix = ''] = code.split('.');
  const chinese = CHINESE_FUTURES.get(suffix);
  if (chinese !== undefined) {
    // The product alone, and QUANTAXIS' L8, are the main contracts one after the other; nothing there is like its L9.
    const name = /^[A-Z]+(?:L8)?$/.test(contract) ? `${contract.replace(/L8$/, '')}m` : contract;
    if (/L\d$/.test(name)) return [];
    const spelt = chinese.isLowerCase === true ? name.toLowerCase() : name.toUpperCase();
    return chinese.markets.map((market) => `${market}.${spelt}`);
  }
  const foreign = FOREIGN_FUTURES.get(suffix) ?? [];
  const [, product = contract, letter, year] = /^(\d?[A-Z]{1,4}?)([FGHJKMNQUVXZ])(\d{2})$/.exec(contract) ?? [];
  const name = letter === undefined ? `${product.replace(/00Y$/, '')}00Y` : `${product}${year}${letter}`;
  return foreign.map((market) => `${market}.${name}`);
}
