import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ListAnswer, readContractRows, unclearList } from '../contract-rows.ts';
import { sizeOf, stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueAnswer, VenuePage } from '../venue-account.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { isSymbol } from './dialect.ts';

const WANTED = 'pairs with a name';
/** Coins that the REST API calls otherwise than the WebSocket API, whose names are ours. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['XBT', 'BTC'],
  ['XDG', 'DOGE'],
]);
/** Others are cancel_only, reduce_only and those that have no name yet. */
const OPEN_STATES: readonly unknown[] = ['online', 'post_only', 'limit_only'];

/** The spot pairs, in one answer: https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs */
export function createKrakenContracts(url: string): VenueContracts {
  return { url, lists: [{ name: 'SPOT', page: () => ({ target: '/0/public/AssetPairs', read: readPairs }) }] };
}

function readPairs(answer: ListAnswer): VenueAnswer<VenuePage<ContractTerms>> {
  const parsed = parseExactJson(answer.text);
  if (!isObject(parsed) || answer.status >= 300) return unclearList(answer, WANTED);
  const { error, result } = parsed;
  const [code] = Array.isArray(error) ? error : [];
  if (typeof code === 'string') return { type: 'REFUSED', code: code.slice(0, 32), reason: code.slice(0, 200) };
  if (!isObject(result)) return unclearList(answer, WANTED);
  return readContractRows(Object.values(result), readPair, answer, WANTED);
}

function readPair(row: unknown): ContractTerms | undefined {
  if (!isObject(row)) return undefined;
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
