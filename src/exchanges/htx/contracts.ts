import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type ContractListForm, type ListRefusal, listInOneAnswer } from '../contract-answer.ts';
import { stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { textOf } from '../wire-values.ts';

const FORM: ContractListForm = {
  parse: parseExactJson,
  refusalOf,
  rowsOf: (parsed) => (isObject(parsed) && parsed.status === 'ok' ? parsed.data : undefined),
  termsOf,
};

/** The spot pairs, in one answer: https://huobiapi.github.io/docs/spot/v1/en/#get-all-supported-trading-symbol */
export function createHtxContracts(url: string): VenueContracts {
  return { url, lists: [listInOneAnswer('SPOT', '/v1/common/symbols', FORM)] };
}

function refusalOf(parsed: unknown): ListRefusal | undefined {
  if (!isObject(parsed) || parsed.status !== 'error') return undefined;
  const code = textOf(parsed['err-code']).slice(0, 32);
  return { code, reason: `${code} ${textOf(parsed['err-msg'])}` };
}

/** Coins come in small letters. */
function termsOf(row: JsonObject): ContractTerms | undefined {
  const symbol = wordOf(row.symbol);
  if (symbol === null) return undefined;
  const [base, quote] = [row['base-currency'], row['quote-currency']].map(
    (coin) => wordOf(coin)?.toUpperCase() ?? null,
  );
  return {
    ...{ symbol, kind: 'SPOT', base: base ?? null, quote: quote ?? null },
    tickSize: stepOfDecimals(row['price-precision']),
    lotSize: stepOfDecimals(row['amount-precision']),
    contractSize: null,
    expiresAt: null,
    listed: row.state === 'online' && row['api-trading'] !== 'disabled',
  };
}
