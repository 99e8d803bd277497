import type { Document } from 'mongodb';
import { CodedError } from '../../domain/errors.ts';
import type { MongoDeployment } from './mongo-deployment.ts';

/**
 * Documents of QUANTAXIS' market database in which a field has a value, of a date (YYYY-MM-DD) and later ones if given.
 */
export interface MarketDocumentsQuery {
  readonly collection: string;
  readonly field: string;
  readonly value: string;
  readonly fromDate: string | undefined;
}

export interface MarketDocuments {
  /**
   * In the order in which they were stored, or of an index that begins with the field. Fails with UPSTREAM_UNAVAILABLE,
   * or with the signal's reason.
   */
  find(query: MarketDocumentsQuery, signal: AbortSignal): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const READ_WITHIN_MS = 10_000;
/** The ten figures that daily bars of any kind consist of, and those of their events. */
const FIELDS: Document = Object.fromEntries(
  [
    ...['code', 'symbol', 'date', 'open', 'high', 'low', 'close', 'vol', 'volume', 'trade', 'amount'],
    ...['category', 'fenhong', 'songzhuangu', 'peigu', 'peigujia', 'suogu'],
  ].map((name) => [name, 1]),
);

/**
 * Reads what QUANTAXIS has collected; its collections of daily bars have an index on code (or symbol) and date_stamp.
 */
export function createMarketDocuments(deployment: MongoDeployment): MarketDocuments {
  return {
    async find({ collection, field, value, fromDate }, asked) {
      const filter = { [field]: value, ...(fromDate === undefined ? {} : { date: { $gte: fromDate } }) };
      const signal = AbortSignal.any([asked, deployment.closing]);
      const options = { projection: { ...FIELDS, _id: 0 }, maxTimeMS: READ_WITHIN_MS, signal };
      try {
        return await deployment.reach(async (client) => {
          const documents = client.db(deployment.names.quantaxis).collection(collection);
          return await documents.find(filter, options).toArray();
        });
      } catch (cause) {
        signal.throwIfAborted();
        throw new CodedError('UPSTREAM_UNAVAILABLE', 'the database of market data cannot be read', { cause });
      }
    },
  };
}
