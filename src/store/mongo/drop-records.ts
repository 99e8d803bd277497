import type { Collection, Filter, MongoClient } from 'mongodb';
import type { AccountSource } from '../../domain/account.ts';
import { CodedError } from '../../domain/errors.ts';
import type { DropOutcome, DropRecord, DropRequest, RestoreRecord } from '../account-drops.ts';
import type { AccountKey } from '../accounts.ts';
import { DURABLE } from './durable-commands.ts';

/** An account that is to be brought back. */
export interface Restoring {
  /** Number of the drop whose copy it is. */
  readonly drop: number;
  readonly accountCookie: string;
  readonly requestedBy: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
}

/** An account that was brought back. */
interface Restored extends Restoring {
  readonly droppedAt: number;
  readonly documents: number;
}

/** A drop on record. Numbers rise, and none is given up. */
export interface StoredDrop {
  readonly _id: number;
  readonly requestedBy: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly source: AccountSource;
  /** JSON: a name that is no text of Unicode would be stored as another one. */
  readonly accountCookies: string;
  /** COPIED: all copies are there, and some of the documents may be deleted. From then on it is finished, never undone. */
  readonly state: 'REQUESTED' | 'COPIED' | 'DROPPED' | 'UNDONE';
  /** Accounts that were copied. */
  readonly dropped: readonly string[];
  /** States that were copied. */
  readonly documents: number;
  /** GIVEN_UP: none of them counts, though some may be left. */
  readonly copies: 'KEPT' | 'GIVEN_UP' | 'REMOVED';
  /** What is to be brought back once this is DROPPED, and was not finished; null: nothing. */
  readonly restoring: Restoring | null;
  /** What was brought back and had been noted here. */
  readonly restored: readonly Restored[];
}

const NOTHING: DropOutcome = { dropped: [], documents: 0 };

/** The records of all drops of a deployment, in Deskgraph's own database. Whoever writes them has the lease. */
export class DropRecords {
  readonly #database: string;

  /** `database`: the name of that database. */
  constructor(database: string) {
    this.#database = database;
  }

  /** Puts on record what is asked for; answers its number. */
  async add(client: MongoClient, request: DropRequest, restoring: Restoring | null): Promise<number> {
    const [latest] = await this.#find(client, {}).sort({ _id: -1 }).limit(1).toArray();
    const { accountCookies, ...rest } = request;
    const record: StoredDrop = {
      _id: (latest?._id ?? 0) + 1,
      ...rest,
      accountCookies: JSON.stringify(accountCookies),
      state: 'REQUESTED',
      ...NOTHING,
      copies: 'KEPT',
      restoring,
      restored: [],
    };
    await this.#records(client).insertOne(record, DURABLE);
    return record._id;
  }

  /** Fails with UPSTREAM_UNAVAILABLE when the record says something else than it should, so that another process has it. */
  async change(
    client: MongoClient,
    record: { readonly _id: number; readonly state: StoredDrop['state'] },
    changes: Partial<StoredDrop>,
  ): Promise<void> {
    const { matchedCount } = await this.#records(client).updateOne(
      { _id: record._id, state: record.state },
      { $set: changes },
      DURABLE,
    );
    if (matchedCount === 0) throw new CodedError('UPSTREAM_UNAVAILABLE', 'another process has taken over the drop');
  }

  /** The account of a drop's `restoring` is back. One write, so that it is on record exactly when it was done. */
  async restored(client: MongoClient, record: Pick<StoredDrop, '_id'>, restored: Restored): Promise<void> {
    const update = { $set: { restoring: null }, $push: { restored } };
    await this.#records(client).updateOne({ _id: record._id, restoring: { $ne: null } }, update, DURABLE);
  }

  /** All accounts that were brought back, oldest first. */
  async restores(client: MongoClient): Promise<readonly RestoreRecord[]> {
    const records = await this.#find(client, { 'restored.0': { $exists: true } }).toArray();
    return records
      .flatMap(({ source, restored }) => restored.map(({ drop: _, ...rest }) => ({ source, ...rest })))
      .sort((one, other) => one.requestedAt - other.requestedAt);
  }

  /** Oldest first. */
  async all(client: MongoClient): Promise<readonly DropRecord[]> {
    return (await this.#find(client, {}).sort({ _id: 1 }).toArray()).map(toRecord);
  }

  /** Those of which something is left to do, oldest first. */
  unfinished(client: MongoClient): Promise<readonly StoredDrop[]> {
    const halves: Filter<StoredDrop>[] = [{ state: { $in: ['REQUESTED', 'COPIED'] } }, { restoring: { $ne: null } }];
    return this.#find(client, { $or: halves }).sort({ _id: 1 }).toArray();
  }

  /** The latest drop of an account whose copies are kept. */
  async latestCopy(client: MongoClient, { source, accountCookie }: AccountKey): Promise<StoredDrop | undefined> {
    const filter: Filter<StoredDrop> = { source, state: 'DROPPED', copies: 'KEPT', dropped: accountCookie };
    const [latest] = await this.#find(client, filter).sort({ _id: -1 }).limit(1).toArray();
    return latest;
  }

  /** No record is ever deleted by Deskgraph. Fails with UPSTREAM_UNAVAILABLE when somebody else did. */
  async get(client: MongoClient, _id: number): Promise<StoredDrop> {
    const record = await this.#records(client).findOne({ _id }, DURABLE);
    if (record === null) throw new CodedError('UPSTREAM_UNAVAILABLE', `the record of drop ${_id} is gone`);
    return record;
  }

  /** Those whose copies are not to be kept: the drops that were asked for before an instant, and what came to nothing. */
  outdated(client: MongoClient, before: number): Promise<readonly StoredDrop[]> {
    const old: Filter<StoredDrop> = { state: 'DROPPED', copies: 'KEPT', requestedAt: { $lt: before } };
    return this.#find(client, { $or: [old, { copies: 'GIVEN_UP' }] }).toArray();
  }

  #find(client: MongoClient, filter: Filter<StoredDrop>) {
    return this.#records(client).find(filter, DURABLE);
  }

  #records(client: MongoClient): Collection<StoredDrop> {
    return client.db(this.#database).collection('account_drops');
  }
}

function toRecord(stored: StoredDrop): DropRecord {
  const { requestedBy, requestedAt, source, state } = stored;
  const isUnderWay = state === 'COPIED';
  const { dropped, documents } = state === 'DROPPED' ? stored : NOTHING;
  const accountCookies = JSON.parse(stored.accountCookies) as string[]; // what `add` made
  return {
    requestedBy,
    requestedAt,
    source,
    accountCookies,
    state: isUnderWay ? 'REQUESTED' : state,
    dropped,
    documents,
  };
}
