import { randomBytes } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import type { AnswerPiece } from './answer-piece.ts';

/** A list in an answer whose items are JSON already. */
interface WrittenList {
  /** With commas between them, in pieces. */
  readonly items: readonly AnswerPiece[];
  /** Whatever else writes it as JSON gets the very items. */
  toJSON(): unknown;
}

/**
 * Writes answers as JSON of several pieces: lists that are JSON already stand in the result and go out as they are,
 * never copied. What else is there is written by JSON.stringify, with a word in place of the items of each list that
 * occurs nowhere else; it leaves this process in no answer.
 */
export class AnswerWriter {
  readonly #word = `\u0001${randomBytes(12).toString('base64url')}`;
  readonly #needle = JSON.stringify(this.#word);
  /** The lists met by the write that is under way, in the order of the text. */
  #met: WrittenList[] | undefined;

  /** Something to be put into a result in place of a list. */
  list(items: readonly AnswerPiece[]): object {
    const list: WrittenList = {
      items,
      toJSON: () => {
        if (this.#met === undefined)
          return JSON.parse(`[${Buffer.concat(items.map(({ bytes }) => bytes)).toString('utf8')}]`);
        this.#met.push(list);
        return [this.#word];
      },
    };
    return list;
  }

  /** The pieces of the JSON text in UTF-8. Throws what JSON.stringify throws. */
  write(result: ExecutionResult): readonly AnswerPiece[] {
    const met: WrittenList[] = [];
    this.#met = met;
    let text: string;
    try {
      text = JSON.stringify(result);
    } finally {
      this.#met = undefined;
    }
    if (met.length === 0) return [plain(text)];
    const parts = text.split(this.#needle);
    if (parts.length !== met.length + 1) throw new Error(`${met.length} lists have ${parts.length - 1} places`);
    return parts.flatMap((part, index) => [plain(part), ...(met[index]?.items ?? [])]);
  }
}

function plain(text: string): AnswerPiece {
  return { bytes: Buffer.from(text), series: undefined };
}
