import type { Gateway } from '../domain/gateway.ts';
import type { BalanceState, PositionState } from '../domain/live-account.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Run } from '../domain/run.ts';
import type { Sequenced, StreamGapReason } from '../domain/stream.ts';
import type { Quote } from '../domain/tick.ts';

/**
 * What a subscriber pulls from. Attached from the moment it was made; `return` gives everything back, at any time, and
 * so does an error, which one pull rejects with; afterwards it is done. Pulls may overlap and are answered in order.
 */
export interface Reader<Value> extends AsyncIterableIterator<Value, void, undefined> {
  next(): Promise<IteratorResult<Value, void>>;
  return(): Promise<IteratorResult<Value, void>>;
}

/** A value of a topic with keys. `key` names what it is the state of; all readers see the same object. */
export type Keyed<Value> = Value & Sequenced;

export interface KeyedSubscription<Value> {
  /** Only these keys; all when absent. */
  readonly keys?: readonly string[] | undefined;
  /** Only values for which this holds; asked once of each, when it is published. A throw ends the reader with that error. */
  readonly where?: ((value: Value) => boolean) | undefined;
}

export interface ConflatedSubscription<Value> extends KeyedSubscription<Value> {
  /** Most values a second of each key, above 0; the newest one always arrives. No bound when absent. */
  readonly maxPerSecond?: number | undefined;
}

/** Most states that wait for a reader of a conflated topic, one for each key and part; more end it with SLOW_CONSUMER. */
export const MOST_UNREAD_STATES = 10_000;

/** Most values that wait for a reader of a tape, unless it asks for more; beyond it ends with SLOW_CONSUMER. */
export const TAPE_MOST_BEHIND = 10_000;

/** Readers that are attached: neither returned nor ended by an error. */
interface Readable {
  readonly readers: number;
}

/**
 * States by key, the newest of which is all that matters. Publishing never waits for a reader and never fails because of
 * one. A reader holds one state for each key and part, at most `MOST_UNREAD_STATES`, and is given the one that waits
 * longest.
 */
export interface ConflatedTopic<Value> extends Readable {
  /**
   * Makes it the present state of the key. `part` tells states of one key apart that must not replace each other in a
   * reader that is behind, such as bars of different open times; the present state is the last one published.
   */
  publish(key: string, value: Value, part?: string): void;
  /** The present state; undefined before the first. */
  latest(key: string): Keyed<Value> | undefined;
  /** The present states of all keys, in the order in which the keys came. */
  present(): readonly Keyed<Value>[];
  /** First the present state of each key, in the order of `keys`, then whatever becomes newest. */
  subscribe(subscription?: ConflatedSubscription<Value>): Reader<Keyed<Value>>;
  /**
   * Forgets the present state of the key; readers keep what they have not read yet. A later state of the key is counted
   * anew, under another epoch.
   */
  forget(key: string): void;
  /**
   * Ends every reader that asked for the key by name: its next pull, after what it has not read yet, rejects with `error`.
   * What `maxPerSecond` held back comes at once.
   */
  fail(key: string, error: Error): void;
}

export interface TapeSubscription<Value> extends KeyedSubscription<Value> {
  /** How many values may wait; `TAPE_MOST_BEHIND` when absent. */
  readonly mostBehind?: number | undefined;
}

/**
 * Every value in order, for readers that keep up: one that falls more than `mostBehind` values behind loses what it has
 * not read and ends with CodedError SLOW_CONSUMER. A reader sees nothing from before it came.
 */
export interface TapeTopic<Value> extends Readable {
  publish(key: string, value: Value): void;
  /** Values of the key may have been missed: what follows is counted anew, under another epoch. */
  interrupt(key: string): void;
  subscribe(subscription?: TapeSubscription<Value>): Reader<Keyed<Value>>;
  /** Ends every reader that asked for the key by name: its next pull, after what it has not read yet, rejects with `error`. */
  fail(key: string, error: Error): void;
}

/** An event of a lossless stream. */
export interface Positioned {
  /** Rises along the stream, by whatever steps. */
  readonly position: number;
  /** Names the counting of the positions, where there may be another one; absent: there is only one. */
  readonly epoch?: string | undefined;
}

