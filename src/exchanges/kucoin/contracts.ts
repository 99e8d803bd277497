import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { type ListAnswer, readContractRows, unclearList } from '../contract-rows.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueAnswer, VenuePage } from '../venue-account.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { textOf } from '../wire-values.ts';
import { DONE, SYMBOLS_TARGET } from './dialect.ts';

const WANTED = 'symbols with a name';

/** The spot pairs, in one answer. */
export function createKucoinContracts(url: string): VenueContracts {
  return { url, lists: [{ name: 'SPOT', page: () => ({ target: SYMBOLS_TARGET, read: readSymbols }) }] };
}

function readSymbols(answer: ListAnswer): VenueAnswer<VenuePage<ContractTerms>> {
  const parsed = parseExactJson(answer.text);
  if (!isObject(parsed)) return unclearList(answer, WANTED);
  const { code, msg, data } = parsed;
  if (typeof code === 'string' && code !== DONE) {
    return { type: 'REFUSED', code: code.slice(0, 32), reason: `${code.slice(0, 32)} ${textOf(msg)}` };
  }
  if (code !== DONE || answer.status >= 300 || !Array.isArray(data)) return unclearList(answer, WANTED);
  return readContractRows(data, readSymbol, answer, WANTED);
}

function readSymbol(row: unknown): ContractTerms | undefined {
  const symbol = isObject(row) ? wordOf(row.symbol) : null;
  if (!isObject(row) || symbol === null) return undefined;
  return {
    ...{ symbol, kind: 'SPOT', base: wordOf(row.baseCurrency), quote: wordOf(row.quoteCurrency) },
    tickSize: sizeOf(row.priceIncrement),
    lotSize: sizeOf(row.baseIncrement),
    contractSize: null,
    expiresAt: null,
    listed: row.enableTrading === true,
  };
}
