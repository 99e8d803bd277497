import type { OutgoingHttpHeaders } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { type HttpExchange, send } from './answer.ts';
import type { ExecutedOperation, Operations } from './operations.ts';

export interface ResultHead {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

/** Writes results of operations as answers of their own. */
export class ResultWriter {
  readonly #operations: Operations;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** Writes the whole answer; nothing when its client has left. */
  send(exchange: HttpExchange, result: ExecutionResult, { status, headers }: ResultHead): void {
    if (exchange.response.destroyed) return;
    send(exchange, { status, headers, body: this.#operations.write(result) });
  }
}

/** Gives back what an operation took when its answer has left. */
export function releaseWhenAnswered({ response }: HttpExchange, { release }: ExecutedOperation): void {
  // Who has left while the answer was made does not leave again.
  if (response.destroyed) release();
  else response.once('close', release);
}
