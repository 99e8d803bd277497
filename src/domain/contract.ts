/** What a venue lists. Sizes are decimal text as the venue sent them. */
export interface Contract {
  readonly gateway: string;
  /** The venue's own name. */
  readonly symbol: string;
  readonly base: string | null;
  readonly quote: string | null;
  /** The venue's own word: SPOT, SWAP. */
  readonly kind: string | null;
  readonly tickSize: string | null;
  readonly lotSize: string | null;
  readonly contractSize: string | null;
  /** Whether the venue lists it now. */
  readonly listed: boolean;
}

/** A venue's contract list held against the stored one. Symbols are ascending. */
export interface ContractReport {
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  readonly matching: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ContractChange[];
}

/** One field in which a contract differs; null where a side has no value. */
export interface ContractChange {
  readonly symbol: string;
  readonly field: string;
  readonly stored: string | null;
  readonly venue: string | null;
}
