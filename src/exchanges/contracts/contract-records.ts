import type { ContractTerms } from '../../domain/contract.ts';

/** A venue's contracts as they were accepted last, by symbol, ascending. */
export interface RecordedContracts {
  readonly contracts: readonly ContractTerms[];
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/**
 * Where the contract list of one gateway outlives the process. What was answered is durable. Fails with
 * UPSTREAM_UNAVAILABLE when it cannot be reached.
 */
export interface ContractRecords {
  /** Undefined: none was written yet. */
  read(): Promise<RecordedContracts | undefined>;
  /** Puts the list in the place of the one before. */
  write(recorded: RecordedContracts): Promise<void>;
}
