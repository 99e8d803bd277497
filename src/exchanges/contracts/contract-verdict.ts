import type { ContractChange, ContractPolicy, ContractReport } from '../../domain/contract.ts';
import { type ContractComparison, findContradicted } from '../../domain/contract-comparison.ts';
import { inCodeUnits } from '../../domain/text-order.ts';

export interface ComparedLists {
  readonly comparison: ContractComparison;
  /** Milliseconds since the epoch, when the venue's list had come. */
  readonly checkedAt: number;
  /** When the differences were stored; null when they were not. */
  readonly acceptedAt: number | null;
  readonly policy: ContractPolicy;
}

const MOST_NAMED = 5;

export function toReport({ comparison, checkedAt, acceptedAt, policy }: ComparedLists): ContractReport {
  const { matching, added, removed, changed } = comparison;
  const isBlocking = policy === 'block' && acceptedAt === null;
  return {
    ...{ checkedAt, acceptedAt, removed, changed },
    matching: matching.length,
    added: added.map(({ symbol }) => symbol),
    blocked: isBlocking ? [...findContradicted(comparison)].sort(inCodeUnits) : [],
  };
}

/** Why no orders are taken for contracts: `BTC-USDT (tickSize 0.1, now 0.01), OLD-USDT (gone)`. */
export function describeDifferences(symbols: readonly string[], { changed }: ContractReport): string {
  const changes = Map.groupBy(changed, ({ symbol }) => symbol);
  const described = symbols.slice(0, MOST_NAMED).map((symbol) => {
    const ofSymbol = changes.get(symbol);
    return `${symbol} (${ofSymbol === undefined ? 'gone' : ofSymbol.map(describeChange).join(', ')})`;
  });
  const others = symbols.length - described.length;
  return `${described.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

/** How many there are of each kind, as a line of the log has them. */
export function countDifferences({ added, removed, changed }: ContractReport) {
  return { added: added.length, removed: removed.length, changed: changed.length };
}

function describeChange({ field, stored, venue }: ContractChange): string {
  return `${field} ${stored ?? 'unknown'}, now ${venue ?? 'unknown'}`;
}
