import type { Positioned, TailBounds } from '../bus.ts';

/** The last events of a stream: every one behind a position that it knows. */
export class StreamTail<Event extends Positioned> {
  readonly #bounds: Pick<TailBounds<Event>, 'maxEvents' | 'bytes'>;
  /** Every event that follows this position and was published is here; undefined: nothing is known. */
  #after: number | undefined;
  #events: Event[] = [];
  #bytes = 0;
  #lastPosition: number | undefined;
  /** Of what is known; undefined: not told. */
  #epoch: string | undefined;
  #changes = 0;

  constructor(bounds: Pick<TailBounds<Event>, 'maxEvents' | 'bytes'>) {
    this.#bounds = bounds;
  }

  /** Of what was published; undefined when nothing was since this was made. */
  get lastPosition(): number | undefined {
    return this.#lastPosition;
  }

  /** Rises with whatever becomes known or is forgotten. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Takes an event that another process has published after its event at `after`. Where something lies between that and
   * what is known, all that is known is forgotten first. Answers whether the event is news.
   */
  feed(event: Event, after: number): boolean {
    const end = this.#lastPosition ?? this.#after;
    const isSameEpoch = this.#isOf(event.epoch);
    if (end !== undefined && isSameEpoch && event.position <= end) return false;
    if (!isSameEpoch || (end !== undefined && after !== end)) this.forget();
    this.push(event);
    return true;
  }

  /** What it knows is not all that there is any more. */
  forget(): void {
    this.#changes += 1;
    this.#after = undefined;
    this.#lastPosition = undefined;
    this.#epoch = undefined;
    this.#events = [];
    this.#bytes = 0;
  }

  /** Throws a RangeError for an event that does not follow the one before. */
  push(event: Event): void {
    const { position } = event;
    if (!(position > (this.#lastPosition ?? Number.NEGATIVE_INFINITY))) {
      throw new RangeError(`received an event at ${position}, wanted one after ${this.#lastPosition}`);
    }
    this.#changes += 1;
    this.#lastPosition = position;
    this.#epoch = event.epoch ?? this.#epoch;
    if (this.#after === undefined) {
      // What lies before it is not known, so it is of use to those only who are behind it, and they have seen it.
      this.#after = position;
      return;
    }
    this.#events.push(event);
    this.#bytes += this.#sizeOf(event);
    while (this.#isOverBounds()) this.#dropOldest();
  }

  /** Says that nothing follows the position so far, unless more was known. */
  knowEnd(position: number, epoch?: string): void {
    if (this.#after !== undefined) return;
    this.#after = position;
    this.#epoch = epoch;
  }

  /** Whether `next` knows everything that follows the position. */
  covers(position: number, epoch?: string): boolean {
    if (this.#after === undefined || position < this.#after || !this.#isOf(epoch)) return false;
    return position <= Math.max(this.#after, this.#lastPosition ?? this.#after);
  }

  /** The first event that follows the position; undefined when none does. */
  next(position: number): Event | undefined {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isPassed = (this.#events[middle]?.position ?? Number.POSITIVE_INFINITY) <= position;
      if (isPassed) low = middle + 1;
      else high = middle;
    }
    return this.#events[low];
  }

  #isOf(epoch: string | undefined): boolean {
    return epoch === undefined || this.#epoch === undefined || epoch === this.#epoch;
  }

  #isOverBounds(): boolean {
    const { maxEvents, bytes } = this.#bounds;
    if (this.#events.length === 0) return false;
    return this.#events.length > maxEvents || (bytes !== undefined && this.#bytes > bytes.max);
  }

  #dropOldest(): void {
    const oldest = this.#events.shift();
    if (oldest === undefined) return;
    this.#after = oldest.position;
    this.#bytes -= this.#sizeOf(oldest);
  }

  #sizeOf(event: Event): number {
    return this.#bounds.bytes?.sizeOf(event) ?? 0;
  }
}
