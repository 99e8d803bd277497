import { existsSync, mkdirSync } from 'node:fs';
import { withDeadline } from '../async/deadline.ts';
import type { Config, MongoConfig } from '../config.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import type { AccountWriter } from '../store/accounts.ts';
import { describeDeploymentFault } from '../store/mongo/deployment-fault.ts';
import { accountStorePath } from '../store/sqlite/paths.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../store/sqlite/sqlite-account-store.ts';

/** A server may be dropping accounts meanwhile, which takes seconds; nobody else waits for this process. */
const BUSY_TIMEOUT_MS = 120_000;

/** A deployment that has not answered by then is away: with the start of the process that is less than five seconds. */
const REACHED_WITHIN_MS = 3500;

/** What an import fills. The messages of its errors are for people and hold no credentials. */
export interface ImportTarget extends AccountWriter, AsyncDisposable {
  /** Why it cannot take a document of a long text; undefined when it can. */
  readonly refusalOf?: (document: AccountDocument) => string | undefined;
  /** What else there is to say after an import, as a line; empty when nothing is. */
  afterword(): string;
}

/** The deployment of MONGO_URL, or the embedded store. Fails with an Error when the deployment is away. */
export async function openImportTarget(config: Config): Promise<ImportTarget> {
  return config.mongo === undefined ? openEmbeddedTarget(config) : openMongoTarget(config.mongo);
}

/** Opened with the first document, so that a file without any leaves the simulated data on. */
function openEmbeddedTarget({ dataFolder, demo }: Config): ImportTarget {
  const path = accountStorePath(dataFolder);
  const isFirst = !existsSync(path);
  let store: SqliteAccountStore | undefined;
  const openStore = (): SqliteAccountStore => {
    mkdirSync(dataFolder, { recursive: true });
    return openSqliteAccountStore({ path, busyTimeoutMs: BUSY_TIMEOUT_MS });
  };
  return {
    writeDocuments: async (documents) => {
      store ??= openStore();
      return store.writeDocuments(documents);
    },
    afterword: () =>
      isFirst && store !== undefined && demo === 'AUTO'
        ? 'the simulated data is off from the next start on; DEMO=1 turns it on again\n'
        : '',
    [Symbol.asyncDispose]: async () => store?.close(),
  };
}

async function openMongoTarget({ url, names }: MongoConfig): Promise<ImportTarget> {
  const [{ MongoDeployment }, { MongoAccountWriter }, { createDocumentLimit }] = await Promise.all([
    import('../store/mongo/mongo-deployment.ts'),
    import('../store/mongo/mongo-account-writer.ts'),
    import('../store/mongo/document-limit.ts'),
  ]);
  const deployment = new MongoDeployment({ url, names });
  const writer = new MongoAccountWriter({ deployment, onWritten: () => {} });
  const telling = (what: string) => (cause: unknown) => {
    throw new Error(`the MongoDB of MONGO_URL ${what}: ${describeDeploymentFault(cause)}`, { cause });
  };
  const reached = { timeoutMs: REACHED_WITHIN_MS, signal: deployment.closing };
  await withDeadline((signal) => deployment.ping(signal), reached).catch(async (cause: unknown) => {
    await deployment.close();
    telling('cannot be reached')(cause);
  });
  return {
    writeDocuments: (documents) => writer.writeDocuments(documents).catch(telling('cannot be written')),
    refusalOf: await createDocumentLimit(),
    afterword: () => `in the databases ${names.quantaxis} and ${names.realtime} of the MongoDB of MONGO_URL\n`,
    [Symbol.asyncDispose]: () => deployment.close(),
  };
}
