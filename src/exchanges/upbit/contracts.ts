import type { ContractTerms } from '../../domain/contract.ts';
import { type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

const FORM: ContractListForm = { parse: parseExactJson, rowsOf: (parsed) => parsed, termsOf };

/** The pairs, in one answer, without their steps: https://docs.upbit.com/kr/reference/list-trading-pairs */
export function createUpbitContracts(): VenueContracts {
  return { url: 'https://api.upbit.com', lists: [listInOneAnswer('pairs', '/v1/market/all', FORM)] };
}

function termsOf({ market: symbol }: JsonObject): ContractTerms | undefined {
  if (!isSymbol(symbol)) return undefined;
  const [quote, base] = symbol.split('-');
  return {
    ...{ symbol, base: wordOf(base), quote: wordOf(quote), kind: null, tickSize: null, lotSize: null },
    ...{ contractSize: null, expiresAt: null, listed: true },
  };
}
