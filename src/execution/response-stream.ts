import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { DONE } from '../async/iteration.ts';

/** What a subscription says of one event. */
export interface Response {
  readonly result: ExecutionResult;
  /** What the field's `subscribe` delivered. */
  readonly event: unknown;
}

export interface ResponseStreamOptions {
  readonly events: AsyncIterable<unknown>;
  readonly respond: (event: unknown) => Promise<ExecutionResult>;
  /** Told what the source failed of when it was given back, for which nobody waits. */
  readonly onFault: (error: unknown) => void;
  /** Called once, when nothing follows any more. */
  readonly onEnd?: (() => void) | undefined;
}

/** So many responses may follow each other before everybody else has a turn of the event loop. */
const RESPONSES_A_TURN = 500;

/**
 * The responses of a subscription, one for each event. Pulling drives it, one pull after the other, so that a reader
 * who takes nothing makes nothing happen. `return` gives everything back and answers the pull that waits at once,
 * whereas an async generator would wait for the event; it never rejects.
 */
export class ResponseStream implements AsyncIterableIterator<Response, void, undefined> {
  readonly #options: ResponseStreamOptions;
  readonly #events: AsyncIterator<unknown, unknown, undefined>;
  #answerPull: (step: IteratorReturnResult<void>) => void = () => {};
  #pulls = 0;
  #isOver = false;

  constructor(options: ResponseStreamOptions) {
    this.#options = options;
    this.#events = options.events[Symbol.asyncIterator]();
  }

  /** Rejects with what the source of the events failed of; the stream is over then. */
  next(): Promise<IteratorResult<Response, void>> {
    if (this.#isOver) return Promise.resolve(DONE);
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Response, void>>();
    this.#answerPull = resolve;
    this.#pull().then(resolve, reject);
    return promise;
  }

  return(): Promise<IteratorResult<Response, void>> {
    void this.#end();
    this.#answerPull(DONE);
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #pull(): Promise<IteratorResult<Response, void>> {
    try {
      if (++this.#pulls % RESPONSES_A_TURN === 0) await nextTurn();
      if (this.#isOver) return DONE;
      const { done, value: event } = await this.#events.next();
      if (done !== true && !this.#isOver) {
        return { done: false, value: { result: await this.#options.respond(event), event } };
      }
    } catch (error) {
      void this.#end();
      throw error;
    }
    void this.#end();
    return DONE;
  }

  /** Gives everything back, once. */
  async #end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd?.();
    try {
      await this.#events.return?.();
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}
