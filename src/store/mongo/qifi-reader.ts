import type { Abortable, AggregateOptions, Document, FindOptions } from 'mongodb';
import type { AccountSource } from '../../domain/account.ts';
import type { DataReport } from '../../domain/data-faults.ts';
import { assertWanted } from '../account-reading.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { visitDocuments } from './paced-documents.ts';
import { collectionOf, type QifiCollection } from './qifi-collections.ts';
import type { RowReading } from './stored-rows.ts';

/** Which documents of a source are wanted, and which of their fields. */
export interface RowQuery {
  readonly source: AccountSource;
  /** The first of them stands for a day that several have. */
  readonly collections: readonly QifiCollection[];
  readonly filter: Document;
  readonly projection: Document;
  readonly report?: DataReport | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which documents of one collection are wanted. */
export interface CollectionQuery {
  readonly from: QifiCollection;
  readonly filter: Document;
  readonly projection: Document;
  /** Aborts when nobody waits for them any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface PipelineQuery {
  readonly from: QifiCollection;
  readonly pipeline: Document[];
  readonly signal?: AbortSignal | undefined;
}

/** One answer of the deployment has up to 16 MB: the fewer, the fewer commands. */
const MOST_IN_A_BATCH = 1_000_000;

/** Reads documents of accounts: one command a collection, however many accounts are asked for. */
export class QifiReader {
  readonly #deployment: MongoDeployment;

  constructor(deployment: MongoDeployment) {
    this.#deployment = deployment;
  }

  /**
   * Visits all states of the collections that satisfy the filter, while other work goes on in between. Fails with
   * UPSTREAM_UNAVAILABLE.
   */
  async visitStates(query: RowQuery, visit: (document: Document, reading: RowReading) => void): Promise<void> {
    const { source, collections, report, ...wanted } = query;
    const { names } = this.#deployment;
    const visits = collections.map((from, rank) => {
      const reading: RowReading = { source, from, rank, names, report };
      return this.visit({ ...wanted, from }, (document) => visit(document, reading));
    });
    await Promise.all(visits);
  }

  /** Visits the documents of one collection. Fails with UPSTREAM_UNAVAILABLE. */
  async visit(
    { from, filter, projection, signal }: CollectionQuery,
    visit: (document: Document) => void,
  ): Promise<void> {
    assertWanted(signal);
    const options: FindOptions & Abortable = {
      projection,
      batchSize: MOST_IN_A_BATCH,
      signal: this.#deployment.closing,
    };
    const { turns } = this.#deployment;
    await this.#deployment.read((client) =>
      visitDocuments(collectionOf(client, this.#deployment, from).find(filter, options), visit, { turns, signal }),
    );
  }

  /** Visits what a pipeline makes of the documents of one collection. Fails with UPSTREAM_UNAVAILABLE. */
  async aggregate({ from, pipeline, signal }: PipelineQuery, visit: (document: Document) => void): Promise<void> {
    const options: AggregateOptions & Abortable = { batchSize: MOST_IN_A_BATCH, signal: this.#deployment.closing };
    const { turns } = this.#deployment;
    await this.#deployment.read((client) =>
      visitDocuments(collectionOf(client, this.#deployment, from).aggregate(pipeline, options), visit, {
        turns,
        signal,
      }),
    );
  }
}
