/** A document as it stands in a file, or a text that is none. */
export interface SplitText {
  /** Where it starts, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** Why it cannot be a document; undefined when it is whole. */
  readonly problem: string | undefined;
}

export interface JsonSplitterOptions {
  /** Longer documents are refused and not kept. In UTF-16 units. */
  readonly maxLength: number;
}

type State = 'BETWEEN' | 'INSIDE' | 'SKIPPING';

/**
 * Cuts a stream of text into its JSON objects: of one array, of lines, or pretty-printed one after another. It counts
 * brackets outside strings and parses nothing. A text that breaks off is given out as a problem, and cutting goes on
 * with the next line that starts an object: inside an object a bracket follows only `:`, `,` or `[`, and a string never
 * holds a line break, so that the start of the next document shows.
 */
export class JsonSplitter {
  readonly #maxLength: number;
  readonly #done: SplitText[] = [];
  #piece = '';
  /** Where the part of the piece starts that is not kept yet. */
  #from = 0;
  #state: State = 'BETWEEN';
  #line = 1;
  #startLine = 1;
  #parts: string[] = [];
  #length = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isLineStart = true;
  /** The last character that is no blank, outside strings. */
  #before = '';

  constructor({ maxLength }: JsonSplitterOptions) {
    this.#maxLength = maxLength;
  }

  /** What became whole with this piece. Pieces may be cut anywhere. */
  push(piece: string): SplitText[] {
    this.#piece = piece;
    this.#from = 0;
    for (let at = 0; at < piece.length; at++) {
      const character = piece.charAt(at);
      if (this.#state === 'INSIDE') this.#stepInside(character, at);
      else this.#stepOutside(character, at);
      if (character === '\n') {
        this.#line++;
        this.#isLineStart = true;
      } else if (!isBlank(character)) {
        this.#isLineStart = false;
      }
    }
    if (this.#state === 'INSIDE') this.#keepUntil(piece.length);
    return this.#done.splice(0);
  }

  /** What was left unfinished when the text ended. */
  end(): SplitText[] {
    if (this.#state === 'INSIDE') this.#finish('it breaks off at the end of the file');
    return this.#done.splice(0);
  }

  #stepOutside(character: string, at: number): void {
    if (character === '{' && (this.#state === 'BETWEEN' || this.#isLineStart)) {
      this.#start(at);
      return;
    }
    if (this.#state === 'SKIPPING' || isBlank(character) || BETWEEN_DOCUMENTS.includes(character)) return;
    this.#startLine = this.#line;
    this.#breakOff('it is no JSON object');
  }

  #stepInside(character: string, at: number): void {
    if (this.#isInString) {
      this.#stepInString(character, at);
      return;
    }
    if (isBlank(character)) return;
    if (character === '{' && this.#isLineStart && !OPENERS.includes(this.#before)) {
      this.#keepUntil(at);
      this.#finish('it breaks off before the next document');
      this.#start(at);
      return;
    }
    this.#before = character;
    if (character === '"') this.#isInString = true;
    else if (character === '{' || character === '[') this.#depth++;
    else if (character === '}' || character === ']') this.#depth--;
    if (this.#depth > 0) return;
    this.#keepUntil(at + 1);
    this.#finish(undefined);
  }

  #stepInString(character: string, at: number): void {
    if (character === '\n') {
      this.#keepUntil(at);
      this.#breakOff('a text in quotes breaks off at the end of the line');
    } else if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (character === '\\') {
      this.#isEscaped = true;
    } else if (character === '"') {
      this.#isInString = false;
    }
  }

  #start(at: number): void {
    this.#state = 'INSIDE';
    this.#from = at;
    this.#startLine = this.#line;
    this.#depth = 1;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#before = '{';
  }

  #keepUntil(end: number): void {
    this.#length += end - this.#from;
    if (this.#length <= this.#maxLength) this.#parts.push(this.#piece.slice(this.#from, end));
    else this.#parts = [];
    this.#from = end;
  }

  #finish(problem: string | undefined): void {
    const isTooLong = this.#length > this.#maxLength;
    const text = this.#parts.join('');
    const long = `it is longer than ${this.#maxLength} characters`;
    this.#done.push({ line: this.#startLine, text, problem: isTooLong ? long : problem });
    this.#parts = [];
    this.#length = 0;
    this.#state = 'BETWEEN';
  }

  #breakOff(problem: string): void {
    this.#finish(problem);
    this.#state = 'SKIPPING';
  }
}

const OPENERS = [':', ',', '['];
const BETWEEN_DOCUMENTS = ['[', ']', ',', '\uFEFF'];

function isBlank(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
