import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseJson } from '../../domain/json-text.ts';
import { type ContractListForm, readContracts } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { VenueContracts, VenueListRequest } from '../venue-contracts.ts';
import { toInstant } from '../wire-values.ts';
import type { BybitMarket } from './dialect.ts';

const PATH = '/v5/market/instruments-info';

/**
 * What a market of Bybit lists, in pages of 1,000; the spot market answers all in one:
 * https://bybit-exchange.github.io/docs/v5/market/instrument
 */
export function createBybitContracts(market: BybitMarket): VenueContracts {
  const targetOf = (after: string | undefined): string => {
    if (market === 'spot') return `${PATH}?category=spot`;
    const cursor = after === undefined ? '' : `&cursor=${encodeURIComponent(after)}`;
    return `${PATH}?category=${market}&limit=1000${cursor}`;
  };
  const form: ContractListForm = {
    parse: parseJson,
    rowsOf: (parsed) => resultOf(parsed).list,
    termsOf: (row) => termsOf(row, market),
    nextOf: (parsed) => {
      const { nextPageCursor } = resultOf(parsed);
      return typeof nextPageCursor === 'string' && nextPageCursor !== '' ? nextPageCursor : undefined;
    },
  };
  const page = (after?: string): VenueListRequest => ({
    target: targetOf(after),
    read: (answer) => readContracts(answer, form),
  });
  return { url: 'https://api.bybit.com', lists: [{ name: market, page }] };
}

/** Empty unless the venue has done what was asked. */
function resultOf(parsed: unknown): JsonObject {
  return isObject(parsed) && parsed.retCode === 0 && isObject(parsed.result) ? parsed.result : {};
}

function termsOf(row: JsonObject, market: BybitMarket): ContractTerms | undefined {
  const symbol = wordOf(row.symbol);
  if (symbol === null) return undefined;
  const prices = isObject(row.priceFilter) ? row.priceFilter : {};
  const lots = isObject(row.lotSizeFilter) ? row.lotSizeFilter : {};
  const delivery = toInstant(row.deliveryTime);
  return {
    symbol,
    base: wordOf(row.baseCoin),
    quote: wordOf(row.quoteCoin),
    kind: market === 'spot' ? 'spot' : wordOf(row.contractType),
    tickSize: sizeOf(prices.tickSize),
    lotSize: sizeOf(market === 'spot' ? lots.basePrecision : lots.qtyStep),
    // Volumes of the linear market are in coins; an inverse contract is one dollar.
    contractSize: market === 'inverse' ? '1' : null,
    // 0 for perpetuals.
    expiresAt: delivery === 0 ? null : delivery,
    listed: row.status === 'Trading',
  };
}
