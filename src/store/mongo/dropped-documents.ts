import type { Collection, Document, FindOptions, MongoClient } from 'mongodb';
import type { AccountSource } from '../../domain/account.ts';
import { CodedError } from '../../domain/errors.ts';
import type { DropOutcome } from '../account-drops.ts';
import type { AccountKey } from '../accounts.ts';
import { hasCollection } from './collection-facts.ts';
import { DocumentCopier } from './document-copier.ts';
import type { Tenure } from './drop-lease.ts';
import { DURABLE } from './durable-commands.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { ACCOUNT, collectionOf, HISTORY, MARKS, type QifiCollection, REALTIME_HISTORY } from './qifi-collections.ts';

/** With what documents are moved: a connection, and the right to. */
export interface DropSession {
  readonly client: MongoClient;
  readonly tenure: Tenure;
}

/** Accounts of a drop. */
export interface DropKeys {
  readonly _id: number;
  readonly source: AccountSource;
  readonly names: readonly string[];
}

export interface DocumentCount {
  /** One for each account and day. */
  readonly states: number;
  /** States and marks. */
  readonly all: number;
}

interface Origin {
  readonly collection: QifiCollection;
  readonly areStates: boolean;
  /** How many documents are copied at once: a mark has half a kilobyte, a state up to some megabytes. */
  readonly atOnce: number;
}

const ORIGINS: Readonly<Record<AccountSource, readonly Origin[]>> = {
  HISTORY: [
    { collection: HISTORY, areStates: true, atOnce: 50 },
    { collection: REALTIME_HISTORY, areStates: true, atOnce: 50 },
  ],
  REALTIME: [
    { collection: ACCOUNT, areStates: true, atOnce: 50 },
    { collection: MARKS, areStates: false, atOnce: 1000 },
  ],
};

const DELETED_AT_ONCE = 1000;

/** Ids keep their types. */
const IDS: FindOptions = {
  ...DURABLE,
  projection: { _id: 1, account_cookie: 1 },
  batchSize: 1000,
  promoteValues: false,
  promoteLongs: false,
  useBigInt64: false,
};

/**
 * Moves the documents of accounts between the collections of QUANTAXIS and those of their copies, of which each drop has
 * its own in Deskgraph's database: there they are as they were. Of all documents only the ids come here. Each method may
 * be called again for what was done in part; all fail as the driver does, or with UPSTREAM_UNAVAILABLE.
 */
export class DroppedDocuments {
  readonly #deployment: MongoDeployment;
  readonly #copier = new DocumentCopier();

  constructor(deployment: MongoDeployment) {
    this.#deployment = deployment;
  }

  /** Those whose `account_cookie` is the name, as a text and as a whole. */
  async count(client: MongoClient, { source, accountCookie }: AccountKey): Promise<DocumentCount> {
    let [states, all] = [0, 0];
    for (const { collection, areStates } of ORIGINS[source]) {
      for await (const _found of idsOf(this.#original(client, collection), [accountCookie])) {
        all += 1;
        if (areStates) states += 1;
      }
    }
    return { states, all };
  }

  /** Copies all documents of the accounts. What it answers is not deleted yet, but may be. */
  async copy({ client, tenure }: DropSession, { _id, source, names }: DropKeys): Promise<DropOutcome> {
    const found = new Set<string>();
    let documents = 0;
    for (const { collection, areStates, atOnce } of ORIGINS[source]) {
      const [from, into] = [this.#original(client, collection), this.#copies(client, _id, collection)];
      let listed = 0;
      for await (const some of inParts(idsOf(from, names), atOnce)) {
        await tenure.assure();
        await this.#copier.copy(client, { from, into, filter: withIds(some, names) });
        for (const { account_cookie } of some) found.add(account_cookie);
        listed += some.length;
      }
      if (areStates) documents += listed;
      if (listed === 0) continue;
      const copied = await into.countDocuments({}, DURABLE);
      if (copied !== listed)
        throw new CodedError('UPSTREAM_UNAVAILABLE', 'the accounts changed while they were copied');
      // Who may not delete here is to learn of it now, while it can be undone.
      await from.deleteMany(withIds([], names), DURABLE);
    }
    return { dropped: names.filter((name) => found.has(name)), documents };
  }

  /** Deletes the documents that have a copy. */
  async deleteCopied({ client, tenure }: DropSession, { _id, source, names }: DropKeys): Promise<void> {
    for (const { collection } of ORIGINS[source]) {
      const [from, copies] = [this.#original(client, collection), this.#copies(client, _id, collection)];
      for await (const some of inParts(idsOf(copies, names), DELETED_AT_ONCE)) {
        await tenure.assure();
        await from.deleteMany(withIds(some, names), DURABLE);
      }
    }
  }

  /** Brings back what a drop took of one account; a document that is there already stays as it is. */
  async bringBack({ client, tenure }: DropSession, { _id, source, names }: DropKeys): Promise<void> {
    for (const { collection, atOnce } of ORIGINS[source]) {
      const [from, into] = [this.#copies(client, _id, collection), this.#original(client, collection)];
      for await (const some of inParts(idsOf(from, names), atOnce)) {
        await tenure.assure();
        await this.#copier.copy(client, { from, into, filter: withIds(some, names) });
      }
    }
  }

  /** Removes the copies of a drop. */
  async removeCopies({ client, tenure }: DropSession, { _id, source }: Omit<DropKeys, 'names'>): Promise<void> {
    for (const { collection } of ORIGINS[source]) {
      const copies = this.#copies(client, _id, collection);
      const database = client.db(this.#deployment.names.own);
      if (!(await hasCollection(database, copies.collectionName))) continue;
      await tenure.assure();
      await copies.drop(DURABLE);
    }
  }

  #original(client: MongoClient, collection: QifiCollection): Collection<Document> {
    return collectionOf(client, this.#deployment, collection);
  }

  #copies(client: MongoClient, drop: number, { database, name }: QifiCollection): Collection<Document> {
    return client.db(this.#deployment.names.own).collection(`dropped_${drop}_${database}_${name}`);
  }
}

interface OwnedId {
  readonly _id: unknown;
  readonly account_cookie: string;
}

async function* idsOf(from: Collection<Document>, names: readonly string[]): AsyncGenerator<OwnedId, void> {
  const wanted = new Set<unknown>(names);
  for await (const { _id, account_cookie } of from.find({ account_cookie: { $in: names } }, IDS)) {
    // A list that has the name in it matches, too.
    if (wanted.has(account_cookie)) yield { _id, account_cookie };
  }
}

function withIds(some: readonly OwnedId[], names: readonly string[]): Document {
  return { _id: { $in: some.map(({ _id }) => _id) }, account_cookie: { $in: names } };
}

async function* inParts<Item>(items: AsyncIterable<Item>, length: number): AsyncGenerator<Item[], void> {
  let part: Item[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < length) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
