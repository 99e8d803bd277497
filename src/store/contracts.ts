import type { ContractTerms } from '../domain/contract.ts';

/** Whose list it is: two gateways to one venue keep lists of their own. */
export interface ContractListKey {
  readonly venue: string;
  readonly gateway: string;
}

/** A venue's contracts as they were accepted last, by symbol, ascending. */
export interface StoredContracts {
  readonly contracts: readonly ContractTerms[];
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/**
 * The contract lists that venues are held against. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when the
 * store cannot be reached.
 */
export interface ContractStore {
  /** Undefined: none was stored yet. */
  contracts(list: ContractListKey): Promise<StoredContracts | undefined>;
  /** Puts the whole list in the place of the one before. */
  replaceContracts(list: ContractListKey, stored: StoredContracts): Promise<void>;
}
