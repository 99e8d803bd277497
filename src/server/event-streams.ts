import type { ExecutionResult } from 'graphql';
import type { SharedDelivery } from '../domain/stream.ts';
import type { Leave } from '../execution/shared-subscriptions.ts';
import type { HttpExchange } from './answer.ts';
import { EventStream, type EventStreamLimits, SharedEvents } from './event-stream.ts';
import { MemberOutbox } from './member-outbox.ts';
import {
  isRefused,
  isSubscription,
  type OperationOrigin,
  type Operations,
  type PreparedOperation,
  type RefusedOperation,
} from './operations.ts';

/** Answers operations as streams of events, and knows the streams that are open. */
export class EventStreams {
  readonly #operations: Operations;
  readonly #limits: EventStreamLimits;
  /** Streams of subscriptions. */
  readonly #following = new Set<EventStream>();
  readonly #shared = new SharedEvents();
  #isInterrupted = false;

  constructor(operations: Operations, limits: EventStreamLimits) {
    this.#operations = operations;
    this.#limits = limits;
  }

  /** Resolves when the stream is over. What the operation failed of is told in it. */
  async answer(
    { response }: HttpExchange,
    prepared: PreparedOperation | RefusedOperation,
    origin: OperationOrigin,
  ): Promise<void> {
    const stream = new EventStream(response, this.#limits);
    try {
      if (isRefused(prepared)) await stream.next(prepared, undefined);
      else if (isSubscription(prepared)) await this.#follow(stream, prepared, origin);
      else await this.#execute(stream, prepared, origin);
    } catch (error) {
      await stream.next({ errors: [this.#operations.maskFault(error, origin.requestId)] }, undefined);
    }
    stream.complete();
  }

  /** Ends every stream that has no end of its own, now and from now on, so that its client connects again. */
  interruptAll(): void {
    this.#isInterrupted = true;
    for (const stream of this.#following) stream.interrupt();
  }

  async #execute(stream: EventStream, prepared: PreparedOperation, origin: OperationOrigin): Promise<void> {
    const { result, release } = await this.#operations.execute(prepared, origin);
    try {
      await stream.nextWritten(this.#operations.write(result), undefined);
    } finally {
      release();
    }
  }

  async #follow(stream: EventStream, prepared: PreparedOperation, origin: OperationOrigin): Promise<void> {
    // It was asked for before, and who asks was found out since.
    if (this.#isInterrupted) {
      stream.interrupt();
      return;
    }
    const delivery = this.#operations.deliveryOf(prepared);
    this.#following.add(stream);
    try {
      const refusal =
        delivery === undefined
          ? await this.#followAlone(stream, prepared, origin)
          : await this.#followShared(stream, { prepared, delivery }, origin);
      if (refusal !== undefined) await stream.next(refusal, undefined);
    } finally {
      this.#following.delete(stream);
    }
  }

  async #followAlone(
    stream: EventStream,
    prepared: PreparedOperation,
    origin: OperationOrigin,
  ): Promise<ExecutionResult | undefined> {
    const unwanted = new AbortController();
    // Also when it is interrupted, which for the request is an answer like any other.
    void stream.closed.then(() => unwanted.abort());
    const started = await this.#operations.subscribe(prepared, { ...origin, signal: unwanted.signal });
    if (!(Symbol.asyncIterator in started)) return started;
    void stream.closed.then(() => started.return());
    for await (const { result, event } of started) {
      await stream.nextWritten([this.#operations.encode(result, origin.requestId)], cursorOf(event));
    }
    return undefined;
  }

  async #followShared(
    stream: EventStream,
    { prepared, delivery }: { prepared: PreparedOperation; delivery: SharedDelivery<unknown> },
    origin: OperationOrigin,
  ): Promise<ExecutionResult | undefined> {
    const ended = Promise.withResolvers<void>();
    const member = new MemberOutbox({
      outlet: stream.outlet,
      frame: (payloads) => this.#shared.bytesOf(payloads),
      onEnd: (error) => (error === undefined ? ended.resolve() : ended.reject(error)),
    });
    let leave: Leave = () => {};
    try {
      const joined = await this.#operations.share(prepared, origin, { member, delivery });
      if (typeof joined !== 'function') return joined;
      leave = joined;
      member.open();
      await Promise.race([ended.promise, stream.closed]);
      return undefined;
    } finally {
      member.close();
      leave();
    }
  }
}

/** Events of lossless streams say where they stand. */
function cursorOf(event: unknown): string | undefined {
  const isEvent = typeof event === 'object' && event !== null && 'cursor' in event;
  return isEvent && typeof event.cursor === 'string' ? event.cursor : undefined;
}
