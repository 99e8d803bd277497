import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AccountEvent, AccountSnapshot } from './account-state.ts';

/** What was to be written down could not be, so that nothing of it has happened. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Where events are written down before anybody hears of them. */
export interface Journal {
  /** What one act brought about: all of it outlives the process, or nothing does. Throws JournalError. */
  append(events: readonly AccountEvent[]): void;
  close(): void;
}

/** Of a venue that forgets. */
export const NO_JOURNAL: Journal = { append: () => {}, close: () => {} };

const MOST_BYTES = 16 * 2 ** 20;

/**
 * Begins the journal anew with what the state is now, so that it stays short. `stateNow` is asked again when it has grown
 * by `mostBytes` and by as much as the snapshot, so that an act costs the same however much is remembered. Throws
 * JournalError when it cannot begin.
 */
export function openJournal(path: string, stateNow: () => AccountSnapshot, mostBytes = MOST_BYTES): Journal {
  let file = orJournalError(path, () => startFile(path, stateNow()));
  return {
    append: (events) =>
      orJournalError(path, () => {
        const grownBytes = file.sizeBytes - file.snapshotBytes;
        if (grownBytes > Math.max(mostBytes, file.snapshotBytes)) file = startAgain(file, path, stateNow());
        appendLine(file, `${JSON.stringify(events)}\n`);
      }),
    close: () => closeSync(file.descriptor),
  };
}

function orJournalError<Value>(path: string, write: () => Value): Value {
  try {
    return write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JournalError(`cannot write the paper journal ${path}: ${reason}`, { cause: error });
  }
}

interface JournalFile {
  readonly descriptor: number;
  readonly snapshotBytes: number;
  sizeBytes: number;
}

function startFile(path: string, snapshot: AccountSnapshot): JournalFile {
  const fresh = `${path}.new`;
  const bytes = Buffer.from(`${JSON.stringify(snapshot)}\n`);
  // A name that outlives a power cut must not lead to bytes that do not.
  writeFileSync(fresh, bytes, { flush: true });
  renameSync(fresh, path);
  flushFolder(dirname(path));
  return { descriptor: openSync(path, 'a'), snapshotBytes: bytes.length, sizeBytes: bytes.length };
}

/** Not every platform lets a folder be flushed; where it does not, the file has its old or its new bytes. */
function flushFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    return;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function startAgain(file: JournalFile, path: string, snapshot: AccountSnapshot): JournalFile {
  const fresh = startFile(path, snapshot);
  closeSync(file.descriptor);
  return fresh;
}

function appendLine(file: JournalFile, line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file.descriptor, bytes, written);
  } catch (error) {
    // Half a line would spoil the next.
    ftruncateSync(file.descriptor, file.sizeBytes);
    throw error;
  }
  file.sizeBytes += bytes.length;
}
