import type { DataReport } from '../domain/data-faults.ts';
import { CodedError } from '../domain/errors.ts';

/** What a read of accounts belongs to. */
export interface AccountReading {
  /** Told what has to be left out. */
  readonly report?: DataReport | undefined;
  /** Aborts when nobody waits for the answer any more: the read ends, with OVERLOADED, before its next part. */
  readonly signal?: AbortSignal | undefined;
}

/** A read of marks. */
export interface MarkReading extends AccountReading {
  /** All keys together may answer so many, or the read fails with COST_LIMIT; MOST_MARKS when absent. */
  readonly most?: number | undefined;
}

export function tooManyMarks(most: number): CodedError {
  const message = `the accounts have more than ${most} marks in the range, wanted at most that many: ask for a shorter one`;
  return new CodedError('COST_LIMIT', message);
}

/** Fails when nobody waits for the answer any more. */
export function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CodedError('OVERLOADED', 'nobody waits for this answer any more');
}
