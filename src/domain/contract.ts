/** What a venue lists. Sizes are decimal text as the venue sent them. */
export interface Contract extends ContractTerms {
  readonly gateway: string;
}

/** What a venue says of one contract. */
export interface ContractTerms {
  /** The venue's own name. */
  readonly symbol: string;
  readonly base: string | null;
  readonly quote: string | null;
  /** The venue's own word: SPOT, SWAP. */
  readonly kind: string | null;
  /** Step of prices, in quote currency. */
  readonly tickSize: string | null;
  /** Step of order volumes, in base coins or contracts. */
  readonly lotSize: string | null;
  /** What one contract stands for; null where volumes are in base coins. */
  readonly contractSize: string | null;
  /** When it is delivered or exercised, in milliseconds since the epoch; null for what does not end. */
  readonly expiresAt: number | null;
  /** Whether the venue lists it, open for trading, now. */
  readonly listed: boolean;
}

/** How a contract came to differ from the stored one. */
export const CONTRACT_CHANGE_KINDS = [
  'PRICE_STEP',
  'LOT_STEP',
  'CONTRACT_SIZE',
  'STATE',
  'TERMS',
  'EXPIRY',
  'RENAMED',
] as const;
export type ContractChangeKind = (typeof CONTRACT_CHANGE_KINDS)[number];

/** One field in which a contract differs; null where a side has no value. */
export interface ContractChange {
  readonly kind: ContractChangeKind;
  /** The stored one; the venue has another for what is RENAMED. */
  readonly symbol: string;
  /** Of ContractTerms. */
  readonly field: string;
  readonly stored: string | null;
  readonly venue: string | null;
}

/** A venue's contract list held against the stored one. Symbols are ascending. */
export interface ContractReport {
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  readonly matching: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ContractChange[];
  /** Contracts for which no orders are taken until the differences are accepted. */
  readonly blocked: readonly string[];
  /** When the differences were stored, in milliseconds since the epoch; null as long as they are not. */
  readonly acceptedAt: number | null;
}

/**
 * What differences do. block: those that contradict what was stored keep orders for their contracts from being sent, until
 * they are accepted. warn: nothing but a line in the log. update: the stored list follows the venue's.
 */
export const CONTRACT_POLICIES = ['block', 'warn', 'update'] as const;
export type ContractPolicy = (typeof CONTRACT_POLICIES)[number];
