import type { AnyBulkWriteOperation, Document } from 'mongodb';
import type { AccountDocument } from '../../domain/account-document.ts';
import { LAST_DAY } from '../../domain/day.ts';
import { decodeQifi } from '../../domain/qifi.ts';
import { encodeMark, encodeQifi } from '../../domain/qifi-encoding.ts';
import type { AccountWriter } from '../accounts.ts';
import { hasCollection } from './collection-facts.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { ACCOUNT, collectionOf, HISTORY, MARKS, type QifiCollection, REALTIME_HISTORY } from './qifi-collections.ts';
import { DocumentsByDay, RunningStates, supersedes } from './qifi-plan.ts';
import { QifiReader } from './qifi-reader.ts';
import { StatesByDay } from './states-by-day.ts';
import { identify, isLater, ROW_FIELDS, type RowIdentity, type RowReading } from './stored-rows.ts';
import { filtersOf, fromDay, onDay } from './trading-day-filters.ts';

/** All that Deskgraph writes of an account, and so all that it replaces. */
const WRITTEN_FIELDS: Document = {
  ...ROW_FIELDS,
  ...{ accounts: 1, portfolio: 1, broker_name: 1, status: 1, positions: 1, trades: 1, orders: 1 },
};

/** As QUANTAXIS makes it in its own database, and without which each document would be searched for in all others. */
const ACCOUNT_AND_DAY = { account_cookie: 1, trading_day: 1 } as const;
const DAY_FIELDS = Object.keys(ACCOUNT_AND_DAY);
const ACCOUNT_AND_TIME = { account_cookie: 1, updatetime: 1 } as const;

/** In one command; FerretDB with SQLite never answers one with 100. */
const UPDATED_AT_ONCE = 50;

export interface MongoAccountWriterOptions {
  readonly deployment: MongoDeployment;
  /** Called when something was written. */
  readonly onWritten: () => void;
}

/**
 * Writes documents where QUANTAXIS keeps its own, each whole or not at all: what else a stored document holds, its
 * password for one, stays as it is. A running account has its latest state in `QAREALTIME.account`; states of earlier
 * days go to `QAREALTIME.history`, balances with a time to `hisaccount`. A collection that was not there is made with
 * an index; one that was gets none.
 */
export class MongoAccountWriter implements AccountWriter {
  readonly #deployment: MongoDeployment;
  readonly #reader: QifiReader;
  readonly #onWritten: () => void;
  #isPrepared = false;

  constructor({ deployment, onWritten }: MongoAccountWriterOptions) {
    this.#deployment = deployment;
    this.#reader = new QifiReader(deployment);
    this.#onWritten = onWritten;
  }

  async writeDocuments(documents: readonly AccountDocument[]): Promise<void> {
    if (documents.length === 0) return;
    await this.#prepare();
    const { HISTORY: settled = [], REALTIME: running = [] } = Object.groupBy(
      documents,
      ({ snapshot }) => snapshot.source,
    );
    const history = new DocumentsByDay();
    for (const document of settled) history.add(document);
    await this.#writeDays(HISTORY, history.all());
    await this.#writeRunning(running);
    this.#onWritten();
  }

