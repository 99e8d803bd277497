import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ContractTerms } from '../../domain/contract.ts';
import { inCodeUnits } from '../../domain/text-order.ts';
import type { ContractListKey, ContractStore, StoredContracts } from '../contracts.ts';
import { type Row, toNumber, toText } from './column-values.ts';
import { inTransaction } from './open-database.ts';
import { reach } from './reach.ts';

export class SqliteContractStore implements ContractStore {
  readonly #database: DatabaseSync;
  readonly #readList: StatementSync;
  readonly #readContracts: StatementSync;
  readonly #writeList: StatementSync;
  readonly #deleteContracts: StatementSync;
  readonly #writeContract: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#readList = database.prepare('SELECT stored_at FROM contract_list WHERE venue = ? AND gateway = ?');
    this.#readContracts = database.prepare('SELECT * FROM contract WHERE venue = ? AND gateway = ?');
    this.#writeList = database.prepare(`
      INSERT INTO contract_list VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET stored_at = excluded.stored_at`);
    this.#deleteContracts = database.prepare('DELETE FROM contract WHERE venue = ? AND gateway = ?');
    this.#writeContract = database.prepare('INSERT INTO contract VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  async contracts({ venue, gateway }: ContractListKey): Promise<StoredContracts | undefined> {
    return reach(() =>
      inTransaction(this.#database, 'DEFERRED', () => {
        const list = this.#readList.get(venue, gateway);
        if (list === undefined) return undefined;
        const contracts = this.#readContracts.all(venue, gateway).map(toTerms);
        // Not in SQL, whose order of texts is another.
        contracts.sort((left, right) => inCodeUnits(left.symbol, right.symbol));
        return { contracts, storedAt: Number(list.stored_at) };
      }),
    );
  }

  async replaceContracts({ venue, gateway }: ContractListKey, stored: StoredContracts): Promise<void> {
    reach(() =>
      inTransaction(this.#database, 'IMMEDIATE', () => {
        this.#deleteContracts.run(venue, gateway);
        for (const each of stored.contracts) this.#writeContract.run(venue, gateway, ...columnsOf(each));
        this.#writeList.run(venue, gateway, stored.storedAt);
      }),
    );
  }
}

/** In the order of the table's columns behind those of the key. */
function columnsOf(terms: ContractTerms) {
  const { symbol, base, quote, kind, tickSize, lotSize, contractSize, expiresAt, listed } = terms;
  return [symbol, base, quote, kind, tickSize, lotSize, contractSize, expiresAt, listed ? 1 : 0] as const;
}

function toTerms(row: Row): ContractTerms {
  return {
    symbol: String(row.symbol),
    base: toText(row.base),
    quote: toText(row.quote),
    kind: toText(row.kind),
    tickSize: toText(row.tick_size),
    lotSize: toText(row.lot_size),
    contractSize: toText(row.contract_size),
    expiresAt: toNumber(row.expires_at),
    listed: row.is_listed === 1,
  };
}
