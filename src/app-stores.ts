import { existsSync, mkdirSync } from 'node:fs';
import { type AppBase, folderOf } from './app-base.ts';
import type { Config, MongoConfig } from './config.ts';
import { dayOfInstant, MS_PER_DAY } from './domain/day.ts';
import { discardOtherDemo, seedDemo } from './simulator/demo.ts';
import type { AccountDrops } from './store/account-drops.ts';
import type { AccountStore } from './store/accounts.ts';
import type { MarketDocuments } from './store/mongo/market-documents.ts';
import { accountStorePath } from './store/sqlite/paths.ts';
import { openSqliteAccountDrops } from './store/sqlite/sqlite-account-drops.ts';
import { openSqliteAccountStore } from './store/sqlite/sqlite-account-store.ts';

/** Until then an account that was dropped can be restored. */
const DROPPED_KEPT_MS = 7 * MS_PER_DAY;

export interface OpenAccounts {
  readonly kind: 'sqlite' | 'mongodb';
  readonly accountStore: AccountStore;
  readonly accountDrops: AccountDrops;
  /** What QUANTAXIS has collected of markets; undefined in the embedded store. */
  readonly marketDocuments: MarketDocuments | undefined;
}

/** Simulated as long as nobody has named or imported other accounts. */
export function isDemo({ demo, dataFolder }: Config): boolean {
  return demo === 'ON' || (demo === 'AUTO' && !existsSync(accountStorePath(dataFolder)));
}

/** Opens the accounts that the configuration names. A deployment of MongoDB may be away: it is reached when it is there. */
export async function openAccounts(base: AppBase): Promise<OpenAccounts> {
  const { mongo } = base.config;
  const accounts = mongo === undefined ? await openEmbedded(base) : await openMongo(base, mongo);
  const trim = (before: number): Promise<void> => accounts.accountDrops.trim(before);
  keepTrimmed(base, { what: 'copies of dropped accounts', keptMs: DROPPED_KEPT_MS, trim });
  return accounts;
}

export interface Trimmed {
  /** For the log. */
  readonly what: string;
  readonly keptMs: number;
  readonly trim: (before: number) => Promise<void>;
}

/** Gives up what is old now and once a day. What a store cannot do today it does tomorrow. */
export function keepTrimmed({ clock, logger, opened }: AppBase, { what, keptMs, trim }: Trimmed): void {
  let cancel = (): void => {};
  const trimNow = (): void => {
    trim(clock.now() - keptMs).catch((error: unknown) => logger.warn({ error }, `${what} could not be given up`));
    cancel = clock.after(MS_PER_DAY, trimNow);
  };
  opened.defer(() => cancel());
  trimNow();
}

async function openEmbedded(base: AppBase): Promise<OpenAccounts> {
  const { opened, startedAt, isDemo } = base;
  const folder = folderOf(base);
  if (isDemo) await discardOtherDemo({ folder, accountsPath: accountStorePath(folder) });
  mkdirSync(folder, { recursive: true });
  const store = openSqliteAccountStore({ path: accountStorePath(folder) });
  opened.defer(() => store.close());
  if (isDemo) {
    const throughDay = dayOfInstant(startedAt) - 1;
    await seedDemo({ folder, throughDay, writeDocuments: (documents) => store.writeDocuments(documents) });
  }
  const accountDrops = openSqliteAccountDrops({ path: accountStorePath(folder) });
  opened.defer(() => accountDrops.close());
  return { kind: 'sqlite', accountStore: store, accountDrops, marketDocuments: undefined };
}

/** Loaded only where it is used. */
async function openMongo({ clock, opened }: AppBase, { url, names }: MongoConfig): Promise<OpenAccounts> {
  const [{ MongoDeployment }, { MongoAccountStore }, { openMongoAccountDrops }, { createMarketDocuments }] =
    await Promise.all([
      import('./store/mongo/mongo-deployment.ts'),
      import('./store/mongo/mongo-account-store.ts'),
      import('./store/mongo/mongo-account-drops.ts'),
      import('./store/mongo/market-documents.ts'),
    ]);
  const deployment = new MongoDeployment({ url, names });
  opened.defer(() => deployment.close());
  const accountStore = new MongoAccountStore({ deployment, clock });
  const now = (): number => clock.now();
  const accountDrops = openMongoAccountDrops({ deployment, now, onWritten: () => accountStore.forgetListings() });
  opened.defer(() => accountDrops.close());
  return { kind: 'mongodb', accountStore, accountDrops, marketDocuments: createMarketDocuments(deployment) };
}
