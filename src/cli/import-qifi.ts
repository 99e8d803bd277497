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
  readonly listener: ImportListener;
  /** Asked of documents with long texts: why the store cannot take it; undefined when it can. */
  readonly refusalOf?: ((document: AccountDocument) => string | undefined) | undefined;
}

/** Is told what happens while it happens, so that nobody has to keep it. */
export interface ImportListener {
  refused(note: LineNote): void;
  advanced(progress: ImportProgress): void;
}

export interface ImportProgress {
  /** Read of the file. */
  readonly bytes: number;
  /** Documents taken. */
  readonly documents: number;
  readonly refused: number;
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
  /** Settled states without a trading day, such as the first row of a backtest. */
  readonly skipped: number;
  readonly refused: number;
  /** Figures and fills that had to be left out of documents that were taken. */
  readonly issues: number;
  /** The first 20 of them. */
  readonly issueNotes: readonly LineNote[];
}

/** The store failed before the end of the file. The message is the store's own. */
export class ImportStopped extends Error {
  override readonly name = 'ImportStopped';
  /** Documents taken before. */
  readonly documents: number;
  /** On which the last of them starts; 0 when there is none. */
  readonly line: number;

  constructor({ documents, line, cause }: { documents: number; line: number; cause: unknown }) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.documents = documents;
    this.line = line;
  }
}

const MAX_NOTES = 20;
const MAX_DOCUMENT_BYTES = 64 * 2 ** 20;
/** One transaction's worth of states, fills and orders: it holds the event loop for some 20 ms. */
const BATCH_ROWS = 1000;
/** Of their texts, for documents that are long for another reason. */
const BATCH_CHARACTERS = 4 * 2 ** 20;
const LONG_TEXT_CHARACTERS = 4 * 2 ** 20;

/**
 * Takes the QIFI documents of a file into a store, in bounded memory: a JSON array, JSON lines, or objects one after
 * another, plain or as mongoexport writes them. What cannot be taken is counted and named, and the import goes on.
 * Fails when the file cannot be read, and with ImportStopped when the store cannot be written.
 */
export async function importQifi(options: ImportOptions): Promise<ImportReport> {
  const { path, source, writer, listener, refusalOf } = options;
  const tally = new ImportTally(listener);
  const written = { documents: 0, line: 0 };
  let batch: AccountDocument[] = [];
  let batchLine = 0;
  let rows = 0;
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) {
      await writer.writeDocuments(batch).catch((cause: unknown) => {
        throw new ImportStopped({ ...written, cause });
      });
      written.documents += batch.length;
      written.line = batchLine;
    }
    batch = [];
    rows = 0;
    characters = 0;
    await nextTurn();
  };

  for await (const { splits, bytes } of splitFile(path)) {
    for (const split of splits) {
      const document = tally.count(split.line, takenBy(refusalOf, split, decodeSplit(split, source)));
      if (document === undefined) continue;
      batch.push(document);
      batchLine = split.line;
      rows += 1 + document.trades.length + document.orders.length;
      characters += split.kind === 'WHOLE' ? split.text.length : 0;
      if (rows >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await flush();
    }
    tally.advance(bytes);
  }
  await flush();
  return tally.report();
}

interface SplitPiece {
  readonly splits: readonly SplitText[];
  /** Read of the file so far. */
  readonly bytes: number;
}

async function* splitFile(path: string): AsyncGenerator<SplitPiece> {
  const splitter = new JsonSplitter({ maxBytes: MAX_DOCUMENT_BYTES });
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    bytes += piece.length;
    yield { splits: splitter.push(piece), bytes };
  }
  yield { splits: splitter.end(), bytes };
}

function decodeSplit(split: SplitText, source: AccountSource): DecodedQifi {
  if (split.kind === 'BROKEN') return { kind: 'REFUSED', reason: split.reason };
  let value: unknown;
  try {
    value = parseQifiText(split.text);
  } catch {
    return { kind: 'REFUSED', reason: 'it is not valid JSON' };
  }
  const decoded = decodeQifi(value, source);
  if (decoded.kind !== 'DECODED' || source === 'REALTIME') return decoded;
  const { tradingDay } = decoded.document.snapshot;
  return tradingDay === null ? { kind: 'SKIPPED', reason: 'it has no trading day' } : decoded;
}

function takenBy(refusalOf: ImportOptions['refusalOf'], split: SplitText, decoded: DecodedQifi): DecodedQifi {
  const isLong = split.kind === 'WHOLE' && split.text.length >= LONG_TEXT_CHARACTERS;
  const reason = isLong && decoded.kind === 'DECODED' ? refusalOf?.(decoded.document) : undefined;
  return reason === undefined ? decoded : { kind: 'REFUSED', reason };
}

/** Counts what became of the documents, tells it, and keeps the first issues. */
class ImportTally {
  readonly #listener: ImportListener;
  readonly #accounts = new Set<string>();
  readonly #issueNotes: LineNote[] = [];
  #documents = 0;
  #skipped = 0;
  #refused = 0;
  #issues = 0;

  constructor(listener: ImportListener) {
    this.#listener = listener;
  }

  /** The document, when it can be taken. */
  count(line: number, decoded: DecodedQifi): AccountDocument | undefined {
    switch (decoded.kind) {
      case 'DECODED':
        this.#documents++;
        this.#accounts.add(decoded.document.snapshot.accountCookie);
        this.#issues += decoded.issues.length;
        for (const text of decoded.issues.slice(0, MAX_NOTES - this.#issueNotes.length)) {
          this.#issueNotes.push({ line, text });
        }
        return decoded.document;
      case 'SKIPPED':
        this.#skipped++;
        return undefined;
      case 'REFUSED':
        this.#refused++;
        this.#listener.refused({ line, text: decoded.reason });
        return undefined;
    }
  }

  advance(bytes: number): void {
    this.#listener.advanced({ bytes, documents: this.#documents, refused: this.#refused });
  }

  report(): ImportReport {
    return {
      documents: this.#documents,
      accounts: this.#accounts.size,
      skipped: this.#skipped,
      refused: this.#refused,
      issues: this.#issues,
      issueNotes: this.#issueNotes,
    };
  }
}
