import type { AccountComparisonStore } from '../account-comparisons.ts';
import type { ContractStore } from '../contracts.ts';
import type { OrderEventStore } from '../order-events.ts';
import type { OrderSubmissionStore } from '../order-submissions.ts';
import type { RunStore } from '../runs.ts';
import { CREATE_DESK_TABLES, DESK_TABLES_VERSION } from './desk-tables.ts';
import { DESK_UPGRADES } from './desk-upgrade.ts';
import { openDatabase } from './open-database.ts';
import { SqliteAccountComparisonStore } from './sqlite-account-comparison-store.ts';
import { SqliteContractStore } from './sqlite-contract-store.ts';
import { SqliteOrderEventStore } from './sqlite-order-event-store.ts';
import { SqliteOrderSubmissionStore } from './sqlite-order-submission-store.ts';
import { SqliteRunStore } from './sqlite-run-store.ts';

/** The desk's own records. */
export interface DeskStore {
  readonly runs: RunStore;
  readonly orderEvents: OrderEventStore;
  readonly orderSubmissions: OrderSubmissionStore;
  readonly accountComparisons: AccountComparisonStore;
  readonly contracts: ContractStore;
  close(): void;
}

export interface DeskStoreOptions {
  readonly path: string;
  /** A name for the counting of an account's order events; another one at each call, without a colon. */
  readonly newEpoch: () => string;
}

/**
 * Opens the embedded store of own records, or makes it. Every write waits for the disk: what was answered outlives a
 * power cut. Fails with an Error that says path and reason when the file cannot be opened, is no store of ours or is of
 * a version that cannot be brought to the present one.
 */
export function openDeskStore({ path, newEpoch }: DeskStoreOptions): DeskStore {
  const tables = { create: CREATE_DESK_TABLES, version: DESK_TABLES_VERSION, upgrades: DESK_UPGRADES };
  return openDatabase({ path, name: 'desk store', tables, synchronous: 'FULL' }, (database) => ({
    runs: new SqliteRunStore(database),
    orderEvents: new SqliteOrderEventStore(database, newEpoch),
    orderSubmissions: new SqliteOrderSubmissionStore(database),
    accountComparisons: new SqliteAccountComparisonStore(database),
    contracts: new SqliteContractStore(database),
    close: () => {
      if (database.isOpen) database.close();
    },
  }));
}
