import type { MongoClient } from 'mongodb';
import type { MongoDatabases } from '../support/mongo.ts';

/** All documents of QUANTAXIS and all copies of drops, byte by byte, by database and collection. */
export async function storedBytes({ client, names }: MongoDatabases): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const database of Object.values(names)) {
    for (const { name } of await client.db(database).listCollections({}, { nameOnly: true }).toArray()) {
      if (name.startsWith('account_drop')) continue;
      const documents = await bytesIn(client, database, name);
      if (documents.length > 0) found[`${database}.${name}`] = documents;
    }
  }
  return found;
}

/** The documents of one collection, one character a byte, in no order. */
async function bytesIn(client: MongoClient, database: string, name: string): Promise<string[]> {
  const documents = await client.db(database).collection(name).find<Uint8Array>({}, { raw: true }).toArray();
  return documents.map((bytes) => Buffer.from(bytes).toString('latin1')).sort();
}
