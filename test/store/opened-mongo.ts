import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { type MongoAccountDrops, openMongoAccountDrops } from '../../src/store/mongo/mongo-account-drops.ts';
import { MongoAccountStore } from '../../src/store/mongo/mongo-account-store.ts';
import { MongoAccountWriter } from '../../src/store/mongo/mongo-account-writer.ts';
import { type DatabaseNames, MongoDeployment } from '../../src/store/mongo/mongo-deployment.ts';
import type { DroppableAccounts } from './account-drops.contract.ts';

export interface OpenedMongo extends DroppableAccounts, AsyncDisposable {
  readonly drops: MongoAccountDrops;
  readonly deployment: MongoDeployment;
}

export interface OpenMongoOptions {
  readonly url: string;
  readonly names: DatabaseNames;
  readonly now?: () => number;
}

/** The accounts of a deployment and what drops them, as a process of its own would open them. */
export function openMongo({ url, names, now = Date.now }: OpenMongoOptions): OpenedMongo {
  const deployment = new MongoDeployment({ url, names });
  const reader = new MongoAccountStore({ deployment, clock: SYSTEM_CLOCK });
  const onWritten = (): void => reader.forgetListings();
  const writer = new MongoAccountWriter({ deployment, onWritten });
  const drops = openMongoAccountDrops({ deployment, now, onWritten });
  const writeDocuments: typeof writer.writeDocuments = (documents) => writer.writeDocuments(documents);
  return {
    accounts: Object.assign(reader, { writeDocuments }),
    drops,
    deployment,
    [Symbol.asyncDispose]: async () => {
      await drops.close();
      await deployment.close();
    },
  };
}

/** Milliseconds on a clock that runs so fast that a lease is over within a second. */
export function hurriedNow(): number {
  return Date.now() * 30;
}
