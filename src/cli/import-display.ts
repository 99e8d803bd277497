import type { Clock } from '../async/clock.ts';
import type { ImportListener, ImportProgress, LineNote } from './import-qifi.ts';

/** Where an import shows how far it is, as `process.stderr`; a bar only on a terminal. */
export interface DisplayStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ImportDisplayOptions {
  readonly stream: DisplayStream;
  /** Of the file. */
  readonly sizeBytes: number;
  readonly clock: Clock;
}

const REDRAW_MS = 100;
const BAR_CELLS = 24;
const DEFAULT_COLUMNS = 80;
/** To the start of the line, and what stands there is gone: ECMA-48 EL. */
const CLEAR_LINE = '\r\u001b[K';

/** Names the refused documents as they come, and on a terminal keeps a bar below them until it is closed. */
export class ImportDisplay implements ImportListener {
  readonly #stream: DisplayStream;
  readonly #sizeBytes: number;
  readonly #clock: Clock;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor({ stream, sizeBytes, clock }: ImportDisplayOptions) {
    this.#stream = stream;
    this.#sizeBytes = sizeBytes;
    this.#clock = clock;
  }

  refused({ line, text }: LineNote): void {
    this.#clear();
    this.#stream.write(`line ${line}: refused, ${text}\n`);
  }

  advanced(progress: ImportProgress): void {
    if (this.#stream.isTTY !== true) return;
    const now = this.#clock.now();
    if (Math.abs(now - this.#drawnAt) < REDRAW_MS) return;
    // A terminal that does not know its size says 0; a line that wraps could not be cleared again.
    const columns = this.#stream.columns || DEFAULT_COLUMNS;
    this.#stream.write(`${CLEAR_LINE}${this.#lineOf(progress).slice(0, columns - 1)}`);
    this.#drawnAt = now;
    this.#isDrawn = true;
  }

  /** Takes the bar away. */
  close(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#isDrawn) this.#stream.write(CLEAR_LINE);
    this.#isDrawn = false;
  }

  #lineOf({ bytes, documents, refused }: ImportProgress): string {
    // The file may grow meanwhile.
    const part = this.#sizeBytes > 0 ? Math.min(bytes / this.#sizeBytes, 1) : 1;
    const cells = Math.floor(part * BAR_CELLS);
    const bar = `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}]`;
    const percent = `${Math.floor(part * 100)}%`.padStart(4);
    return `${bar}${percent} of ${megabytes(this.#sizeBytes)} MB, documents ${documents}, refused ${refused}`;
  }
}

function megabytes(sizeBytes: number): string {
  return (sizeBytes / 1_000_000).toFixed(1);
}
