import type { Collection, Db, Document } from 'mongodb';
import { withDeadline } from '../../async/deadline.ts';
import type { StoredIndex } from './helpful-indexes.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { collectionOf, type QifiCollection } from './qifi-collections.ts';

/** What is known of a collection without looking into its documents. */
export interface CollectionFacts {
  /** As its metadata say. */
  readonly documents: number;
  /** Distinct names; undefined when the deployment cannot count them soon. */
  readonly accounts: number | undefined;
}

/** Without an index on the name it takes all documents to count names. */
const COUNTED_WITHIN_MS = 2000;

/** Undefined when there is no such collection. Fails with UPSTREAM_UNAVAILABLE. */
export async function readCollectionFacts(
  deployment: MongoDeployment,
  from: QifiCollection,
): Promise<CollectionFacts | undefined> {
  return ofExisting(deployment, from, async (collection) => {
    const documents = await collection.estimatedDocumentCount();
    const names = await withDeadline(
      () => collection.distinct('account_cookie', {}, { maxTimeMS: COUNTED_WITHIN_MS }),
      { timeoutMs: COUNTED_WITHIN_MS, signal: deployment.closing },
    ).catch(() => undefined);
    return { documents, accounts: names?.length };
  });
}

/** Undefined when there is no such collection. Fails with UPSTREAM_UNAVAILABLE. */
export async function readIndexes(
  deployment: MongoDeployment,
  from: QifiCollection,
): Promise<readonly StoredIndex[] | undefined> {
  return ofExisting(deployment, from, (collection) => collection.indexes());
}

/** What `read` finds in a collection, undefined when there is none. Fails with UPSTREAM_UNAVAILABLE. */
export async function ofExisting<Found>(
  deployment: MongoDeployment,
  from: QifiCollection,
  read: (collection: Collection<Document>) => Promise<Found>,
): Promise<Found | undefined> {
  return deployment.reach(async (client) => {
    const database = client.db(deployment.names[from.database]);
    const isThere = await hasCollection(database, from.name);
    return isThere ? read(collectionOf(client, deployment, from)) : undefined;
  });
}

/** Whether there is a collection of this name. Fails as the driver does. */
export async function hasCollection(database: Db, wanted: string): Promise<boolean> {
  const listed = await database.listCollections({ name: wanted }, { nameOnly: true }).toArray();
  // Not every server heeds the filter.
  return listed.some(({ name }) => name === wanted);
}
