import { expect } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from './deskgraph.ts';
import { type MongoDatabases, type MongoServer, mongoDatabases } from './mongo.ts';
import { createAdvisedIndexes, type QuantaxisCollections, quantaxisCollections } from './quantaxis-database.ts';

/** A whole server on databases of its own. */
export interface QuantaxisDesk extends AsyncDisposable {
  readonly desk: TestDeskgraph;
  readonly databases: MongoDatabases;
  readonly collections: QuantaxisCollections;
  /** The answer of a document that has to be answered without an error. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape the document decides
  data(query: string, variables?: object): Promise<any>;
}

export interface QuantaxisDeskOptions {
  readonly fill?: (collections: QuantaxisCollections) => Promise<void>;
  /** Where Deskgraph finds the server: a proxy in front of it, say. */
  readonly url?: string;
}

export async function openQuantaxis(
  server: MongoServer,
  { fill, url = server.url }: QuantaxisDeskOptions = {},
): Promise<QuantaxisDesk> {
  const databases = await mongoDatabases(server);
  const collections = quantaxisCollections(databases);
  await createAdvisedIndexes(collections);
  await fill?.(collections);
  const desk = await startDeskgraph({ environment: environmentOf(databases, url) });
  return {
    desk,
    databases,
    collections,
    data: async (query, variables) => {
      const { data, errors } = await desk.ask(query, variables);
      expect(errors).toEqual([]);
      return data;
    },
    [Symbol.asyncDispose]: async () => {
      await desk.close();
      await databases[Symbol.asyncDispose]();
    },
  };
}

export function environmentOf({ names }: MongoDatabases, url: string): Record<string, string> {
  return {
    MONGO_URL: url,
    QUANTAXIS_DATABASE: names.quantaxis,
    QAREALTIME_DATABASE: names.realtime,
    MONGO_DATABASE: names.own,
  };
}
