import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountSource } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import { type Day, formatDay } from '../domain/day.ts';
import { decodeQifi } from '../domain/qifi.ts';
import { demoHistoryDocuments, demoRealtimeDocuments } from './demo-accounts.ts';
import { demoMarketFiles } from './demo-market.ts';

/** Raised when what is generated changes, so that an older demo is made anew. */
const DEMO_VERSION = 2;
const MARK_OF_VERSION = `{"simulated":true,"version":${DEMO_VERSION},"throughDay":`;
const BATCH_SIZE = 200;

export interface DemoOptions {
  /** Made when it is not there. */
  readonly folder: string;
  /** The last day that has figures. */
  readonly throughDay: Day;
  readonly writeDocuments: (documents: readonly AccountDocument[]) => Promise<void>;
}

/**
 * Removes the bars and the store of accounts of a demo that another version made; what was done in it stays: runs, and
 * the orders and balances of its paper account. To be called before the store at `accountsPath` is opened.
 */
export async function discardOtherDemo({
  folder,
  accountsPath,
}: {
  folder: string;
  accountsPath: string;
}): Promise<void> {
  const mark = await readFile(markPath(folder), 'utf8').catch(() => '');
  // What is torn tells of no version: everything is made anew over what is there.
  if (!mark.endsWith('\n') || mark.startsWith(MARK_OF_VERSION)) return;
  const stale = [
    demoBarsFolder(folder),
    ...['', '-wal', '-shm'].map((end) => `${accountsPath}${end}`),
    markPath(folder),
  ];
  for (const path of stale) await rm(path, { recursive: true, force: true });
}

/** Where the demo's bars and NAVs lie, in the format of a folder source. */
export function demoBarsFolder(folder: string): string {
  return join(folder, 'bars');
}

/**
 * Simulated bars, NAVs and accounts from a fixed seed, up to a day. Does nothing when they are there already. The
 * figures of a day are the same whenever they are made.
 */
export async function seedDemo({ folder, throughDay, writeDocuments }: DemoOptions): Promise<void> {
  const mark = `${MARK_OF_VERSION}${JSON.stringify(formatDay(throughDay))}}\n`;
  if ((await readFile(markPath(folder), 'utf8').catch(() => '')) === mark) return;
  await rm(markPath(folder), { force: true });
  await mkdir(demoBarsFolder(folder), { recursive: true });
  for (const { name, text } of demoMarketFiles(throughDay)) await writeFile(join(demoBarsFolder(folder), name), text);
  await writeAll('HISTORY', demoHistoryDocuments(throughDay), writeDocuments);
  await writeAll('REALTIME', demoRealtimeDocuments(throughDay), writeDocuments);
  // Whole or not at all, whenever the process ends.
  await writeFile(`${markPath(folder)}.new`, mark);
  await rename(`${markPath(folder)}.new`, markPath(folder));
}

function markPath(folder: string): string {
  return join(folder, 'seed.json');
}

async function writeAll(
  source: AccountSource,
  documents: Iterable<unknown>,
  writeDocuments: DemoOptions['writeDocuments'],
): Promise<void> {
  let batch: AccountDocument[] = [];
  for (const raw of documents) {
    const decoded = decodeQifi(raw, source);
    if (decoded.kind !== 'DECODED') continue;
    batch.push(decoded.document);
    if (batch.length < BATCH_SIZE) continue;
    await writeDocuments(batch);
    batch = [];
  }
  if (batch.length > 0) await writeDocuments(batch);
}
