import type { ContractTerms } from '../../domain/contract.ts';
import { parseExactJson } from '../../domain/json-text.ts';
import { readContractRows } from '../contract-answer.ts';
import { wordOf } from '../contract-values.ts';
import { type RestAnswer, unclear } from '../rest-answers.ts';
import type { VenueAnswer, VenuePage } from '../venue-account.ts';
import type { VenueContractList, VenueContracts } from '../venue-contracts.ts';

/** Pairs and derivatives: https://docs.bitfinex.com/reference/rest-public-conf */
export function createBitfinexContracts(url: string): VenueContracts {
  return { url, lists: [listOf('SPOT', 'pub:info:pair'), listOf('FUTURES', 'pub:info:pair:futures')] };
}

function listOf(kind: string, configuration: string): VenueContractList {
  return {
    name: kind,
    page: () => ({ target: `/v2/conf/${configuration}`, read: (answer) => readPairs(answer, kind) }),
  };
}

/** A list of configurations, of which there is one; a failure is `["error", CODE, MESSAGE]`. */
function readPairs(answer: RestAnswer, kind: string): VenueAnswer<VenuePage<ContractTerms>> {
  const parsed = parseExactJson(answer.text);
  const [rows, code, reason] = Array.isArray(parsed) ? parsed : [];
  if (rows === 'error' && typeof code === 'string') {
    return { type: 'REFUSED', code: code.slice(0, 32), reason: wordOf(reason) ?? 'the venue does not say why' };
  }
  if (!Array.isArray(rows) || answer.status >= 300) return unclear(answer, 'a list of contracts');
  return readContractRows(answer, { rows, termsOf: (row) => readPair(row, kind) });
}

/** What prices and volumes are multiples of is not told: they have five and eight digits, whatever they are. */
function readPair(row: unknown, kind: string): ContractTerms | undefined {
  const pair = Array.isArray(row) ? wordOf(row[0]) : null;
  if (pair === null) return undefined;
  const [base, quote] = pair.includes(':') ? pair.split(':') : [pair.slice(0, -3), pair.slice(-3)];
  return {
    ...{ symbol: `t${pair}`, kind, base: wordOf(base), quote: wordOf(quote) },
    ...{ tickSize: null, lotSize: null, contractSize: null, expiresAt: null, listed: true },
  };
}
