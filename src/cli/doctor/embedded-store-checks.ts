import { existsSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { DESK_TABLES_VERSION } from '../../store/sqlite/desk-tables.ts';
import { accountStorePath, deskStorePath } from '../../store/sqlite/paths.ts';
import { type RowCount, readStoreFacts } from '../../store/sqlite/store-facts.ts';
import { TABLES_VERSION } from '../../store/sqlite/tables.ts';
import { type Finding, fault, note, ok } from './finding.ts';

/** The accounts of the data folder. */
export function checkAccountStore(config: Config): Finding {
  const path = accountStorePath(config.dataFolder);
  const isThere = existsSync(path);
  if (config.mongo !== undefined) {
    return isThere ? note(`${path} is not read, since MONGO_URL is set`) : ok('none, since MONGO_URL is set');
  }
  if (config.demo === 'ON') return note('simulated data, since DEMO is 1');
  if (!isThere)
    return config.demo === 'AUTO' ? ok('none yet: simulated data is served') : note('none yet, and no accounts');
  return checkStore({ path, version: TABLES_VERSION, tables: ['account', 'account_day', 'trade', 'account_order'] });
}

/** Runs, orders and what else the desk itself keeps in the data folder. */
export function checkOwnRecords({ dataFolder }: Config): Finding {
  const path = deskStorePath(dataFolder);
  if (!existsSync(path)) return ok('none yet');
  return checkStore({ path, version: DESK_TABLES_VERSION, tables: ['run', 'order_event'] });
}

/** Every store of ours since then is brought to the present version when it is opened. */
const OLDEST_VERSION = 1;

interface WantedStore {
  readonly path: string;
  readonly version: number;
  readonly tables: readonly string[];
}

const WORDS_FOR: Readonly<Record<string, string>> = {
  account: 'accounts',
  account_day: 'states of days',
  trade: 'fills',
  account_order: 'orders',
  run: 'runs',
  order_event: 'order events',
};

function checkStore({ path, version: wanted, tables }: WantedStore): Finding {
  try {
    const { version, bytes, rows } = readStoreFacts(path, tables);
    const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
    const text = `${path}, version ${version}, ${size}, ${rows.map(describeCount).join(', ')}`;
    if (version === wanted) return ok(text);
    return version >= OLDEST_VERSION && version < wanted
      ? note(`${text}; the next start brings it to version ${wanted}`)
      : fault(`${text}; wanted version ${wanted}`);
  } catch (error) {
    return fault(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function describeCount({ table, count, isMore }: RowCount): string {
  return `${WORDS_FOR[table] ?? table} ${isMore ? 'more than ' : ''}${count}`;
}
