import { isLasting, type Stretch, stretchFrom } from '../async/stretch.ts';
import type { PoolSize } from './rest-rules.ts';

interface Taken {
  readonly weight: number;
  readonly stretch: Stretch;
}

/**
 * A bucket of tokens. One that was taken is back after the whole of `everyMs`, so that no stretch of that length ever
 * sees more than `most` of them, wherever a venue lets its own begin. Times are milliseconds since the epoch.
 */
export class RatePool {
  readonly #size: PoolSize;
  /** Ascending by the end. */
  #taken: Taken[] = [];
  #closed: Stretch = stretchFrom(0, 0);

  constructor(size: PoolSize) {
    this.#size = size;
  }

  /** From when on so much can be taken, if nobody else takes any: `now` when it can at once. */
  readyAt(weight: number, now: number): number {
    this.#forget(now);
    let free = this.#size.most - this.#weightOf();
    let at = isLasting(this.#closed, now) ? this.#closed.until : now;
    // A request of more than the pool ever holds needs all of it.
    const wanted = Math.min(weight, this.#size.most);
    for (const { weight: back, stretch } of this.#taken) {
      if (free >= wanted) break;
      free += back;
      at = Math.max(at, stretch.until);
    }
    return at;
  }

  take(weight: number, now: number): void {
    this.#add({ weight, stretch: stretchFrom(now, this.#size.everyMs) });
  }

  /** The venue counts less than we do: others ask it, too. What it counts more is what is still on its way to it. */
  learn(remaining: number, now: number, resetAt = now + this.#size.everyMs): void {
    this.#forget(now);
    const excess = this.#size.most - this.#weightOf() - Math.max(0, remaining);
    if (excess > 0 && resetAt > now) this.#add({ weight: excess, stretch: { from: now, until: resetAt } });
  }

  /** Lets nothing through for a while. Never shortens one. */
  close(now: number, until: number): void {
    if (!isLasting(this.#closed, now) || until > this.#closed.until) this.#closed = { from: now, until };
  }

  #add(taken: Taken): void {
    const place = this.#taken.findLastIndex(({ stretch }) => stretch.until <= taken.stretch.until);
    this.#taken.splice(place + 1, 0, taken);
  }

  #forget(now: number): void {
    if (this.#taken.some(({ stretch }) => !isLasting(stretch, now)))
      this.#taken = this.#taken.filter(({ stretch }) => isLasting(stretch, now));
  }

  #weightOf(): number {
    return this.#taken.reduce((sum, { weight }) => sum + weight, 0);
  }
}
