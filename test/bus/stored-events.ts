import type { GapMark, History, HistoryGap, HistoryPage, Positioned } from '../../src/bus/bus.ts';

/** An event that the suites publish. */
export interface Note extends Positioned {
  readonly stream: string;
}

interface Read {
  readonly stream: string;
  readonly position: number;
  readonly limit: number;
  readonly page: HistoryPage<Note>;
  readonly answer: PromiseWithResolvers<HistoryPage<Note>>;
}

/** A history in memory. Its answers are what was stored when it was asked, and may be held back. */
export class StoredEvents implements History<Note> {
  readonly #events = new Map<string, Note[]>();
  readonly #trimmed = new Map<string, number>();
  #held: Read[] = [];
  isHolding = false;
  /** Once set, every read fails with it. */
  failure: Error | undefined;
  /** The positions that were asked for. */
  readonly reads: number[] = [];
  /** At most so many events a page, whatever is asked for. */
  pageSize = Number.POSITIVE_INFINITY;

  store(stream: string, position: number): Note {
    const event = { stream, position };
    this.#events.set(stream, [...this.events(stream), event]);
    return event;
  }

  events(stream: string): readonly Note[] {
    return this.#events.get(stream) ?? [];
  }

  /** Drops the events up to the position. */
  trim(stream: string, position: number): void {
    const kept = this.events(stream).filter((event) => event.position > position);
    const last = this.events(stream).findLast((event) => event.position <= position);
    if (last !== undefined) this.#trimmed.set(stream, last.position);
    this.#events.set(stream, kept);
  }

  /** Reads that wait for `release`. */
  get held(): number {
    return this.#held.length;
  }

  read(stream: string, position: number, limit: number): Promise<HistoryPage<Note>> {
    this.reads.push(position);
    const answer = Promise.withResolvers<HistoryPage<Note>>();
    this.#held.push({ stream, position, limit, page: this.#page(stream, position, limit), answer });
    if (!this.isHolding) this.release();
    return answer.promise;
  }

  /** Answers the oldest read that waits. */
  release(): void {
    const read = this.#held.shift();
    if (this.failure !== undefined) read?.answer.reject(this.failure);
    else read?.answer.resolve(read.page);
  }

  releaseAll(): void {
    while (this.held > 0) this.release();
  }

  #page(stream: string, position: number, limit: number): HistoryPage<Note> {
    const trimmed = this.#trimmed.get(stream) ?? 0;
    const gap: HistoryGap | undefined = position < trimmed ? { reason: 'TRIMMED', resumeAfter: trimmed } : undefined;
    const following = this.events(stream).filter((event) => event.position > position);
    return { events: following.slice(0, Math.min(limit, this.pageSize)), gap };
  }
}

/** Positions, and `gap 7` for a gap after which 7 is the last that is lost. */
export function positions(items: readonly (Note | GapMark)[]): (number | string)[] {
  return items.map((item) => ('gap' in item ? `gap ${item.gap.resumeAfter}` : item.position));
}
