import type { ContractTerms } from '../../domain/contract.ts';
import { compareDecimals, multiplyDecimals } from '../../domain/decimal-text.ts';
import { isObject, type JsonObject } from '../../domain/json-text.ts';
import { readContractRows } from '../contract-answer.ts';
import { sizeOf, wordOf } from '../contract-values.ts';
import type { RestAnswer } from '../rest-answers.ts';
import type { VenueAnswer, VenuePage } from '../venue-account.ts';
import type { VenueContractList, VenueContracts } from '../venue-contracts.ts';
import { toInstant } from '../wire-values.ts';
import { INSTRUMENTS_PATH } from './account-dialect.ts';
import { queriedRows } from './answers.ts';
import { isSymbol } from './dialect.ts';

/** Options are listed for one family at a time. */
const LISTED_TYPES = ['SPOT', 'SWAP', 'FUTURES'] as const;

/** What a venue that speaks OKX's protocol lists. `url` is scheme, host and port. */
export function createOkxContracts(url: string): VenueContracts {
  return { url, lists: LISTED_TYPES.map(listOfType) };
}

/** An answer is the whole list. */
function listOfType(instType: string): VenueContractList {
  return {
    name: instType,
    page: () => ({ target: `${INSTRUMENTS_PATH}?instType=${instType}`, read: readInstruments }),
  };
}

function readInstruments(answer: RestAnswer): VenueAnswer<VenuePage<ContractTerms>> {
  const rows = queriedRows(answer);
  return rows.type === 'DONE' ? readContractRows(answer, { rows: rows.value, termsOf }) : rows;
}

function termsOf(row: unknown): ContractTerms | undefined {
  if (!isObject(row) || !isSymbol(row.instId)) return undefined;
  const symbol = row.instId;
  const kind = wordOf(row.instType);
  const [base, quote] = kind === 'SPOT' ? [row.baseCcy, row.quoteCcy] : familyOf(row);
  return {
    ...{ symbol, kind, base: wordOf(base), quote: wordOf(quote) },
    tickSize: sizeOf(row.tickSz),
    lotSize: sizeOf(row.lotSz),
    contractSize: contractSizeOf(row),
    // Elsewhere it is when the venue means to end the listing.
    expiresAt: kind === 'FUTURES' ? toInstant(row.expTime) : null,
    // Others are suspend, preopen and test: https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments
    listed: row.state === 'live',
  };
}

/** Coins of a derivative: those of what it is derived from. */
function familyOf({ uly, instFamily }: JsonObject): readonly unknown[] {
  const family = wordOf(uly) ?? wordOf(instFamily) ?? '';
  return family.split('-', 2);
}

function contractSizeOf({ ctVal, ctMult }: JsonObject): string | null {
  const [size, multiplier] = [sizeOf(ctVal), sizeOf(ctMult)];
  if (size === null || multiplier === null || compareDecimals(multiplier, '1') === 0) return size;
  return multiplyDecimals(size, multiplier);
}
