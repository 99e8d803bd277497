import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { VenueBan, VenueBanStore } from '../venue-bans.ts';
import { openDatabase } from './open-database.ts';
import { reach } from './reach.ts';

const NAME = 'store of bans';

const CREATE_BAN_TABLES = `
CREATE TABLE venue_ban (
  address TEXT NOT NULL PRIMARY KEY,
  banned_from INTEGER NOT NULL,
  banned_until INTEGER NOT NULL,
  reason TEXT NOT NULL
) WITHOUT ROWID;
`;

export interface OpenVenueBanStore extends VenueBanStore {
  close(): void;
}

/**
 * Opens the store of bans, or makes it. A file apart from the desk's own records: whoever is banned may delete it, once
 * the venue says that it is over. Fails as openDatabase does.
 */
export function openVenueBanStore({ path }: { readonly path: string }): OpenVenueBanStore {
  const tables = { create: CREATE_BAN_TABLES, version: 1 };
  return openDatabase({ path, name: NAME, tables, synchronous: 'FULL' }, (database) => {
    return new SqliteVenueBanStore(database);
  });
}

class SqliteVenueBanStore implements OpenVenueBanStore {
  readonly #database: DatabaseSync;
  readonly #all: StatementSync;
  readonly #keep: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#all = database.prepare('SELECT * FROM venue_ban ORDER BY address');
    this.#keep = database.prepare('INSERT OR REPLACE INTO venue_ban VALUES (?, ?, ?, ?)');
  }

  async bans(): Promise<readonly VenueBan[]> {
    return reach(() => this.#all.all(), NAME).map(({ address, banned_from, banned_until, reason }) => ({
      address: String(address),
      from: Number(banned_from),
      until: Number(banned_until),
      reason: String(reason),
    }));
  }

  async keepBan({ address, from, until, reason }: VenueBan): Promise<void> {
    reach(() => this.#keep.run(address, from, until, reason), NAME);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
