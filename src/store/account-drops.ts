import type { AccountSource } from '../domain/account.ts';
import type { AccountKey } from './accounts.ts';

/** Accounts to delete from one store: exact names, each once. */
export interface DropRequest {
  readonly source: AccountSource;
  readonly accountCookies: readonly string[];
  /** Who asks, for the record. */
  readonly requestedBy: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
}

export interface DropOutcome {
  /** Those that were there, in the order asked. */
  readonly dropped: readonly string[];
  /** Documents that were deleted. */
  readonly documents: number;
}

export interface RestoreRequest extends AccountKey {
  /** Whether what the account has by now gives way. It is dropped in its turn, with a record and a copy. */
  readonly replace: boolean;
  readonly requestedBy: string;
  readonly requestedAt: number;
}

/** `OCCUPIED`: the account has documents, and was not to be replaced. */
export type RestoreOutcome =
  | { readonly kind: 'RESTORED'; readonly documents: number; readonly droppedAt: number }
  | { readonly kind: 'NO_COPY' }
  | { readonly kind: 'OCCUPIED'; readonly documents: number };

/** What is on record of an account that was brought back. */
export interface RestoreRecord extends AccountKey {
  readonly requestedBy: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  /** When the drop was asked for whose copy it is. */
  readonly droppedAt: number;
  readonly documents: number;
}

/** What is on record of a drop. `UNDONE`: the process ended before anything was deleted, or nothing could be. */
export interface DropRecord extends DropRequest {
  readonly state: 'REQUESTED' | 'DROPPED' | 'UNDONE';
  /** Empty until it was done. */
  readonly dropped: readonly string[];
  readonly documents: number;
}

/**
 * Deletes accounts and brings them back. Before anything is deleted a record of the request and then a copy of all that
 * the store has of the accounts are durable; when the process dies at any moment, the store is found with all of the
 * accounts or with none of them and the copy. Fails with UPSTREAM_UNAVAILABLE when the store cannot be reached; then
 * nothing was deleted, or, where the store is on another machine and went away meanwhile, the rest is when it is back.
 */
export interface AccountDrops {
  drop(request: DropRequest): Promise<DropOutcome>;
  /** Brings back what the latest drop of the account took. */
  restore(request: RestoreRequest): Promise<RestoreOutcome>;
  /** Gives up the copies of drops that were asked for before an instant. Their records stay. */
  trim(before: number): Promise<void>;
  /** All drops, oldest first. */
  records(): Promise<readonly DropRecord[]>;
  /** All accounts that were brought back, oldest first. */
  restores(): Promise<readonly RestoreRecord[]>;
}
