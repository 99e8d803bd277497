import type { ContractTerms } from '../../domain/contract.ts';
import { type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

const FORM: ContractListForm = { parse: parseExactJson, rowsOf: (parsed) => parsed, termsOf };

/** The products, in one answer: https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-all-known-trading-pairs */
export function createCoinbaseContracts(): VenueContracts {
  return { url: 'https://api.exchange.coinbase.com', lists: [listInOneAnswer('products', '/products', FORM)] };
}

function termsOf(row: JsonObject): ContractTerms | undefined {
  const { id: symbol } = row;
  if (!isSymbol(symbol)) return undefined;
  return {
    // There are pairs only, which the venue has no word for.
    ...{ symbol, base: wordOf(row.base_currency), quote: wordOf(row.quote_currency), kind: null },
    tickSize: sizeOf(row.quote_increment),
    lotSize: sizeOf(row.base_increment),
    contractSize: null,
    expiresAt: null,
    // Other states are offline, internal and delisted.
    listed: row.status === 'online' && row.trading_disabled !== true,
  };
}
