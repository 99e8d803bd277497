import type { ExecutionResult } from 'graphql';

/** What a subscription says of one event. */
export interface Response {
  readonly result: ExecutionResult;
  /** What the field's `subscribe` delivered. */
  readonly event: unknown;
}

/**
 * The responses of a subscription, one for each event. Pulling drives it, so that a reader who takes nothing makes
 * nothing happen. `return` gives everything back at once, also while an event is awaited, which an async generator
 * would wait for.
 */
export class ResponseStream implements AsyncIterableIterator<Response, void, undefined> {
  readonly #events: AsyncIterator<unknown, unknown, undefined>;
  readonly #respond: (event: unknown) => Promise<ExecutionResult>;
  #isOver = false;

  constructor(events: AsyncIterable<unknown>, respond: (event: unknown) => Promise<ExecutionResult>) {
    this.#events = events[Symbol.asyncIterator]();
    this.#respond = respond;
  }

  /** Rejects with what the source of the events failed of; the stream is over then. */
  async next(): Promise<IteratorResult<Response, void>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      const { done, value: event } = await this.#events.next();
      if (done === true || this.#isOver) return await this.return();
      return { done: false, value: { result: await this.#respond(event), event } };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Response, void>> {
    if (!this.#isOver) {
      this.#isOver = true;
      await this.#events.return?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
