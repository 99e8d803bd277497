import type { Clock } from '../../async/clock.ts';
import { CodedError } from '../../domain/errors.ts';
import type { GapMark, History, HistoryPage, LosslessSubscription, Positioned } from '../bus.ts';
import { PullReader } from './pull-reader.ts';
import type { StreamTail } from './stream-tail.ts';

/** What a reader needs of its topic. */
export interface LosslessSource<Event extends Positioned> {
  readonly history: History<Event>;
  readonly tail: StreamTail<Event>;
  readonly clock: Clock;
  readonly stallTimeoutMs: number;
  /** Called once, when the reader ends. */
  readonly onEnd: (reader: LosslessReader<Event>) => void;
}

/** Events that one read of the history asks for: what a reader that is behind holds at most. */
const PAGE_EVENTS = 256;

/** Pulls from the tail what is there and from the history what is not. Holds a position and at most one page. */
export class LosslessReader<Event extends Positioned> extends PullReader<Event | GapMark> {
  readonly #subscription: LosslessSubscription;
  readonly #source: LosslessSource<Event>;
  /** Of the last event that was taken. */
  #position: number;
  /** Of the position; undefined: not known. */
  #epoch: string | undefined;
  #gap: GapMark | undefined;
  /** What was read of the history and not taken, the oldest last. */
  #page: Event[] = [];
  #isReading = false;
  #cancelStall: (() => void) | undefined;

  constructor(subscription: LosslessSubscription, source: LosslessSource<Event>) {
    super();
    this.#subscription = subscription;
    this.#source = source;
    this.#position = subscription.after;
    this.#epoch = subscription.epoch === '' ? undefined : subscription.epoch;
    this.#watch();
  }

  override next(): Promise<IteratorResult<Event | GapMark, void>> {
    const pulled = super.next();
    this.#watch();
    return pulled;
  }

  /** Something was published to the stream. */
  notify(): void {
    if (this.isAwaited) this.#proceed();
    else if (this.#cancelStall === undefined) this.#watch();
  }

  protected take(): Event | GapMark | undefined {
    if (!this.isOpen || this.#isReading) return undefined;
    if (this.#gap !== undefined) return this.#takeGap(this.#gap);
    const event = this.#page.pop() ?? this.#takeFromTail();
    if (event === undefined) return undefined;
    this.#position = event.position;
    this.#epoch = event.epoch ?? this.#epoch;
    return event;
  }

  protected detach(): void {
    this.#cancelStall?.();
    this.#cancelStall = undefined;
    this.#source.onEnd(this);
  }

  protected drop(): void {
    this.#gap = undefined;
    this.#page = [];
  }

  #takeGap(mark: GapMark): GapMark {
    this.#gap = undefined;
    this.#position = mark.gap.resumeAfter;
    this.#epoch = mark.gap.epoch ?? this.#epoch;
    return mark;
  }

  #takeFromTail(): Event | undefined {
    const { tail } = this.#source;
    if (tail.covers(this.#position, this.#epoch)) return tail.next(this.#position);
    this.#isReading = true;
    void this.#read();
    return undefined;
  }

  async #read(): Promise<void> {
    const { history, tail } = this.#source;
    const changesBefore = tail.changes;
    try {
      const { stream } = this.#subscription;
      const { gap, events } = await history.read(stream, this.#position, PAGE_EVENTS, this.#epoch);
      this.#isReading = false;
      if (!this.isOpen) return;
      this.#turnTo({ gap, events });
      // An event that was published meanwhile may be missing in the page, and nobody would say so again.
      const isAtEnd = events.length === 0 && gap === undefined && tail.changes === changesBefore;
      if (isAtEnd) tail.knowEnd(this.#position, this.#epoch);
      else this.#proceed();
    } catch (error) {
      this.#isReading = false;
      this.abort(error instanceof Error ? error : new Error('the history threw what is no error', { cause: error }));
    }
  }

  #turnTo({ gap, events }: HistoryPage<Event>): void {
    this.#gap = gap === undefined ? undefined : { gap };
    this.#page = events.toReversed();
  }

  #proceed(): void {
    this.wake();
    this.#watch();
  }

  /** Starts the time for a reader that took something or was not behind before; stops it for one that waits itself. */
  #watch(): void {
    this.#cancelStall?.();
    this.#cancelStall = undefined;
    if (this.isAwaited || !this.isOpen || !this.#isBehind) return;
    const { clock, stallTimeoutMs } = this.#source;
    this.#cancelStall = clock.after(stallTimeoutMs, () => this.#stall());
  }

  get #isBehind(): boolean {
    const { lastPosition } = this.#source.tail;
    const isPublished = lastPosition !== undefined && lastPosition > this.#position;
    return isPublished || this.#page.length > 0;
  }

  #stall(): void {
    const { stallTimeoutMs } = this.#source;
    const message = `nothing was read for ${stallTimeoutMs} ms while events waited, go on after the cursor`;
    this.abort(new CodedError('SLOW_CONSUMER', message, { cursor: this.#subscription.cursorOf(this.#position) }));
  }
}
