import type { Collection, Document, MongoClient } from 'mongodb';
import type { DatabaseNames, MongoDeployment } from './mongo-deployment.ts';

/** A collection of QUANTAXIS that holds accounts. */
export interface QifiCollection {
  readonly database: Exclude<keyof DatabaseNames, 'own'>;
  readonly name: string;
}

/** One document per account and settled day of a backtest, or of what Deskgraph imported. */
export const HISTORY: QifiCollection = { database: 'quantaxis', name: 'history' };
/** One document per running account, overwritten whenever it changes. */
export const ACCOUNT: QifiCollection = { database: 'realtime', name: 'account' };
/** One document per account and settled day of a broker account. */
export const REALTIME_HISTORY: QifiCollection = { database: 'realtime', name: 'history' };
/** One balance of a running account whenever it changed. */
export const MARKS: QifiCollection = { database: 'realtime', name: 'hisaccount' };

export const QIFI_COLLECTIONS = [HISTORY, ACCOUNT, REALTIME_HISTORY, MARKS] as const;

/** Where the states of days lie, by the source that they are read as; of two for one day the earlier named is taken. */
export const DAY_COLLECTIONS = {
  HISTORY: [HISTORY, REALTIME_HISTORY],
  REALTIME: [ACCOUNT, REALTIME_HISTORY],
} as const;

export function collectionOf(
  client: MongoClient,
  { names }: MongoDeployment,
  { database, name }: QifiCollection,
): Collection<Document> {
  return client.db(names[database]).collection(name);
}
