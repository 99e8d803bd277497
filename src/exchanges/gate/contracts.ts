import type { ContractTerms } from '../../domain/contract.ts';
import { type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, listInOneAnswer } from '../contract-answer.ts';
import { sizeOf, stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import type { GateMarket } from './dialect.ts';

const TARGETS: Readonly<Record<GateMarket, string>> = {
  spot: '/api/v4/spot/currency_pairs',
  futures: '/api/v4/futures/usdt/contracts',
};

/** What a market of Gate lists, in one answer: https://www.gate.com/docs/developers/apiv4/ */
export function createGateContracts(market: GateMarket): VenueContracts {
  const form: ContractListForm = {
    parse: parseExactJson,
    rowsOf: (parsed) => parsed,
    termsOf: market === 'spot' ? pairOf : futureOf,
  };
  return { url: 'https://api.gateio.ws', lists: [listInOneAnswer(market, TARGETS[market], form)] };
}

/** https://www.gate.com/docs/developers/apiv4/#list-all-currency-pairs-supported */
function pairOf(row: JsonObject): ContractTerms | undefined {
  const symbol = wordOf(row.id);
  if (symbol === null) return undefined;
  return {
    ...{ symbol, base: wordOf(row.base), quote: wordOf(row.quote), kind: 'spot' },
    tickSize: stepOfDecimals(row.precision),
    lotSize: stepOfDecimals(row.amount_precision),
    contractSize: null,
    expiresAt: null,
    // Others can be bought or sold only, or neither.
    listed: row.trade_status === 'tradable',
  };
}

/** https://www.gate.com/docs/developers/apiv4/#list-all-futures-contracts */
function futureOf(row: JsonObject): ContractTerms | undefined {
  const symbol = wordOf(row.name);
  if (symbol === null) return undefined;
  const [base, quote] = symbol.split('_');
  return {
    ...{ symbol, base: wordOf(base), quote: wordOf(quote), kind: wordOf(row.type) },
    tickSize: sizeOf(row.order_price_round),
    lotSize: sizeOf(row.order_size_min),
    contractSize: sizeOf(row.quanto_multiplier),
    expiresAt: null,
    listed: row.in_delisting === false,
  };
}
