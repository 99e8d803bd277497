import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, type ListRefusal, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

/** Coins that the REST API calls otherwise than the WebSocket API, whose names are ours. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['XBT', 'BTC'],
  ['XDG', 'DOGE'],
]);
/** Others are cancel_only, reduce_only and those that have no name yet. */
const OPEN_STATES: readonly unknown[] = ['online', 'post_only', 'limit_only'];

const FORM: ContractListForm = { parse: parseExactJson, refusalOf, rowsOf, termsOf };

/** The spot pairs, in one answer: https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs */
export function createKrakenContracts(url: string): VenueContracts {
  return { url, lists: [listInOneAnswer('SPOT', '/0/public/AssetPairs', FORM)] };
}

function refusalOf(parsed: unknown): ListRefusal | undefined {
  const [code] = isObject(parsed) && Array.isArray(parsed.error) ? parsed.error : [];
  return typeof code === 'string' ? { code: code.slice(0, 32), reason: code.slice(0, 200) } : undefined;
}

function rowsOf(parsed: unknown): unknown {
  return isObject(parsed) && isObject(parsed.result) ? Object.values(parsed.result) : undefined;
}

function termsOf(row: JsonObject): ContractTerms | undefined {
  const [base, quote] = coinsOf(row);
  const symbol = base === undefined || quote === undefined ? row.altname : `${base}/${quote}`;
  if (!isSymbol(symbol)) return undefined;
  return {
    ...{ symbol, kind: 'SPOT', base: wordOf(base), quote: wordOf(quote) },
    tickSize: sizeOf(row.tick_size) ?? stepOfDecimals(row.pair_decimals),
    lotSize: stepOfDecimals(row.lot_decimals),
    contractSize: null,
    expiresAt: null,
    // Rows had no status once.
    listed: row.status === undefined || OPEN_STATES.includes(row.status),
  };
}

/** None of a pair that the WebSocket API does not have. */
function coinsOf({ wsname }: JsonObject): readonly string[] {
  const coins = wordOf(wsname)?.split('/') ?? [];
  return coins.length === 2 ? coins.map((coin) => RENAMED.get(coin) ?? coin) : [];
}
