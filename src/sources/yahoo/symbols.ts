import type { InstrumentIdentity } from '../../domain/instrument.ts';
import { CODE_SYNONYMS } from '../../domain/market-lists.ts';

const SYMBOLS_OF_INDEX: ReadonlyMap<string, string> = new Map([
  ['HSI', '^HSI'],
  ['HSCEI', '^HSCE'],
  ['HSTECH', 'HSTECH.HK'],
  ['NDX', '^NDX'],
  ['IXIC', '^IXIC'],
  ['SPX', '^GSPC'],
  ['DJI', '^DJI'],
  ['RUT', '^RUT'],
  ['VIX', '^VIX'],
  ['N225', '^N225'],
  ['KS11', '^KS11'],
  ['TWII', '^TWII'],
  ['STI', '^STI'],
  ['SENSEX', '^BSESN'],
  ['AS51', '^AXJO'],
  ['GDAXI', '^GDAXI'],
  ['FTSE', '^FTSE'],
  ['FCHI', '^FCHI'],
  ['SX5E', '^STOXX50E'],
]);

/** CL.NYM is CL=F there. */
const SYMBOLS_OF_FUTURES: ReadonlyMap<string, string> = new Map(
  [...CODE_SYNONYMS].filter(([spelling]) => spelling.endsWith('=F')).map(([symbol, code]) => [code, symbol] as const),
);

/** Exchanges whose shares have no canonical code of ours and are known by Yahoo's own: 7203.T, SAP.DE, OCDO.L. */
const OTHER_EXCHANGES: readonly string[] = [
  ...['T', 'KS', 'KQ', 'TW', 'TWO', 'SI', 'AX', 'NZ', 'NS', 'BO', 'JK', 'KL', 'BK'],
  ...['L', 'IL', 'DE', 'F', 'PA', 'AS', 'BR', 'MI', 'MC', 'LS', 'SW', 'VI', 'ST', 'OL', 'CO', 'HE', 'IR', 'WA'],
  ...['TO', 'V', 'SA', 'MX', 'JO', 'TA'],
];
const OWN_SYMBOL = new RegExp(`^[A-Z0-9]{1,10}(?:-[A-Z]{1,2})?\\.(?:${OTHER_EXCHANGES.join('|')})$`);

/** What Yahoo knows an instrument as; undefined for what it does not have. */
export function yahooSymbolOf({ code, assetType }: InstrumentIdentity): string | undefined {
  switch (assetType) {
    case 'CHINA_STOCK':
    case 'CHINA_ETF':
    case 'CHINA_INDEX':
      return mainlandSymbol(code);
    case 'HK_STOCK':
      // Four digits at least: 00700.HK is 0700.HK there.
      return code.replace(/^0(?=\d{4}\.)/, '');
    case 'HK_INDEX':
    case 'US_INDEX':
    case 'GLOBAL_INDEX':
      return SYMBOLS_OF_INDEX.get(code);
    case 'US_STOCK':
      return code.replace(/\.US$/, '').replace('.', '-');
    case 'FUTURES':
      return code.endsWith('=F') ? code : SYMBOLS_OF_FUTURES.get(code);
    case 'FOREX':
      return `${code.replace('-', '')}=X`;
    case 'CRYPTO':
      return /^[A-Z0-9]+-(USD|EUR|BTC|ETH)$/.test(code) ? code : undefined;
    case 'UNKNOWN':
      return OWN_SYMBOL.test(code) ? code : undefined;
    default:
      return undefined;
  }
}

/** The indexes of Shanghai that Yahoo has, and those of Shenzhen, under the numbers of the exchanges. */
function mainlandSymbol(code: string): string | undefined {
  const [digits, suffix] = code.split('.');
  if (suffix === 'SH') return `${digits}.SS`;
  return suffix === 'SZ' ? code : undefined;
}
