import type { ContractTerms } from '../../domain/contract.ts';
import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { type ListAnswer, readContractRows, unclearList } from '../contract-rows.ts';
import { stepOfDecimals, wordOf } from '../contract-values.ts';
import type { VenueAnswer, VenuePage } from '../venue-account.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { textOf } from '../wire-values.ts';

const WANTED = 'symbols with a name';

/** The spot pairs, in one answer: https://huobiapi.github.io/docs/spot/v1/en/#get-all-supported-trading-symbol */
export function createHtxContracts(url: string): VenueContracts {
  return { url, lists: [{ name: 'SPOT', page: () => ({ target: '/v1/common/symbols', read: readSymbols }) }] };
}

function readSymbols(answer: ListAnswer): VenueAnswer<VenuePage<ContractTerms>> {
  const parsed = parseExactJson(answer.text);
  if (!isObject(parsed)) return unclearList(answer, WANTED);
  const { status, data } = parsed;
  if (status === 'error') {
    const code = textOf(parsed['err-code']).slice(0, 32);
    return { type: 'REFUSED', code, reason: `${code} ${textOf(parsed['err-msg'])}` };
  }
  if (status !== 'ok' || answer.status >= 300 || !Array.isArray(data)) return unclearList(answer, WANTED);
  return readContractRows(data, readSymbol, answer, WANTED);
}

/** Coins come in small letters. */
function readSymbol(row: unknown): ContractTerms | undefined {
  const symbol = isObject(row) ? wordOf(row.symbol) : null;
  if (!isObject(row) || symbol === null) return undefined;
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
