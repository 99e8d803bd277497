import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { CopyTrim } from './copy-trim.ts';
import { openDropDatabase } from './drop-tasks.ts';

// What runs in a worker that SqliteAccountDrops starts: it gives up old copies, until it is told to stop.

/** Longer than a step should take, so that whoever waits for the file finds it free more often than not. */
const PAUSE_MS = 20;

const { path, before } = workerData as { path: string; before: number };
const stopped = new AbortController();
parentPort?.once('message', () => stopped.abort());
const database = openDropDatabase(path, (opened) => opened);
try {
  // A power cut may undo the last steps, which are done again.
  database.exec('PRAGMA synchronous = NORMAL');
  for (const _ of new CopyTrim(database).steps(before)) {
    if (stopped.signal.aborted) break;
    await setTimeout(PAUSE_MS);
  }
  // The file is as short as its pages when they are written back; what somebody reads meanwhile stays until later.
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
} finally {
  database.close();
  parentPort?.close();
}
