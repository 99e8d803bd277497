const WORD_BYTES = 4;

/** Text that is written over and over: four bytes at a time, so that up to three bytes behind it are spoiled. */
export class Literal {
  /** In bytes. */
  readonly length: number;
  readonly #words: Uint32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    const padded = Buffer.alloc(Math.ceil(bytes.length / WORD_BYTES) * WORD_BYTES);
    bytes.copy(padded);
    this.length = bytes.length;
    this.#words = Uint32Array.from({ length: padded.length / WORD_BYTES }, (_, at) =>
      padded.readUInt32LE(at * WORD_BYTES),
    );
  }

  /** Answers where it ends. */
  write(view: DataView, at: number): number {
    const words = this.#words;
    for (let index = 0; index < words.length; index++) view.setUint32(at + index * WORD_BYTES, words[index] ?? 0, true);
    return at + this.length;
  }
}

/** Room that is needed behind a literal. */
export const SPOILED_BYTES = WORD_BYTES - 1;
