import type { OkxFillRow, OkxOrderRow } from '../../exchanges/okx/account-dialect.ts';

/** What happened at the venue since it started. */
export interface PaperFacts {
  /** A row for each placing, fill and cancelling, in the order in which they were pushed. */
  readonly orderRows: readonly OkxOrderRow[];
  /** As the list of fills has them, oldest first. */
  readonly fills: readonly OkxFillRow[];
}

export interface FactRecord {
  keep(orderRows: readonly OkxOrderRow[], fills: readonly OkxFillRow[]): void;
  all(): PaperFacts;
}

export function recordFacts(isKept: boolean): FactRecord {
  const orderRows: OkxOrderRow[] = [];
  const fills: OkxFillRow[] = [];
  return {
    keep: (rows, newFills) => {
      if (!isKept) return;
      orderRows.push(...rows);
      fills.push(...newFills);
    },
    all: () => ({ orderRows: [...orderRows], fills: [...fills] }),
  };
}
