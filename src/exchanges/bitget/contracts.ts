import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

const SUCCESS = '00000';

const FORM: ContractListForm = {
  parse: parseExactJson,
  rowsOf: (parsed) => (isObject(parsed) && parsed.code === SUCCESS ? parsed.data : undefined),
  termsOf,
};

/** The pairs, in one answer: https://www.bitget.com/api-doc/uta/public/Instruments */
export function createBitgetContracts(): VenueContracts {
  const list = listInOneAnswer('SPOT', '/api/v3/market/instruments?category=SPOT', FORM);
  return { url: 'https://api.bitget.com', lists: [list] };
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
