import type { OutgoingHttpHeaders } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { AnswerPiece } from '../execution/answer-piece.ts';
import { tagOf } from '../execution/answer-tag.ts';
import { gzipAnswer } from '../execution/gzip-answer.ts';
import { acceptedEncodings } from './accept-encoding.ts';
import { type HttpExchange, send } from './answer.ts';
import { isMatched } from './entity-tag.ts';
import type { ExecutedOperation, Operations } from './operations.ts';

export interface ResultHead {
  readonly status: number;
  /** With the content type. */
  readonly headers: OutgoingHttpHeaders;
}

/** Smaller answers are as fast in one packet as in a smaller one. */
const GZIP_FROM_BYTES = 1_000;
const VARY = 'Origin, Accept, Accept-Encoding';

/** Writes results of operations as answers of their own: compressed for who takes that, and not twice for who asks again. */
export class ResultWriter {
  readonly #operations: Operations;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** Writes the whole answer; nothing when its client has left. */
  async send(exchange: HttpExchange, result: ExecutionResult, head: ResultHead): Promise<void> {
    const { request, response } = exchange;
    if (response.destroyed) return;
    const pieces = this.#operations.writePieces(result);
    const isTagged = request.method === 'GET' && head.status === 200 && result.errors === undefined;
    const headers = { ...head.headers, vary: VARY, ...(isTagged && tagHeaders(pieces, head.headers['content-type'])) };
    if (isTagged && isMatched(String(headers.etag), request.headers['if-none-match'])) {
      response.writeHead(304, headers).end();
      return;
    }
    const { takesGzip, takesPlain } = acceptedEncodings(request.headers);
    if (!takesGzip || (takesPlain && lengthOf(pieces) < GZIP_FROM_BYTES)) {
      send(exchange, { status: head.status, headers, body: pieces.map(({ bytes }) => bytes) });
      return;
    }
    const gzipped = gzipAnswer(pieces, () => !response.destroyed);
    const body = gzipped instanceof Promise ? await gzipped : gzipped;
    if (response.destroyed) return;
    send(exchange, { status: head.status, headers: { ...headers, 'content-encoding': 'gzip' }, body });
  }
}

/** Gives back what an operation took when its answer has left. */
export function releaseWhenAnswered({ response }: HttpExchange, { release }: ExecutedOperation): void {
  // Who has left while the answer was made does not leave again.
  if (response.destroyed) release();
  else response.once('close', release);
}

/** Every answer has to be made to know its tag, so that a client saves its bytes and no more. */
function tagHeaders(pieces: readonly AnswerPiece[], contentType: unknown) {
  const type = { bytes: Buffer.from(String(contentType)), series: undefined };
  return { etag: `W/"${tagOf([type, ...pieces])}"`, 'cache-control': 'private, no-cache' };
}

function lengthOf(pieces: readonly AnswerPiece[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
