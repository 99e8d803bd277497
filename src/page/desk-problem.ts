/// <reference lib="dom" />

/** Why an operation has no answer. */
export class DeskProblem extends Error {
  override readonly name = 'DeskProblem';
  /** ErrorCode of the schema. Undefined: the answer was lost, and whether the server has done it is not known. */
  readonly code: string | undefined;

  constructor(message: string, code?: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
