import type { IncomingHttpHeaders } from 'node:http';
import { quoted } from '../domain/errors.ts';
import { HttpError } from './http-error.ts';

const RESULT_TYPES = ['application/graphql-response+json', 'application/json'];
const STREAM_TYPE = 'text/event-stream';

/** What a client takes for an answer. Nothing said: everything. */
export class AcceptedTypes {
  readonly #header: string;
  readonly #ranges: readonly string[];

  constructor({ accept = '*/*' }: IncomingHttpHeaders) {
    this.#header = accept;
    this.#ranges = accept
      .toLowerCase()
      .split(',')
      .map((range) => range.split(';', 1)[0]?.trim() ?? '');
  }

  /** Named, not by a wildcard: browsers send one with everything they load. */
  get isPage(): boolean {
    return this.#ranges.includes('text/html');
  }

  get isStream(): boolean {
    return this.#takes(STREAM_TYPE);
  }

  get isResult(): boolean {
    return RESULT_TYPES.some((type) => this.#takes(type));
  }

  /**
   * The type in which a result is answered: of the first range that takes one, the general type for a wildcard. Undefined
   * when there is none, or it is not as simple.
   */
  get resultType(): string | undefined {
    if (this.#header.includes('charset')) return undefined;
    for (const range of this.#ranges) {
      if (range === '*/*' || range === 'application/*') return 'application/json';
      if (RESULT_TYPES.includes(range)) return range;
    }
    return undefined;
  }

  /** Refuses with 406 a client that takes neither a result nor a stream. */
  assertResult(): void {
    if (this.isResult || this.isStream) return;
    const message = `received accept ${quoted(this.#header)}, wanted ${RESULT_TYPES.join(' or ')}`;
    throw new HttpError('BAD_USER_INPUT', message, { status: 406 });
  }

  #takes(type: string): boolean {
    const family = `${type.split('/', 1)[0]}/*`;
    return this.#ranges.some((range) => range === '*/*' || range === family || range === type);
  }
}
