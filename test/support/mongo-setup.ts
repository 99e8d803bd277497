import { findMongod, startMongod } from './mongod.ts';

/** Starts a mongod that is on PATH, once for all test files, unless MONGO_URL names a server; ends it after them. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const program = findMongod();
  if (program === undefined || (process.env.MONGO_URL ?? '') !== '') return undefined;
  const mongod = await startMongod(program);
  // The processes of the test files inherit it.
  process.env.MONGO_URL = mongod.url;
  return async () => {
    delete process.env.MONGO_URL;
    await mongod[Symbol.asyncDispose]();
  };
}
