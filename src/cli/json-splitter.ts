import { isUtf8 } from 'node:buffer';

/** A document as it stands in a file, or a place where none can be made out. Lines are counted from 1. */
export type SplitText =
  | { readonly kind: 'WHOLE'; readonly line: number; readonly text: string }
  | { readonly kind: 'BROKEN'; readonly line: number; readonly reason: string };

export interface JsonSplitterOptions {
  /** Longer documents are given out as broken and not kept. */
  readonly maxBytes: number;
}

type State = 'BETWEEN' | 'INSIDE' | 'SKIPPING';

/**
 * Cuts a stream of UTF-8 into its JSON objects: of one array, of lines, or pretty-printed one after another. It counts
 * brackets outside strings and parses nothing. A text that breaks off is given out as broken, and cutting goes on with
 * the next line that starts an object: an object holds another one only after `:`, an array after `[` or `,`, and a
 * string never holds a line break, so that the start of the next document shows. It works on bytes, since all that it looks for is
 * ASCII, and no byte of a longer UTF-8 character is.
 */
export class JsonSplitter {
  readonly #maxBytes: number;
  readonly #done: SplitText[] = [];
  #piece: Uint8Array = new Uint8Array();
  /** Where the part of the piece starts that is not kept yet. */
  #from = 0;
  #state: State = 'BETWEEN';
  #line = 1;
  #startLine = 1;
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;
  /** The brackets that are open within the document, the outermost first. */
  #open: number[] = [];
  /** Whether the array that holds the documents was begun and not ended. */
  #isInArray = false;
  #isInString = false;
  #isEscaped = false;
  #isLineStart = true;
  /** The last byte that is no blank, outside strings. */
  #before: number | undefined;

  constructor({ maxBytes }: JsonSplitterOptions) {
    this.#maxBytes = maxBytes;
  }

  /** What became whole with this piece. Pieces may be cut anywhere, and must not change afterwards. */
  push(piece: Uint8Array): SplitText[] {
    this.#piece = piece;
    this.#from = 0;
    for (let at = 0; at < piece.length; ) {
      if (this.#state !== 'INSIDE') at = this.#passBetween(at);
      else at = this.#isInString ? this.#passString(at) : this.#passObject(at);
    }
    if (this.#state === 'INSIDE') this.#keepUntil(piece.length);
    this.#piece = new Uint8Array();
    return this.#done.splice(0);
  }

  /** What was left unfinished when the file ended. */
  end(): SplitText[] {
    if (this.#state === 'INSIDE') {
      this.#breakOff('it breaks off at the end of the file');
    } else if (this.#isInArray) {
      this.#startLine = this.#line;
      this.#breakOff('the array breaks off at the end of the file');
    }
    return this.#done.splice(0);
  }

  /** Each of these answers where to go on, with another state or at the end of the piece. */
  #passBetween(start: number): number {
    const piece = this.#piece;
    for (let at = start; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === NEWLINE) this.#endLine();
      else if (byte === OPEN_BRACE && this.#mayStart()) {
        this.#start(at);
        return at + 1;
      } else if (!isBlank(byte)) {
        if (this.#state === 'BETWEEN' && !BETWEEN_DOCUMENTS.has(byte)) {
          this.#startLine = this.#line;
          this.#breakOff('it is no JSON object');
        }
        if (byte === OPEN_BRACKET && this.#state === 'BETWEEN') this.#isInArray = true;
        else if (byte === CLOSE_BRACKET) this.#isInArray = false;
        this.#before = byte;
        this.#isLineStart = false;
      }
    }
    return piece.length;
  }

  #passObject(start: number): number {
    const piece = this.#piece;
    for (let at = start; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === NEWLINE) {
        this.#endLine();
        continue;
      }
      if (isBlank(byte)) continue;
      if (byte === OPEN_BRACE && this.#isLineStart && !this.#mayHoldObject()) {
        this.#breakOff('it breaks off before the next document');
        this.#start(at);
        return at + 1;
      }
      this.#before = byte;
      this.#isLineStart = false;
      if (byte === QUOTE) {
        this.#isInString = true;
        return at + 1;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open.push(byte);
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#open.pop();
      if (this.#open.length > MAX_DEPTH) {
        this.#breakOff(`it is nested deeper than ${MAX_DEPTH} levels`);
        return at + 1;
      }
      if (this.#open.length > 0) continue;
      this.#keepUntil(at + 1);
      this.#finish();
      return at + 1;
    }
    return piece.length;
  }

  #passString(start: number): number {
    const piece = this.#piece;
    let at = this.#isEscaped && piece[start] !== NEWLINE ? start + 1 : start;
    this.#isEscaped = false;
    for (; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === QUOTE) {
        this.#isInString = false;
        return at + 1;
      }
      if (byte === NEWLINE) {
        this.#breakOff('a text in quotes breaks off at the end of the line');
        return at;
      }
      if (byte !== BACKSLASH) continue;
      if (at + 1 === piece.length) this.#isEscaped = true;
      else if (piece[at + 1] !== NEWLINE) at++;
    }
    return piece.length;
  }

  /** Behind something broken only a line's start, or a comma, makes it likely that a bracket starts a document. */
  #mayStart(): boolean {
    return this.#state === 'BETWEEN' || this.#isLineStart || this.#before === COMMA;
  }

  /** Whether an object may stand where the document has got to. */
  #mayHoldObject(): boolean {
    if (this.#open.at(-1) === OPEN_BRACE) return this.#before === COLON;
    return this.#before === COMMA || this.#before === OPEN_BRACKET;
  }

  #start(at: number): void {
    this.#state = 'INSIDE';
    this.#from = at;
    this.#startLine = this.#line;
    this.#parts = [];
    this.#sizeBytes = 0;
    this.#open = [OPEN_BRACE];
    this.#isInString = false;
    this.#isEscaped = false;
    this.#isLineStart = false;
    this.#before = OPEN_BRACE;
  }

  #endLine(): void {
    this.#line++;
    this.#isLineStart = true;
  }

  #keepUntil(end: number): void {
    this.#sizeBytes += end - this.#from;
    if (this.#sizeBytes <= this.#maxBytes) this.#parts.push(this.#piece.subarray(this.#from, end));
    else this.#parts = [];
    this.#from = end;
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#state = 'BETWEEN';
    const line = this.#startLine;
    if (this.#sizeBytes > this.#maxBytes) {
      this.#done.push({ kind: 'BROKEN', line, reason: `it is longer than ${this.#maxBytes} bytes` });
    } else if (isUtf8(bytes)) {
      this.#done.push({ kind: 'WHOLE', line, text: bytes.toString('utf8') });
    } else {
      this.#done.push({ kind: 'BROKEN', line, reason: 'it holds bytes that are not UTF-8' });
    }
  }

  #breakOff(reason: string): void {
    this.#parts = [];
    this.#state = 'SKIPPING';
    this.#done.push({ kind: 'BROKEN', line: this.#startLine, reason });
  }
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A QIFI document has 4; what is nested without end would fill the memory. */
const MAX_DEPTH = 256;

/** The punctuation of an array, and the byte order mark EF BB BF. */
const BETWEEN_DOCUMENTS: ReadonlySet<number | undefined> = new Set([
  OPEN_BRACKET,
  CLOSE_BRACKET,
  COMMA,
  0xef,
  0xbb,
  0xbf,
]);

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09;
}