  async #writeRunning(documents: readonly AccountDocument[]): Promise<void> {
    if (documents.length === 0) return;
    await this.#writeMarks(documents);
    const stored = await this.#runningStates([...new Set(documents.map(({ snapshot }) => snapshot.accountCookie))]);
    const states = new RunningStates([...stored.values()].flatMap(({ decoded }) => decoded ?? []));
    for (const document of documents) states.add(document);
    // What a later state settles is written before that takes its place.
    await this.#writeDays(REALTIME_HISTORY, states.settled.all());
    const writes = states.changed().map((document) => {
      const id = stored.get(document.snapshot.accountCookie)?.row.id;
      return id === undefined ? insertion(document) : replacement(id, document);
    });
    await this.#write(ACCOUNT, writes);
  }

  /** The latest of those that an account has; the Python writer makes another one for another password. */
  async #runningStates(names: readonly string[]) {
    const reading = this.#readingOf(ACCOUNT, 'REALTIME');
    const latest = new Map<string, { row: RowIdentity; decoded: AccountDocument | undefined }>();
    const query = { from: ACCOUNT, filter: { account_cookie: { $in: names } }, projection: WRITTEN_FIELDS };
    await this.#reader.visit(query, (document) => {
      const row = identify(document, reading);
      const other = row && latest.get(row.owner.accountCookie);
      if (row === undefined || (other !== undefined && !isLater(row, other.row))) return;
      const decoded = decodeQifi(document, 'REALTIME');
      latest.set(row.owner.accountCookie, { row, decoded: decoded.kind === 'DECODED' ? decoded.document : undefined });
    });
    return latest;
  }

  /** Upserts by account and day, in whichever way the stored documents say their days. */
  async #writeDays(into: QifiCollection, documents: readonly AccountDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const stored = await this.#storedDays(into, documents);
    const writes = documents.flatMap((document) => {
      const { accountCookie, tradingDay } = document.snapshot;
      const row = stored.on(accountCookie, tradingDay);
      if (row !== undefined && !supersedes(document, row)) return [];
      // Its day stays as its writer says it: a second row of the day may say it as we do, and a unique index allows one.
      return [row === undefined ? insertion(document) : replacement(row.id, document, DAY_FIELDS)];
    });
    await this.#write(into, writes);
  }

  async #storedDays(from: QifiCollection, documents: readonly AccountDocument[]): Promise<StatesByDay<RowIdentity>> {
    const stored = new StatesByDay<RowIdentity>();
    const reading = this.#readingOf(from, 'HISTORY');
    const ofNone = documents.filter(({ snapshot }) => snapshot.tradingDay === null).map(nameOf);
    const filters = [
      ...filtersOfDays(documents),
      ...(ofNone.length === 0 ? [] : [{ account_cookie: { $in: ofNone }, trading_day: null }]),
    ];
    for (const filter of filters) {
      await this.#reader.visit({ from, filter, projection: ROW_FIELDS }, (document) => {
        const row = identify(document, reading);
        if (row !== undefined) stored.add(row, row);
      });
    }
    return stored;
  }

  async #writeMarks(documents: readonly AccountDocument[]): Promise<void> {
    const marks = new Map<string, Document>();
    for (const { snapshot } of documents) {
      const { accountCookie, updatedAt: at, balance } = snapshot;
      if (at === null || balance === null) continue;
      const mark = encodeMark(accountCookie, { at, balance });
      marks.set(keyOfMark(mark), mark);
    }
    const all = [...marks.values()];
    const among = (name: string): Document => ({ $in: [...new Set(all.map((mark) => mark[name]))] });
    const filter = { account_cookie: among('account_cookie'), updatetime: among('updatetime') };
    const stored = new Map<string, unknown>();
    await this.#reader.visit({ from: MARKS, filter, projection: ACCOUNT_AND_TIME }, (document) => {
      stored.set(keyOfMark(document), document._id);
    });
    const writes = [...marks].map(
      ([key, mark]): AnyBulkWriteOperation =>
        stored.has(key)
          ? { updateOne: { filter: byId(stored.get(key)), update: { $set: mark } } }
          : { insertOne: { document: mark } },
    );
    await this.#write(MARKS, writes);
  }

  async #write(into: QifiCollection, writes: AnyBulkWriteOperation[]): Promise<void> {
    const inserts = writes.filter((write) => 'insertOne' in write);
    const updates = writes.filter((write) => 'updateOne' in write);
    const parts: AnyBulkWriteOperation[][] = inserts.length === 0 ? [] : [inserts];
    for (let at = 0; at < updates.length; at += UPDATED_AT_ONCE) parts.push(updates.slice(at, at + UPDATED_AT_ONCE));
    for (const part of parts) {
      await this.#deployment.reach((client) =>
        // Each stands for itself and may be done again.
        collectionOf(client, this.#deployment, into).bulkWrite(part, { ordered: false }),
      );
    }
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.#deployment.reach(async (client) => {
      for (const [each, index, unique] of [
        [HISTORY, ACCOUNT_AND_DAY, true],
        [REALTIME_HISTORY, ACCOUNT_AND_DAY, false],
        [ACCOUNT, ACCOUNT_AND_DAY, false],
        [MARKS, ACCOUNT_AND_TIME, false],
      ] as const) {
        const collection = collectionOf(client, this.#deployment, each);
        const database = client.db(this.#deployment.names[each.database]);
        if (!(await hasCollection(database, each.name))) await collection.createIndex(index, { unique });
      }
    });
    this.#isPrepared = true;
  }

  #readingOf(from: QifiCollection, source: 'HISTORY' | 'REALTIME'): RowReading {
    return { source, from, rank: 0, names: this.#deployment.names, report: undefined };
  }
}

/** Where the documents' days are stored already: by day, or by account from its first day on, whichever is less to ask. */
function filtersOfDays(documents: readonly AccountDocument[]): Document[] {
  const days = documents.flatMap((document) => {
    const day = document.snapshot.tradingDay;
    return day === null ? [] : [{ name: nameOf(document), day }];
  });
  const byDay = Map.groupBy(days, ({ day }) => day);
  const byName = Map.groupBy(days, ({ name }) => name);
  if (byDay.size < byName.size) {
    return filtersOf(
      [...byDay].map(([day, all]) => ({ names: all.map(({ name }) => name), day })),
      onDay,
    );
  }
  return filtersOf(
    [...byName].map(([name, all]) => ({
      names: [name],
      day: all.reduce((first, { day }) => Math.min(first, day), LAST_DAY),
    })),
    fromDay,
  );
}

function nameOf({ snapshot }: AccountDocument): string {
  return snapshot.accountCookie;
}

function byId(id: unknown): Document {
  return { _id: id };
}

function keyOfMark({ account_cookie, updatetime }: Document): string {
  return `${updatetime} ${account_cookie}`;
}

/** Not an upsert: without an index a deployment looks through the whole collection for each of those. */
function insertion(document: AccountDocument): AnyBulkWriteOperation {
  const said = Object.entries(encodeQifi(document)).filter(([, value]) => value !== undefined);
  return { insertOne: { document: Object.fromEntries(said) } };
}

/**
 * Sets what the document says and takes away what it does not say; everything else in the stored one stays, and so do
 * the fields that are `kept`.
 */
function replacement(id: unknown, document: AccountDocument, kept: readonly string[] = []): AnyBulkWriteOperation {
  const encoded = Object.entries(encodeQifi(document)).filter(([name]) => !kept.includes(name));
  const said = encoded.filter(([, value]) => value !== undefined);
  const unsaid = encoded.filter(([, value]) => value === undefined).map(([name]) => [name, 1] as const);
  const update: Document = { $set: Object.fromEntries(said) };
  if (unsaid.length > 0) update.$unset = Object.fromEntries(unsaid);
  return { updateOne: { filter: byId(id), update } };
}
