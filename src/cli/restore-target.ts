import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, MongoConfig } from '../config.ts';
import { CodedError } from '../domain/errors.ts';
import type { RestoreOutcome, RestoreRequest } from '../store/account-drops.ts';
import { describeDeploymentFault } from '../store/mongo/deployment-fault.ts';
import { lockDataFolder } from '../store/sqlite/folder-lock.ts';
import { accountStorePath } from '../store/sqlite/paths.ts';
import { openSqliteAccountDrops } from '../store/sqlite/sqlite-account-drops.ts';

export type RestoreConfig = Pick<Config, 'dataFolder' | 'mongo'>;

/**
 * Brings an account back where the configuration has the accounts: in the deployment of MONGO_URL, in the embedded store,
 * or in the simulated data when there is no other. Fails with an Error whose message is for people: the deployment is
 * away, another process drops accounts of it for long, or a server has the data folder.
 */
export function restoreWhere({ mongo, dataFolder }: RestoreConfig, request: RestoreRequest): Promise<RestoreOutcome> {
  return mongo === undefined ? restoreEmbedded(dataFolder, request) : restoreInDeployment(mongo, request);
}

async function restoreEmbedded(dataFolder: string, request: RestoreRequest): Promise<RestoreOutcome> {
  // Without a store of its own a server has the simulated data. A store that is not there holds no copy, and must not
  // come to be by asking: it would turn the simulated data off.
  const paths = [accountStorePath(dataFolder), accountStorePath(join(dataFolder, 'demo'))];
  const path = paths.find((each) => existsSync(each));
  if (path === undefined) return { kind: 'NO_COPY' };
  using _lock = lockDataFolder(dataFolder);
  const drops = openSqliteAccountDrops({ path });
  try {
    return await drops.restore(request);
  } finally {
    await drops.close();
  }
}

/** Servers may be at work on the deployment: what they drop and what this brings back wait for each other. */
async function restoreInDeployment({ url, names }: MongoConfig, request: RestoreRequest): Promise<RestoreOutcome> {
  const [{ MongoDeployment }, { openMongoAccountDrops }] = await Promise.all([
    import('../store/mongo/mongo-deployment.ts'),
    import('../store/mongo/mongo-account-drops.ts'),
  ]);
  const deployment = new MongoDeployment({ url, names });
  const drops = openMongoAccountDrops({ deployment, now: Date.now });
  try {
    return await drops.restore(request);
  } catch (error) {
    if (!(error instanceof CodedError) || error.cause === undefined) throw error;
    throw new Error(`the MongoDB of MONGO_URL cannot be used: ${describeDeploymentFault(error)}`, { cause: error });
  } finally {
    await drops.close();
    await deployment.close();
  }
}
