import { createReadStream } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccountSource } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import { decodeQifi } from '../domain/qifi.ts';
import type { AccountWriter } from '../store/accounts.ts';
import { JsonSplitter, type SplitText } from './json-splitter.ts';

export interface ImportOptions {
  readonly path: string;
  readonly source: AccountSource;
  readonly writer: AccountWriter;
}

/** A text with the line on which its document starts. */
export interface LineNote {
  readonly line: number;
  readonly text: string;
}

export interface ImportReport {
  /** Documents taken. */
  readonly documents: number;
  /** Accounts that they are of. */
  readonly accounts: number;
  /** Documents that say nothing, such as the first row of a backtest. */
  readonly skipped: number;
  readonly refused: number;
  /** Figures and fills that had to be left out of documents that were taken. */
  readonly issues: number;
  /** The first of the refused documents and of the issues, with their lines. */
  readonly notes: readonly LineNote[];
}

const BATCH_SIZE = 200;
const MAX_NOTES = 20;
const MAX_DOCUMENT_LENGTH = 64 * 2 ** 20;

/**
 * Takes the QIFI documents of a file into a store, in bounded memory: a JSON array, JSON lines, or objects one after
 * another, plain or as mongoexport writes them. What cannot be taken is counted and named, and the import goes on.
 * Fails when the file cannot be read or the store cannot be written.
 */
export async function importQifi({ path, source, writer }: ImportOptions): Promise<ImportReport> {
  const notes: LineNote[] = [];
  const counts = { documents: 0, skipped: 0, refused: 0, issues: 0 };
  const accounts = new Set<string>();
  let batch: AccountDocument[] = [];

  const note = (line: number, text: string): void => {
    if (notes.length < MAX_NOTES) notes.push({ line, text });
  };
  const take = ({ line, text, problem }: SplitText): void => {
    const parsed = problem === undefined ? parseJson(text) : { problem };
    const decoded = 'problem' in parsed ? undefined : decodeQifi(parsed.value, source);
    if (decoded?.kind === 'DECODED') {
      batch.push(decoded.document);
      accounts.add(decoded.document.snapshot.accountCookie);
      counts.documents++;
      counts.issues += decoded.issues.length;
      for (const issue of decoded.issues) note(line, issue);
    } else if (decoded?.kind === 'SKIPPED') {
      counts.skipped++;
    } else {
      counts.refused++;
      note(line, decoded?.reason ?? ('problem' in parsed ? parsed.problem : ''));
    }
  };
  const flush = async (): Promise<void> => {
    await writer.writeDocuments(batch);
    batch = [];
    await nextTurn();
  };

  const splitter = new JsonSplitter({ maxLength: MAX_DOCUMENT_LENGTH });
  for await (const piece of createReadStream(path, 'utf8')) {
    for (const split of splitter.push(piece)) {
      take(split);
      if (batch.length >= BATCH_SIZE) await flush();
    }
  }
  splitter.end().forEach(take);
  await flush();
  return { ...counts, accounts: accounts.size, notes };
}

/** Whole numbers beyond 2^53 become bigint, so that nanoseconds keep their digits. */
function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text) };
  } catch {
    return { problem: 'it is not valid JSON' };
  }
}

const LONG_NUMBER = /\d{16}/;

/** JSON.parse tells a reviver the text of a number; TypeScript's own types do not know it yet. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
  const source = context?.source;
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
