import type { ContractChange, ContractChangeKind, ContractTerms } from './contract.ts';
import { compareDecimals } from './decimal-text.ts';
import { inCodeUnits } from './text-order.ts';

/** How two lists of contracts differ. All lists are ascending by symbol, and no symbol is in two of the first three. */
export interface ContractComparison {
  readonly matching: readonly string[];
  /** What only the venue has. */
  readonly added: readonly ContractTerms[];
  /** What only the stored list has, and as listed. */
  readonly removed: readonly string[];
  /** What differs in contracts that both have, a renamed one included, under its stored symbol. */
  readonly changed: readonly ContractChange[];
}

type Field = Exclude<keyof ContractTerms, 'symbol'>;

interface FieldRule {
  readonly kind: ContractChangeKind;
  readonly field: Field;
  readonly isDecimal?: boolean;
  /** What `textOf` made of a value, as a value again. */
  parse(text: string | null): Partial<ContractTerms>;
}

const FIELDS: readonly FieldRule[] = [
  { kind: 'TERMS', field: 'base', parse: (base) => ({ base }) },
  { kind: 'TERMS', field: 'quote', parse: (quote) => ({ quote }) },
  { kind: 'TERMS', field: 'kind', parse: (kind) => ({ kind }) },
  { kind: 'PRICE_STEP', field: 'tickSize', isDecimal: true, parse: (tickSize) => ({ tickSize }) },
  { kind: 'LOT_STEP', field: 'lotSize', isDecimal: true, parse: (lotSize) => ({ lotSize }) },
  { kind: 'CONTRACT_SIZE', field: 'contractSize', isDecimal: true, parse: (contractSize) => ({ contractSize }) },
  {
    kind: 'EXPIRY',
    field: 'expiresAt',
    parse: (text) => ({ expiresAt: text === null ? null : Number(text) }),
  },
  { kind: 'STATE', field: 'listed', parse: (text) => ({ listed: text === 'true' }) },
];

const BLOCKING_KINDS: readonly ContractChangeKind[] = ['PRICE_STEP', 'CONTRACT_SIZE', 'TERMS', 'RENAMED'];

/**
 * Holds a venue's list against the stored one. Decimals are compared by value. A contract that is gone but stored as not
 * listed is as it was. One that is gone while exactly one new one trades the same until the same day was renamed.
 */
export function compareContracts(
  stored: readonly ContractTerms[],
  venue: readonly ContractTerms[],
): ContractComparison {
  const present = new Map(venue.map((each) => [each.symbol, each]));
  const known = new Map(stored.map((each) => [each.symbol, each]));
  const gone = [...known.values()].filter(({ symbol, listed }) => listed && !present.has(symbol));
  const fresh = [...present.values()].filter(({ symbol }) => !known.has(symbol));
  const renamed = findRenamed(gone, fresh);
  const newNames = new Set([...renamed.values()].map(({ symbol }) => symbol));

  const matching: string[] = [];
  const changed: ContractChange[] = [];
  for (const each of bySymbol(known.values())) {
    const now = present.get(each.symbol) ?? renamed.get(each.symbol);
    const changes = now === undefined ? [] : changesOf(each, now);
    changed.push(...changes);
    if (changes.length === 0 && (now !== undefined || !each.listed)) matching.push(each.symbol);
  }
  return {
    matching,
    added: bySymbol(fresh.filter(({ symbol }) => !newNames.has(symbol))),
    removed: bySymbol(gone.filter(({ symbol }) => !renamed.has(symbol))).map(({ symbol }) => symbol),
    changed,
  };
}

/** The stored list as it is once the differences are accepted, ascending: what is gone stays, not listed any more. */
export function applyComparison(
  stored: readonly ContractTerms[],
  { added, removed, changed }: ContractComparison,
): ContractTerms[] {
  const gone = new Set(removed);
  const changes = Map.groupBy(changed, ({ symbol }) => symbol);
  const kept = stored.map((each) => {
    if (gone.has(each.symbol)) return { ...each, listed: false };
    return (changes.get(each.symbol) ?? []).reduce(applyChange, each);
  });
  return bySymbol([...kept, ...added]);
}

/** Symbols, stored ones, under which something else than before is, or would be, traded. */
export function findContradicted({ removed, changed }: ContractComparison): Set<string> {
  // What was not known before contradicts nothing.
  const contradicting = changed.filter(({ kind, stored }) => BLOCKING_KINDS.includes(kind) && stored !== null);
  return new Set([...removed, ...contradicting.map(({ symbol }) => symbol)]);
}

export function isSameList({ added, removed, changed }: ContractComparison): boolean {
  return added.length === 0 && removed.length === 0 && changed.length === 0;
}

function changesOf(stored: ContractTerms, venue: ContractTerms): ContractChange[] {
  const { symbol } = stored;
  const changes = FIELDS.flatMap(({ kind, field, isDecimal = false }) => {
    const [before, now] = [textOf(stored[field]), textOf(venue[field])];
    return isSameValue(before, now, isDecimal) ? [] : [{ kind, symbol, field, stored: before, venue: now }];
  });
  if (symbol === venue.symbol) return changes;
  return [{ kind: 'RENAMED', symbol, field: 'symbol', stored: symbol, venue: venue.symbol }, ...changes];
}

function applyChange(terms: ContractTerms, { field, venue }: ContractChange): ContractTerms {
  if (field === 'symbol') return { ...terms, symbol: venue ?? terms.symbol };
  return { ...terms, ...FIELDS.find((rule) => rule.field === field)?.parse(venue) };
}

/** By the stored symbol, what the venue has instead. */
function findRenamed(
  gone: readonly ContractTerms[],
  fresh: readonly ContractTerms[],
): ReadonlyMap<string, ContractTerms> {
  const freshAlike = Map.groupBy(fresh, likeness);
  const pairs = [...Map.groupBy(gone, likeness)].flatMap(([key, [first, ...others]]) => {
    const [candidate, ...further] = key === undefined ? [] : (freshAlike.get(key) ?? []);
    const isCertain = first !== undefined && candidate !== undefined && others.length + further.length === 0;
    return isCertain ? [[first.symbol, candidate] as const] : [];
  });
  return new Map(pairs);
}

/** Undefined for what cannot be told from others. */
function likeness({ base, quote, kind, expiresAt }: ContractTerms): string | undefined {
  return base === null || quote === null ? undefined : JSON.stringify([base, quote, kind, expiresAt]);
}

function isSameValue(before: string | null, now: string | null, isDecimal: boolean): boolean {
  if (before === now) return true;
  return isDecimal && before !== null && now !== null && compareDecimals(before, now) === 0;
}

function textOf(value: string | number | boolean | null): string | null {
  return value === null ? null : String(value);
}

function bySymbol(contracts: Iterable<ContractTerms>): ContractTerms[] {
  return [...contracts].sort((left, right) => inCodeUnits(left.symbol, right.symbol));
}
