import type { ExecutionResult } from 'graphql';
import type { SharedDelivery } from '../domain/stream.ts';
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
  readonly #open = new Set<EventStream>();
  readonly #shared = new SharedEvents();

  constructor(operations: Operations, limits: EventStreamLimits) {
    this.#operations = operations;
    this.#limits = limits;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Resolves when the stream is over. What the operation failed of is told in it. */
  async answer(
    { response }: HttpExchange,
    prepared: PreparedOperation | RefusedOperation,
    origin: OperationOrigin,
  ): Promise<void> {
    const stream = new EventStream(response, this.#limits);
    this.#open.add(stream);
    try {
      if (isRefused(prepared)) await stream.next(prepared, undefined);
      else if (isSubscription(prepared)) await this.#follow(stream, prepared, origin);
      else await this.#execute(stream, prepared, origin);
      stream.complete();
    } finally {
      this.#open.delete(stream);
    }
  }

  /** Ends every stream so that its client connects again. */
  interruptAll(): void {
    for (const stream of this.#open) stream.interrupt();
  }

  async #execute(stream: EventStream, prepared: PreparedOperation, origin: OperationOrigin): Promise<void> {
    const { result, release } = await this.#operations.execute(prepared, origin);
    try {
      await stream.next(result, undefined);
    } finally {
      release();
    }
  }

  async #follow(stream: EventStream, prepared: PreparedOperation, origin: OperationOrigin): Promise<void> {
    const delivery = this.#operations.deliveryOf(prepared);
    const fault =
      delivery === undefined
        ? await this.#followAlone(stream, prepared, origin)
        : await this.#followShared(stream, { prepared, delivery }, origin);
    if (fault !== undefined) await stream.next(fault, undefined);
  }

  async #followAlone(
    stream: EventStream,
    prepared: PreparedOperation,
    origin: OperationOrigin,
  ): Promise<ExecutionResult | undefined> {
    const started = await this.#operations.subscribe(prepared, origin);
    if (!(Symbol.asyncIterator in started)) return started;
    void stream.closed.then(() => started.return());
    try {
      for await (const { result, event } of started) {
        await stream.next(this.#operations.mask(result, origin.requestId), cursorOf(event));
      }
      return undefined;
    } catch (error) {
      return this.#faultOf(error, origin);
    }
  }

  async #followShared(
    stream: EventStream,
    { prepared, delivery }: { prepared: PreparedOperation; delivery: SharedDelivery<unknown> },
    origin: OperationOrigin,
  ): Promise<ExecutionResult | undefined> {
    const ended = Promise.withResolvers<unknown>();
    const member = new MemberOutbox({
      outlet: stream.outlet,
      frame: (payloads) => this.#shared.bytesOf(payloads),
      onEnd: ended.resolve,
    });
    const joined = await this.#operations.share(prepared, origin, { member, delivery });
    if (typeof joined !== 'function') {
      member.close();
      return joined;
    }
    member.open();
    const error = await Promise.race([ended.promise, stream.closed]);
    member.close();
    joined();
    return error === undefined ? undefined : this.#faultOf(error, origin);
  }

  #faultOf(error: unknown, { requestId }: OperationOrigin): ExecutionResult {
    return { errors: [this.#operations.maskFault(error, requestId)] };
  }
}

/** Events of lossless streams say where they stand. */
function cursorOf(event: unknown): string | undefined {
  const isEvent = typeof event === 'object' && event !== null && 'cursor' in event;
  return isEvent && typeof event.cursor === 'string' ? event.cursor : undefined;
}
