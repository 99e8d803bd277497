import { DONE } from '../async/iteration.ts';
import { encodeStreamCursor } from '../domain/cursor.ts';
import type { LiveOrder, OrderStreamItem, RecordedOrderChange } from '../domain/live-order.ts';
import type { StreamGapReason } from '../domain/stream.ts';
import type { GapMark, Positioned, Reader } from './bus.ts';

/** How to read one account's stream. */
export interface OrderReading {
  /** What its cursors name. */
  readonly stream: string;
  readonly subscribe: (from: {
    readonly position: number;
    /** Empty: not known. */
    readonly epoch: string;
    readonly cursorOf: (position: number) => string;
  }) => Reader<(RecordedOrderChange & Positioned) | GapMark>;
  readonly snapshot: () => Promise<OrderState>;
  /** The epoch of the stream, once it has an event. */
  readonly epoch: () => Promise<string>;
  /** What a reader gets before the events behind a state. */
  readonly restart: (
    state: OrderState,
    reason: StreamGapReason | undefined,
    requested: string | undefined,
  ) => readonly OrderStreamItem[];
}

/** The orders of an account behind its event `lastSeq`. */
export interface OrderState {
  readonly epoch: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly orders: readonly LiveOrder[];
}

export interface OrderReaderOptions {
  readonly reading: OrderReading;
  /** Empty for a stream that has no event yet. */
  readonly epoch: string;
  /** The last event that is not delivered. */
  readonly position: number;
  /** Delivered first. */
  readonly items: readonly OrderStreamItem[];
}

/** Order events with their cursors; where events were trimmed while it read, the gap and the state behind it. */
export class OrderReader implements Reader<OrderStreamItem> {
  readonly #reading: OrderReading;
  readonly #items: OrderStreamItem[];
  #epoch: string;
  #position: number;
  #events: Reader<(RecordedOrderChange & Positioned) | GapMark>;
  #isOver = false;
  #pulled: Promise<unknown> = Promise.resolve();

  constructor(options: OrderReaderOptions) {
    this.#reading = options.reading;
    this.#items = [...options.items];
    this.#epoch = options.epoch;
    this.#position = options.position;
    this.#events = this.#subscribe();
  }

  next(): Promise<IteratorResult<OrderStreamItem, void>> {
    const pull = this.#pulled.then(() => this.#pull());
    // What failed after an event was taken must not be followed by the event behind it.
    this.#pulled = pull.catch(() => this.return());
    return pull;
  }

  async return(): Promise<IteratorResult<OrderStreamItem, void>> {
    this.#isOver = true;
    await this.#events.return();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #pull(): Promise<IteratorResult<OrderStreamItem, void>> {
    while (!this.#isOver) {
      const item = this.#items.shift();
      if (item !== undefined) return { done: false, value: item };
      const step = await this.#events.next();
      if (step.done === true) return DONE;
      if (this.#epoch === '') this.#epoch = await this.#reading.epoch();
      if (!('gap' in step.value)) return { done: false, value: this.#toEvent(step.value) };
      await this.#startAnew(step.value.gap.reason);
    }
    return DONE;
  }

  #toEvent({ position, epoch: _, ...change }: RecordedOrderChange & Positioned): OrderStreamItem {
    this.#position = position;
    return { type: 'OrderEvent', ...change, cursor: this.#cursorAt(this.#position) };
  }

  async #startAnew(reason: StreamGapReason): Promise<void> {
    await this.#events.return();
    const state = await this.#reading.snapshot();
    this.#items.push(...this.#reading.restart(state, reason, this.#cursorAt(this.#position)));
    this.#epoch = state.epoch;
    this.#position = state.lastSeq;
    this.#events = this.#subscribe();
    if (this.#isOver) await this.#events.return();
  }

  /** From the event at `#position` on. */
  #subscribe(): Reader<(RecordedOrderChange & Positioned) | GapMark> {
    const cursorOf = (position: number): string => this.#cursorAt(position);
    return this.#reading.subscribe({ position: this.#position, epoch: this.#epoch, cursorOf });
  }

  /** Names the epoch as it is known when it is asked for: the first event may have come meanwhile. */
  #cursorAt(position: number): string {
    return encodeStreamCursor({ stream: this.#reading.stream, epoch: this.#epoch, position });
  }
}
