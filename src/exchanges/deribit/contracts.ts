import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { toInstant } from '../wire-values.ts';
import { isSymbol } from './dialect.ts';

const FORM: ContractListForm = {
  parse: parseExactJson,
  rowsOf: (parsed) => (isObject(parsed) ? parsed.result : undefined),
  termsOf,
};

/** All instruments that have not expired, in one answer: https://docs.deribit.com/api-reference/market-data/public-get_instruments */
export function createDeribitContracts(): VenueContracts {
  const target = '/api/v2/public/get_instruments?currency=any&expired=false';
  return { url: 'https://www.deribit.com', lists: [listInOneAnswer('instruments', target, FORM)] };
}

function termsOf(row: JsonObject): ContractTerms | undefined {
  const { instrument_name: symbol } = row;
  if (!isSymbol(symbol)) return undefined;
  return {
    ...{ symbol, base: wordOf(row.base_currency), quote: wordOf(row.quote_currency), kind: wordOf(row.kind) },
    tickSize: sizeOf(row.tick_size),
    // Amounts are multiples of it, in the units of amounts: dollars for inverse contracts, coins for all other.
    lotSize: sizeOf(row.min_trade_amount),
    contractSize: row.kind === 'spot' ? null : sizeOf(row.contract_size),
    // What does not end has an instant in the year 3000, which has 14 digits.
    expiresAt: row.settlement_period === 'perpetual' ? null : toInstant(row.expiration_timestamp),
    listed: row.is_active === true,
  };
}
