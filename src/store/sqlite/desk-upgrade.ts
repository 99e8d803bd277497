import type { DatabaseSync } from 'node:sqlite';
import { CREATE_CONTRACT_TABLES, CREATE_ORDER_TABLES } from './desk-tables.ts';
import type { TablesUpgrade } from './open-database.ts';

/** The ways to the present version. */
export const DESK_UPGRADES: readonly TablesUpgrade[] = [
  { from: 1, run: renewOrderTables },
  { from: 2, run: addContractTables },
];

/**
 * Brings the tables of version 1 to version 2. The runs stay. Nothing recorded orders at that version, so that
 * their tables are made anew; fails with an Error when there is something in them all the same.
 */
function renewOrderTables(database: DatabaseSync): void {
  const found = database.prepare(`
    SELECT EXISTS (SELECT 1 FROM order_stream) OR EXISTS (SELECT 1 FROM order_event) AS has_events`);
  if (found.get()?.has_events !== 0)
    throw new Error('it has version 1 and order events, which cannot be read any more');
  database.exec(`DROP TABLE order_event; DROP TABLE order_stream; ${CREATE_ORDER_TABLES}`);
}

/** Version 2 knew no contracts. */
function addContractTables(database: DatabaseSync): void {
  database.exec(CREATE_CONTRACT_TABLES);
}
