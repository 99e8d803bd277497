import type { InstrumentIdentity } from '../../domain/instrument.ts';

const SYMBOLS_OF_INDEX: ReadonlyMap<string, string> = new Map([
  ['HSI', 'hkHSI'],
  ['HSCEI', 'hkHSCEI'],
  ['HSTECH', 'hkHSTECH'],
  ['SPX', 'usINX'],
  ['NDX', 'usNDX'],
  ['IXIC', 'usIXIC'],
  ['DJI', 'usDJI'],
]);

/** Nasdaq, NYSE and NYSE American, as Reuters writes them; without one of them there is no history. */
const AMERICAN_SUFFIXES: readonly string[] = ['OQ', 'N', 'AM'];

/** What Tencent may know an instrument as, the likeliest first; none for what it does not have. */
export function tencentSymbolsOf({ code, assetType }: InstrumentIdentity): readonly string[] {
  const [name = '', suffix = ''] = code.split('.');
  switch (assetType) {
    case 'CHINA_INDEX':
    case 'CHINA_STOCK':
    case 'CHINA_ETF':
    case 'CHINA_FUND':
      return /^(SH|SZ|BJ)$/.test(suffix) ? [`${suffix.toLowerCase()}${name}`] : [];
    case 'HK_STOCK':
      return [`hk${name}`];
    case 'HK_INDEX':
    case 'US_INDEX': {
      const symbol = SYMBOLS_OF_INDEX.get(code);
      return symbol === undefined ? [] : [symbol];
    }
    case 'US_STOCK':
      return AMERICAN_SUFFIXES.map((market) => `us${code.replace(/\.US$/, '')}.${market}`);
    default:
      return [];
  }
}
