import { createReadStream } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccountSource } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import { type DecodedQifi, decodeQifi } from '../domain/qifi.ts';
import type { AccountWriter } from '../store/accounts.ts';
import { JsonSplitter, type SplitText } from './json-splitter.ts';
import { parseQifiText } from './parse-qifi-text.ts';

export interface ImportOptions {
  readonly path: string;
  readonly source: AccountSource;
  readonly writer: AccountWriter;
}

/** A text with the line on which its document starts, counted from 1. */
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
  /** Why, for the first 20 of them. */
  readonly refusals: readonly LineNote[];
  /** Figures and fills that had to be left out of documents that were taken. */
  readonly issues: number;
  /** The first 20 of them. */
  readonly issueNotes: readonly LineNote[];
}

const MAX_NOTES = 20;
const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;
/** One transaction's worth of states, fills and orders: it holds the event loop for some 20 ms. */
const BATCH_ROWS = 1000;

/**
 * Takes the QIFI documents of a file into a store, in bounded memory: a JSON array, JSON lines, or objects one after
 * another, plain or as mongoexport writes them. What cannot be taken is counted and named, and the import goes on.
 * Fails when the file cannot be read or the store cannot be written.
 */
export async function importQifi({ path, source, writer }: ImportOptions): Promise<ImportReport> {
  const tally = new ImportTally();
  let batch: AccountDocument[] = [];
  let rows = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await writer.writeDocuments(batch);
    batch = [];
    rows = 0;
    await nextTurn();
  };

  for await (const split of splitFile(path)) {
    const document = tally.count(split.line, decodeSplit(split, source));
    if (document === undefined) continue;
    batch.push(document);
    rows += 1 + document.trades.length + document.orders.length;
    if (rows >= BATCH_ROWS) await flush();
  }
  await flush();
  return tally.report();
}

async function* splitFile(path: string): AsyncGenerator<SplitText> {
  const splitter = new JsonSplitter({ maxBytes: MAX_DOCUMENT_BYTES });
  for await (const piece of createReadStream(path)) yield* splitter.push(piece);
  yield* splitter.end();
}

function decodeSplit(split: SplitText, source: AccountSource): DecodedQifi {
  if (split.kind === 'BROKEN') return { kind: 'REFUSED', reason: split.reason };
  let value: unknown;
  try {
    value = parseQifiText(split.text);
  } catch {
    return { kind: 'REFUSED', reason: 'it is not valid JSON' };
  }
  return decodeQifi(value, source);
}

/** Counts what became of the documents, and keeps the first reasons. */
class ImportTally {
  readonly #accounts = new Set<string>();
  readonly #refusals: LineNote[] = [];
  readonly #issueNotes: LineNote[] = [];
  #documents = 0;
  #skipped = 0;
  #refused = 0;
  #issues = 0;

  /** The document, when it can be taken. */
  count(line: number, decoded: DecodedQifi): AccountDocument | undefined {
    switch (decoded.kind) {
      case 'DECODED':
        this.#documents++;
        this.#accounts.add(decoded.document.snapshot.accountCookie);
        this.#issues += decoded.issues.length;
        for (const text of decoded.issues) note(this.#issueNotes, { line, text });
        return decoded.document;
      case 'SKIPPED':
        this.#skipped++;
        return undefined;
      case 'REFUSED':
        this.#refused++;
        note(this.#refusals, { line, text: decoded.reason });
        return undefined;
    }
  }

  report(): ImportReport {
    return {
      documents: this.#documents,
      accounts: this.#accounts.size,
      skipped: this.#skipped,
      refused: this.#refused,
      refusals: this.#refusals,
      issues: this.#issues,
      issueNotes: this.#issueNotes,
    };
  }
}

function note(notes: LineNote[], added: LineNote): void {
  if (notes.length < MAX_NOTES) notes.push(added);
}