/** Says that events after the position asked for are gone. */
export interface HistoryGap {
  readonly reason: StreamGapReason;
  /** Reading after this position goes on without another gap. */
  readonly resumeAfter: number;
  /** Of the events behind the gap, where it is another one than before. */
  readonly epoch?: string | undefined;
}

export interface HistoryPage<Event> {
  /** Oldest first; empty: nothing follows (yet). */
  readonly events: readonly Event[];
  /** Lies before the events, which follow its `resumeAfter`. */
  readonly gap?: HistoryGap | undefined;
}

/** What was stored of the streams of a topic. */
export interface History<Event> {
  /**
   * The events after `position`, at most `limit`, the first of which follows `position` unless a gap is told. `epoch` is
   * that of the position, where the reader knows it: the gap to another one is told.
   */
  read(stream: string, position: number, limit: number, epoch?: string): Promise<HistoryPage<Event>>;
}

export interface LosslessSubscription {
  readonly stream: string;
  /** The last position that the reader has seen; 0: from the beginning. */
  readonly after: number;
  /** That this position is counted in; absent or empty: whichever comes. */
  readonly epoch?: string | undefined;
  /** The cursor that goes on behind a position, for the error that ends a slow reader. */
  readonly cursorOf: (position: number) => string;
}

export interface GapMark {
  readonly gap: HistoryGap;
}

/** How much of each stream stays in memory behind its last event. */
export interface TailBounds<Event> {
  readonly maxEvents: number;
  /** No bound but `maxEvents` when absent. */
  readonly bytes?: { readonly max: number; readonly sizeOf: (event: Event) => number } | undefined;
  /** Streams without readers that keep their tail; the one that was published to or read longest ago goes first. */
  readonly maxIdleStreams: number;
}

/** What is stored of a stream. */
export interface StreamBounds {
  /** Names the counting. */
  readonly epoch: string;
  /** Of the oldest event that can be read. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** What other processes need of a topic, where the bus has several. */
export interface SharedStreams {
  /** Names the topic among those that are shared. */
  readonly name: string;
  /** Whether this process keeps the history of the stream and tells the others of it. One process does. */
  keeps(stream: string): boolean;
  /** Of a stream that this process keeps; undefined before its first event. */
  bounds(stream: string): Promise<StreamBounds | undefined>;
}

export interface LosslessTopicOptions<Event> {
  readonly history: History<Event>;
  readonly tail: TailBounds<Event>;
  /** Absent: the topic stays in this process whatever the bus is. Events of a topic that is shared are plain JSON. */
  readonly shared?: SharedStreams | undefined;
  /** 30 s when absent. */
  readonly stallTimeoutMs?: number | undefined;
}

/**
 * Every event in order and once, for every reader, however slow: what is not in memory any more is read from the
 * history. A reader that takes nothing for `stallTimeoutMs` while events wait ends with CodedError SLOW_CONSUMER, which
 * carries its cursor; one whose history cannot be read ends with that failure.
 */
export interface LosslessTopic<Event extends Positioned> extends Readable {
  /**
   * To be called in the order of the positions, for an event that the history has already. Throws a RangeError for a
   * position that does not follow the last one.
   */
  publish(stream: string, event: Event): void;
  /** Other processes may want what is stored of the stream, before anything of it is published. */
  offer(stream: string): void;
  subscribe(subscription: LosslessSubscription): Reader<Event | GapMark>;
}

/** Where everything live passes through. */
export interface Bus {
  /** By `marketKey` of gateway and symbol. */
  readonly ticks: ConflatedTopic<Quote>;
  /** By `marketKey` of gateway, symbol and interval; a part for each open time. */
  readonly liveBars: ConflatedTopic<LiveBar>;
  /** By `marketKey` of gateway and symbol. */
  readonly marketTrades: TapeTopic<Print>;
  /** By the gateway's name. */
  readonly gatewayStatus: ConflatedTopic<Gateway>;
  /** By `marketKey` of account cookie and instrument. A closed position stays, with volumes of zero. */
  readonly positions: ConflatedTopic<PositionState>;
  /** By `marketKey` of account cookie and currency. */
  readonly balances: ConflatedTopic<BalanceState>;
  /** By the run's id. */
  readonly runStatus: ConflatedTopic<Run>;
  /** A topic for whoever keeps the history of its streams. */
  losslessTopic<Event extends Positioned>(options: LosslessTopicOptions<Event>): LosslessTopic<Event>;
}
