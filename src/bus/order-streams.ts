import { decodeStreamCursor, encodeStreamCursor } from '../domain/cursor.ts';
import { CodedError } from '../domain/errors.ts';
import type { LiveOrder, OrderChange, OrderStreamItem, RecordedOrderChange } from '../domain/live-order.ts';
import type { StreamGapReason, StreamStart } from '../domain/stream.ts';
import type { Bus, History, LosslessTopic, Positioned, Reader, StreamBounds } from './bus.ts';
import { OrderReader, type OrderReading, type OrderState } from './order-reader.ts';

/** What is kept of an account's stream; the store's. */
export interface OrderHistory {
  append(accountCookie: string, changes: readonly OrderChange[]): Promise<readonly RecordedOrderChange[]>;
  read(accountCookie: string, afterSeq: number, limit: number): Promise<readonly RecordedOrderChange[]>;
  bounds(accountCookie: string): Promise<StreamBounds | undefined>;
  state(accountCookie: string, ended: EndedOrders): Promise<RecordedOrders>;
}

interface EndedOrders {
  readonly since: number;
  readonly most: number;
}

/** The orders of an account, and the bounds of its stream, at one moment. */
export interface RecordedOrders {
  readonly bounds: StreamBounds | undefined;
  readonly orders: readonly LiveOrder[];
}

/** Streams of which another process keeps the history. */
export interface OrdersElsewhere extends Pick<OrderHistory, 'bounds' | 'state'>, History<PositionedChange> {
  /** Whether another process keeps the stream of the account now. */
  isElsewhere(accountCookie: string): boolean;
}

export interface OrderStreamsOptions {
  readonly bus: Bus;
  readonly history: OrderHistory;
  /** Whether other processes follow the account here: one that a gateway of this process carries. None when absent. */
  readonly isShared?: ((accountCookie: string) => boolean) | undefined;
  /** Accounts that other processes carry. None when absent. */
  readonly elsewhere?: OrdersElsewhere | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Orders that ended longer ago are not in a snapshot any more. */
  readonly retentionMs: number;
}

export interface OrderFollowing {
  readonly after: string | undefined;
  /** Where to start without a cursor. */
  readonly startAt: StreamStart;
}

const BEFORE_ANY_EVENT = { epoch: '', firstSeq: 1, lastSeq: 0 } as const;

export type PositionedChange = RecordedOrderChange & Positioned;

/** Names the topic among those that processes share. */
export const ORDER_TOPIC = 'orders';

/** A snapshot is one message; more would hold up everybody else. */
const MOST_ENDED = 1_000;
const TAIL_EVENTS = 1_000;
const TAIL_STREAMS = 200;

/** The lossless streams of order events, one for each account. What is stored first is told then. */
export class OrderStreams {
  readonly #options: OrderStreamsOptions;
  readonly #topic: LosslessTopic<PositionedChange>;
  /** What of each account is being recorded, so that it is told in the order in which it is stored. */
  readonly #recording = new Map<string, Promise<unknown>>();

