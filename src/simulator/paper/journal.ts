import { closeSync, ftruncateSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { type AccountEvent, type AccountSnapshot, AccountState } from './account-state.ts';
import type { PaperInstrument } from './instruments.ts';

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
 * The state in a journal: a line with a snapshot, then one with a list of events for each act, all JSON. Undefined when
 * there is no such file. A last line without an end is what was cut off while it was written: nobody had heard of it.
 * Fails with an Error that names the line when another is no such thing.
 */
export function readJournal(path: string, instruments: ReadonlyMap<string, PaperInstrument>): AccountState | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  // What follows was written by this file, and is read by no other version of it.
  const state = new AccountState(
    instruments,
    first === '' ? undefined : (parseLine(first, path, 1) as AccountSnapshot),
  );
  for (const [index, line] of rest.entries()) {
    const events = parseLine(line, path, index + 2) as AccountEvent[];
    for (const event of events) state.apply(event);
  }
  return state;
}

/** Begins the journal anew with what the state is now, so that it stays short. `stateNow` is asked again when it has grown. */
export function openJournal(path: string, stateNow: () => AccountSnapshot, mostBytes = MOST_BYTES): Journal {
  let file = startFile(path, stateNow());
  return {
    append: (events) => {
      try {
        if (file.sizeBytes - file.snapshotBytes > mostBytes) file = startAgain(file, path, stateNow());
        appendLine(file, `${JSON.stringify(events)}\n`);
      } catch (error) {
        throw new JournalError(`${path} cannot be written`, { cause: error });
      }
    },
    close: () => closeSync(file.descriptor),
  };
}

interface JournalFile {
  readonly descriptor: number;
  readonly snapshotBytes: number;
  sizeBytes: number;
}

function startFile(path: string, snapshot: AccountSnapshot): JournalFile {
  const fresh = `${path}.new`;
  const bytes = Buffer.from(`${JSON.stringify(snapshot)}\n`);
  writeFileSync(fresh, bytes);
  renameSync(fresh, path);
  return { descriptor: openSync(path, 'a'), snapshotBytes: bytes.length, sizeBytes: bytes.length };
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

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseLine(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`${path} line ${number} is no JSON`, { cause: error });
  }
}
