import { createRequire } from 'node:module';
import type { Collection, Document, MongoClient } from 'mongodb';
import { DUPLICATE_KEY, DURABLE, refusalOf } from './durable-commands.ts';

/** Documents of one collection that are to be in another one, too. */
export interface CopyRequest {
  readonly from: Collection<Document>;
  readonly into: Collection<Document>;
  readonly filter: Document;
}

/** What a deployment answers that does not know `$merge`: MongoDB before 4.2, FerretDB 1, Amazon DocumentDB. */
const UNKNOWN_STAGE: readonly (number | undefined)[] = [40_324, 238, 304];

const MOST_BYTES_AT_ONCE = 8_000_000;

/** The part of the driver that sends documents which are encoded already. It has no public form. */
interface DriverCommands {
  readonly DocumentSequence: new (field: string) => { push(document: Document, bytes: Uint8Array): number };
}

/**
 * Copies documents as they are, byte for byte. Passwords are in them: where it can the deployment copies them itself,
 * elsewhere they pass through as bytes that nobody decodes.
 */
export class DocumentCopier {
  #canMerge = true;

  /** A document whose `_id` is there already stays as it is, so that all may be done again. Fails as the driver does. */
  async copy(client: MongoClient, request: CopyRequest): Promise<void> {
    if (!(await this.#merge(request))) await this.#passThrough(client, request);
  }

  /** Whether the deployment could do it. */
  async #merge({ from, into, filter }: CopyRequest): Promise<boolean> {
    if (!this.#canMerge) return false;
    const target = { db: into.dbName, coll: into.collectionName };
    // The one mode that inserts: the others update, `keepExisting` with the fields in the order of their names.
    const merge = { into: target, on: '_id', whenMatched: 'fail', whenNotMatched: 'insert' };
    try {
      await from.aggregate([{ $match: filter }, { $merge: merge }], DURABLE).toArray();
      return true;
    } catch (error) {
      this.#canMerge = !UNKNOWN_STAGE.includes(refusalOf(error));
      // It ends at a document that is there already; those behind it are to be copied nevertheless.
      if (this.#canMerge && refusalOf(error) !== DUPLICATE_KEY) throw error;
      return false;
    }
  }

  async #passThrough(client: MongoClient, { from, into, filter }: CopyRequest): Promise<void> {
    let documents: Uint8Array[] = [];
    let length = 0;
    for await (const bytes of from.find<Uint8Array>(filter, { ...DURABLE, raw: true })) {
      documents.push(bytes);
      length += bytes.length;
      if (length < MOST_BYTES_AT_ONCE) continue;
      await insertEncoded(client, into, documents);
      documents = [];
      length = 0;
    }
    if (documents.length > 0) await insertEncoded(client, into, documents);
  }
}

async function insertEncoded(client: MongoClient, into: Collection<Document>, encoded: readonly Uint8Array[]) {
  const require = createRequire(import.meta.url);
  const { DocumentSequence } = require('mongodb/lib/cmap/commands.js') as DriverCommands;
  const documents = new DocumentSequence('documents');
  for (const bytes of encoded) documents.push({}, bytes);
  const { writeConcern, maxTimeMS } = DURABLE;
  const { w, journal: j, wtimeoutMS: wtimeout } = writeConcern;
  const command = {
    insert: into.collectionName,
    documents,
    ordered: false,
    writeConcern: { w, j, wtimeout },
    maxTimeMS,
  };
  const { writeErrors = [] } = await client
    .db(into.dbName)
    .command(command, { readPreference: DURABLE.readPreference });
  const refused = (writeErrors as readonly Document[]).find(({ code }) => code !== DUPLICATE_KEY);
  if (refused === undefined) return;
  // What it says besides may repeat the document.
  const { MongoServerError } = await import('mongodb');
  throw new MongoServerError({ message: 'a document was refused', code: refused.code });
}