  constructor(options: OrderStreamsOptions) {
    const { bus, history, elsewhere, isShared = () => false } = options;
    this.#options = options;
    this.#topic = bus.losslessTopic({
      tail: { maxEvents: TAIL_EVENTS, maxIdleStreams: TAIL_STREAMS },
      shared: { name: ORDER_TOPIC, keeps: isShared, bounds: (accountCookie) => history.bounds(accountCookie) },
      history: {
        read: async (accountCookie, position, limit, epoch) => {
          if (elsewhere?.isElsewhere(accountCookie) === true) {
            return elsewhere.read(accountCookie, position, limit, epoch);
          }
          const changes = await history.read(accountCookie, position, limit);
          const firstSeq = changes[0]?.seq ?? (await history.bounds(accountCookie))?.firstSeq ?? 1;
          const events = changes.map(toPositioned);
          if (firstSeq <= position + 1) return { events };
          return { events, gap: { reason: 'TRIMMED', resumeAfter: firstSeq - 1 } };
        },
      },
    });
  }

  /** Stores the changes that are new and tells them to whoever follows the account. */
  record(accountCookie: string, changes: readonly OrderChange[]): Promise<readonly RecordedOrderChange[]> {
    const before = this.#recording.get(accountCookie) ?? Promise.resolve();
    const recording = before.then(async () => {
      const recorded = await this.#options.history.append(accountCookie, changes);
      for (const change of recorded) this.#topic.publish(accountCookie, toPositioned(change));
      return recorded;
    });
    const settled = recording.catch(() => {});
    this.#recording.set(accountCookie, settled);
    void settled.then(() => {
      if (this.#recording.get(accountCookie) === settled) this.#recording.delete(accountCookie);
    });
    return recording;
  }

  /** What is stored of an account comes to other processes from now on, before anything is recorded. */
  offer(accountCookie: string): void {
    this.#topic.offer(accountCookie);
  }

  /** Whether the orders of the account were ever recorded. */
  async isRecorded(accountCookie: string): Promise<boolean> {
    return (await this.#bounds(accountCookie)) !== undefined;
  }

  /** Fails with STREAM_BAD_CURSOR for a cursor that is none of this account's. */
  async follow(accountCookie: string, { after, startAt }: OrderFollowing): Promise<Reader<OrderStreamItem>> {
    const reading = this.#readingOf(accountCookie);
    const cursor = after === undefined ? undefined : decodeStreamCursor(after, reading.stream);
    const { epoch, firstSeq, lastSeq } = (await this.#bounds(accountCookie)) ?? BEFORE_ANY_EVENT;
    const readAfter = (position: number) => new OrderReader({ reading, epoch, position, items: [] });
    // Only who starts anew needs all orders, which takes a while.
    const startAnew = async (reason: StreamGapReason | undefined): Promise<OrderReader> => {
      const state = await this.#snapshot(accountCookie);
      const items = reading.restart(state, reason, after);
      return new OrderReader({ reading, epoch: state.epoch, position: state.lastSeq, items });
    };
    if (cursor === undefined) {
      if (startAt === 'SNAPSHOT') return startAnew(undefined);
      return readAfter(startAt === 'NOW' ? lastSeq : firstSeq - 1);
    }
    // The cursor of a stream that had no event yet names no epoch: it lies before all of them.
    const isBeforeAll = cursor.epoch === '' && cursor.position === 0;
    if (cursor.epoch !== epoch && !isBeforeAll) return startAnew('EPOCH_CHANGED');
    if (cursor.position > lastSeq) {
      throw new CodedError('STREAM_BAD_CURSOR', 'received a cursor that lies behind the end of the stream');
    }
    return cursor.position < firstSeq - 1 ? startAnew('TRIMMED') : readAfter(cursor.position);
  }

  #readingOf(accountCookie: string): OrderReading {
    const stream = `orders:${accountCookie}`;
    return {
      stream,
      subscribe: ({ position, epoch, cursorOf }) =>
        this.#topic.subscribe({ stream: accountCookie, after: position, epoch, cursorOf }),
      snapshot: () => this.#snapshot(accountCookie),
      epoch: async () => (await this.#bounds(accountCookie))?.epoch ?? '',
      restart: ({ epoch, firstSeq, lastSeq, orders }, reason, requested) => {
        const cursorAt = (position: number) => encodeStreamCursor({ stream, epoch, position });
        const gap =
          reason === undefined
            ? []
            : [
                {
                  type: 'StreamGap',
                  requested: requested ?? null,
                  firstAvailable: cursorAt(firstSeq - 1),
                  reason,
                } as const,
              ];
        return [...gap, { type: 'OrderSnapshot', cursor: cursorAt(lastSeq), orders }];
      },
    };
  }

  async #snapshot(accountCookie: string): Promise<OrderState> {
    const { now, retentionMs } = this.#options;
    const { bounds, orders } = await this.#sourceOf(accountCookie).state(accountCookie, {
      since: now() - retentionMs,
      most: MOST_ENDED,
    });
    return { ...(bounds ?? BEFORE_ANY_EVENT), orders };
  }

  #bounds(accountCookie: string): Promise<StreamBounds | undefined> {
    return this.#sourceOf(accountCookie).bounds(accountCookie);
  }

  #sourceOf(accountCookie: string): Pick<OrderHistory, 'bounds' | 'state'> {
    const { history, elsewhere } = this.#options;
    return elsewhere?.isElsewhere(accountCookie) === true ? elsewhere : history;
  }
}

function toPositioned(change: RecordedOrderChange): PositionedChange {
  return { ...change, position: change.seq };
}
