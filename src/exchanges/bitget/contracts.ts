import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { readContracts } from '../contract-answer.ts';
import { stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

const SUCCESS = '00000';

const FORM = {
  parse: parseExactJson,
  rowsOf: (parsed: unknown) => (isObject(parsed) && parsed.code === SUCCESS ? parsed.data : undefined),
  termsOf,
};

/** The pairs, in one answer: https://www.bitget.com/api-doc/uta/public/Instruments */
export function createBitgetContracts(): VenueContracts {
  const page = () => ({
    target: '/api/v3/market/instruments?category=SPOT',
    read: (answer: { readonly status: number; readonly text: string }) => readContracts(answer, FORM),
  });
  return { url: 'https://api.bitget.com', lists: [{ name: 'SPOT', page }] };
}

function termsOf(row: JsonObject): ContractTerms | undefined {
  const { symbol } = row;
  if (!isSymbol(symbol)) return undefined;
  return {
    ...{ symbol, base: wordOf(row.baseCoin), quote: wordOf(row.quoteCoin), kind: wordOf(row.category) },
    tickSize: stepOfDecimals(row.pricePrecision),
    lotSize: stepOfDecimals(row.quantityPrecision),
    contractSize: null,
    expiresAt: null,
    // Other states are listed, offline, limit_open, limit_close and restrictedAPI.
    listed: row.status === 'online',
  };
}
