import type { Day } from '../../domain/day.ts';
import { withTwoDigitYear } from '../../domain/futures-month.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';

/** What is read of QUANTAXIS' market database: the documents in which a field has a value. */
export interface MarketQuery {
  readonly collection: 'stock_day' | 'index_day' | 'future_day' | 'cryptocurrency_day' | 'stock_xdxr';
  readonly field: 'code' | 'symbol';
  readonly value: string;
}

/** Where QUANTAXIS keeps daily bars of an instrument. */
export interface BarPlace extends Omit<MarketQuery, 'collection'> {
  readonly collection: Exclude<MarketQuery['collection'], 'stock_xdxr'>;
}

const SIX_DIGITS = /^(\d{6})\.(SH|SZ|BJ)$/;
const FUTURES = /^([A-Z]{1,3}(?:L\d|\d{3,4})?)\.(?:SHF|DCE|ZCE|CFX|INE|GFE)$/;
const PAIR = /^([A-Z0-9]{2,10})-([A-Z]{3,4})$/;

/**
 * The places in which an instrument's daily bars may lie, the preferred first; none for what QUANTAXIS does not keep.
 * The same six digits are a share in stock_day and an index in index_day, where exchange-traded funds lie as well. A
 * product of futures is its main series, L8.
 */
export function barPlacesOf({ code, assetType }: InstrumentIdentity, today: Day): readonly BarPlace[] {
  const [, digits] = SIX_DIGITS.exec(code) ?? [];
  switch (assetType) {
    case 'CHINA_STOCK':
      return digits === undefined ? [] : [{ collection: 'stock_day', field: 'code', value: digits }];
    case 'CHINA_INDEX':
    case 'CHINA_ETF':
    case 'CHINA_FUND':
      return digits === undefined ? [] : [{ collection: 'index_day', field: 'code', value: digits }];
    case 'FUTURES': {
      const [, contract] = FUTURES.exec(withTwoDigitYear(code, today)) ?? [];
      if (contract === undefined) return [];
      return [{ collection: 'future_day', field: 'code', value: /\d/.test(contract) ? contract : `${contract}L8` }];
    }
    case 'CRYPTO': {
      const [, base, quote] = PAIR.exec(code) ?? [];
      if (base === undefined || quote === undefined) return [];
      const pair = `${base}${quote}`;
      const symbols = [`BINANCE.${pair}`, `OKEX.${code}`, `HUOBI.${pair.toLowerCase()}`];
      return symbols.map((value) => ({ collection: 'cryptocurrency_day', field: 'symbol', value }));
    }
    default:
      return [];
  }
}
