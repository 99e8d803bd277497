import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { toInstant } from '../wire-values.ts';

/** What the spot market lists: https://developers.binance.com/docs/binance-spot-api-docs/rest-api/general-endpoints */
export const SPOT_CONTRACTS: VenueContracts = createContracts(
  'https://api.binance.com',
  // The sets of permissions are most of the answer.
  { name: 'spot', target: '/api/v3/exchangeInfo?showPermissionSets=false' },
  (row, symbol) => ({ ...commonTerms(row, symbol), kind: 'spot', expiresAt: null }),
);

/** Perpetuals have a date of delivery in the year 2100. */
const PERPETUAL = /PERPETUAL$/;

/**
 * What USD-M futures list; volumes are in base coins:
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Exchange-Information
 */
export const USDM_CONTRACTS: VenueContracts = createContracts(
  'https://fapi.binance.com',
  { name: 'usdm', target: '/fapi/v1/exchangeInfo' },
  (row, symbol) => {
    const kind = wordOf(row.contractType);
    const delivery = typeof row.deliveryDate === 'number' ? toInstant(String(row.deliveryDate)) : null;
    return { ...commonTerms(row, symbol), kind, expiresAt: kind === null || PERPETUAL.test(kind) ? null : delivery };
  },
);

function createContracts(
  url: string,
  { name, target }: { readonly name: string; readonly target: string },
  termsOf: (row: JsonObject, symbol: string) => ContractTerms,
): VenueContracts {
  const form: ContractListForm = {
    // All that is read are texts, but for dates.
    parse: parseJson,
    rowsOf: (parsed) => (isObject(parsed) ? parsed.symbols : undefined),
    termsOf: (row) => {
      const symbol = wordOf(row.symbol);
      return symbol === null ? undefined : termsOf(row, symbol);
    },
  };
  return { url, lists: [listInOneAnswer(name, target, form)] };
}

function commonTerms(row: JsonObject, symbol: string): Omit<ContractTerms, 'kind' | 'expiresAt'> {
  return {
    symbol,
    base: wordOf(row.baseAsset),
    quote: wordOf(row.quoteAsset),
    tickSize: sizeOf(filterOf(row, 'PRICE_FILTER').tickSize),
    lotSize: sizeOf(filterOf(row, 'LOT_SIZE').stepSize),
    contractSize: null,
    listed: row.status === 'TRADING',
  };
}

function filterOf({ filters }: JsonObject, filterType: string): JsonObject {
  const found = Array.isArray(filters)
    ? filters.find((filter) => isObject(filter) && filter.filterType === filterType)
    : undefined;
  return isObject(found) ? found : {};
}
