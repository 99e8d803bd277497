import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, type ListRefusal, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { textOf } from '../wire-values.ts';
import { DONE, SYMBOLS_TARGET } from './dialect.ts';

const FORM: ContractListForm = {
  parse: parseExactJson,
  refusalOf,
  rowsOf: (parsed) => (isObject(parsed) && parsed.code === DONE ? parsed.data : undefined),
  termsOf,
};

/** The spot pairs, in one answer. */
export function createKucoinContracts(url: string): VenueContracts {
  return { url, lists: [listInOneAnswer('SPOT', SYMBOLS_TARGET, FORM)] };
}

function refusalOf(parsed: unknown): ListRefusal | undefined {
  if (!isObject(parsed) || typeof parsed.code !== 'string' || parsed.code === DONE) return undefined;
  const code = parsed.code.slice(0, 32);
  return { code, reason: `${code} ${textOf(parsed.msg)}` };
}

function termsOf(row: JsonObject): ContractTerms | undefined {
  const symbol = wordOf(row.symbol);
  if (symbol === null) return undefined;
  return {
    ...{ symbol, kind: 'SPOT', base: wordOf(row.baseCurrency), quote: wordOf(row.quoteCurrency) },
    tickSize: sizeOf(row.priceIncrement),
    lotSize: sizeOf(row.baseIncrement),
    contractSize: null,
    expiresAt: null,
    listed: row.enableTrading === true,
  };
}
