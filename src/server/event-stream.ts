import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Payload } from '../execution/shared-subscriptions.ts';
import { Outlet, type OutletLimits } from './outlet.ts';

export interface EventStreamLimits extends OutletLimits {
  /** A stream that is silent for so long gets a comment, so that nothing on the way takes it for dead. */
  readonly keepAliveMs: number;
  /** What a client is told to wait before it connects again to a server that restarts. */
  readonly retryMs: number;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // For nginx, which otherwise keeps events until it has a buffer full of them.
  'x-accel-buffering': 'no',
};

/** The answer to one request as a stream of events: GraphQL over SSE in distinct connections mode. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #limits: EventStreamLimits;
  readonly #commenting: NodeJS.Timeout;
  /** Ends the wait for a reader that is behind. */
  #goOn: () => void = () => {};
  readonly outlet: Outlet;
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>;

  constructor(response: ServerResponse, limits: EventStreamLimits) {
    this.#response = response;
    this.#limits = limits;
    response.writeHead(200, HEADERS).flushHeaders();
    const onStall = (): void => void response.destroy();
    const { socket } = response.req;
    this.outlet = new Outlet({ ...limits, writable: response, socket, isOpen: () => this.isOpen, onStall });
    this.#commenting = setInterval(() => this.#comment(), limits.keepAliveMs).unref();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    const onClose = (): void => {
      clearInterval(this.#commenting);
      this.#goOn();
      resolve();
    };
    // Its client may have gone while it was found out who asks.
    if (response.destroyed) onClose();
    else response.once('close', onClose);
  }

  get isOpen(): boolean {
    // The `writable` of a response stays true for ever.
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  /** Resolves when the reader is not behind, or gone. */
  next(result: ExecutionResult, cursor: string | undefined): Promise<void> {
    return this.nextWritten([Buffer.from(JSON.stringify(result))], cursor);
  }

  /** The same for a result that is JSON already. */
  async nextWritten(json: readonly Buffer[], cursor: string | undefined): Promise<void> {
    const id = cursor === undefined ? '' : `id: ${cursor}\n`;
    this.outlet.write(Buffer.concat([Buffer.from(`event: next\n${id}data: `), ...json, NEXT_END]));
    if (!this.outlet.isBehind) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goOn = resolve;
    const stop = this.outlet.onDrain(resolve);
    await promise;
    stop();
  }

  /** Says that the operation is over, which nothing else does. */
  complete(): void {
    if (this.isOpen) this.#response.end('event: complete\ndata:\n\n');
  }

  /** Ends the connection but not the operation: the client is to connect again and go on. */
  interrupt(): void {
    if (this.isOpen) this.#response.end(`retry: ${this.#limits.retryMs}\n\n`);
  }

  #comment(): void {
    if (this.isOpen && !this.outlet.isBehind) this.#response.write(':\n\n');
  }
}

const NEXT_BEGIN = Buffer.from('event: next\ndata: ');
const NEXT_END = Buffer.from('\n\n');

/** The events of shared payloads; the same bytes for all who follow. */
export class SharedEvents {
  readonly #made = new WeakMap<readonly Payload[], Buffer>();

  bytesOf(payloads: readonly Payload[]): Buffer {
    const made = this.#made.get(payloads);
    if (made !== undefined) return made;
    const bytes = Buffer.concat(payloads.flatMap(({ json }) => [NEXT_BEGIN, json, NEXT_END]));
    this.#made.set(payloads, bytes);
    return bytes;
  }
}
