import type { ExecutionResult, GraphQLError } from 'graphql';
import { DONE } from '../async/iteration.ts';

/** What graphql-ws pulls the results of an operation from. */
export type ResultStream = AsyncGenerator<ExecutionResult, void, undefined>;

/**
 * Thrown by a result stream: the operation ends with these errors, which are masked. graphql-ws hands on what a stream
 * throws; whatever else it gets without data would reach the client as a result that another one may follow.
 */
export class OperationFailed extends Error {
  override readonly name = 'OperationFailed';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('the operation failed');
    this.errors = errors;
  }
}

export interface ResultSource {
  readonly next: () => Promise<IteratorResult<ExecutionResult, void>>;
  /** Gives everything back and ends the `next` that waits. Must not throw: graphql-ws does not look at it. */
  readonly leave: () => void;
}

/** With every method by which graphql-ws tells a generator, and a `return` that never waits for a pending `next`. */
export function resultStream({ next, leave }: ResultSource): ResultStream {
  const end = async () => {
    leave();
    return DONE;
  };
  const stream: ResultStream = {
    next,
    return: end,
    throw: end,
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return stream;
}

export function failedStream(errors: readonly GraphQLError[]): ResultStream {
  return resultStream({ next: () => Promise.reject(new OperationFailed(errors)), leave: () => {} });
}
