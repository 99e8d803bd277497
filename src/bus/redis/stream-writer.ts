import type { History, Positioned, SharedStreams } from '../bus.ts';
import type { Alive, RedisLink } from './redis-link.ts';
import { type LogAppend, type LogEnd, type LogEntry, NO_END, type StreamLog } from './stream-log.ts';

export interface StreamWriterOptions<Event extends Positioned> {
  readonly link: RedisLink;
  readonly log: StreamLog<Event>;
  readonly history: History<Event>;
  readonly shared: SharedStreams;
  /** Entries that the log keeps of a stream. */
  readonly maxEvents: number;
}

/** Events that are sent at once. */
const BATCH = 256;
/** With more that wait to be sent they are read from the history instead. */
const MOST_WAITING = 1_000;
/** Another process has written at the same time: looked at once more, at most so often in a row. */
const MOST_CONFLICTS = 5;

interface Written<Event> {
  /** What Redis has; undefined: it has to be asked. */
  end: LogEnd | undefined;
  /** Published and not sent yet, each following the one before; undefined: they are in the history alone. */
  waiting: Event[] | undefined;
  isRunning: boolean;
  /** Something has come up while it was running. */
  isAgain: boolean;
  /** Whether its failure was told, since it last went well. */
  isTold: boolean;
}

/**
 * Brings the streams that this process keeps to Redis: what is published, and after a time without Redis, or with another
 * one, what it does not have. It holds little; the rest is in the history.
 */
export class StreamWriter<Event extends Positioned> {
  readonly #options: StreamWriterOptions<Event>;
  readonly #streams = new Map<string, Written<Event>>();
  #alive: Alive = new Set();

  constructor(options: StreamWriterOptions<Event>) {
    this.#options = options;
  }

  /** There is something of the stream in the history, the event included, if there is one. */
  put(stream: string, event?: Event): void {
    const known = this.#streams.get(stream);
    const written = known ?? { end: undefined, waiting: undefined, isRunning: false, isAgain: false, isTold: false };
    this.#streams.set(stream, written);
    if (event !== undefined && written.waiting !== undefined) {
      if (written.waiting.length < MOST_WAITING) written.waiting.push(event);
      else written.waiting = undefined;
    }
    this.#start(stream, written);
  }

  /** Redis may not have what it had. */
  compare(alive: Alive): void {
    this.#alive = alive;
    for (const [stream, written] of this.#streams) {
      written.waiting = undefined;
      this.#start(stream, written);
    }
  }

  /** What could not be written is tried again. */
  live(alive: Alive): void {
    this.#alive = alive;
    for (const [stream, written] of this.#streams) if (written.waiting === undefined) this.#start(stream, written);
  }

  #start(stream: string, written: Written<Event>): void {
    if (written.isRunning) written.isAgain = true;
    if (written.isRunning || !this.#options.link.isUp) return;
    written.isRunning = true;
    void this.#run(stream, written);
  }

  async #run(stream: string, written: Written<Event>): Promise<void> {
    const { link } = this.#options;
    let hasFailed = false;
    try {
      await this.#write(stream, written);
      written.isTold = false;
    } catch (error) {
      hasFailed = true;
      written.waiting = undefined;
      if (link.isUp && !written.isTold) {
        written.isTold = true;
        link.tell(toFault(stream, error));
      }
    }
    written.isRunning = false;
    const isAgain = written.isAgain && !hasFailed;
    written.isAgain = false;
    if (isAgain) this.#start(stream, written);
  }

  /** Until nothing waits. */
  async #write(stream: string, written: Written<Event>): Promise<void> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; ) {
      let end = written.waiting === undefined ? undefined : written.end;
      if (end === undefined) {
        // Whatever is published from here on waits, and may be found in the history as well.
        written.waiting = [];
        end = await this.#catchUp(stream);
        written.end = end;
        if (end === undefined) conflicts += 1;
        continue;
      }
      const { lastSeq } = end;
      const waiting = (written.waiting ?? []).filter(({ position }) => position > lastSeq);
      const batch = waiting.slice(0, BATCH);
      written.waiting = waiting.slice(BATCH);
      if (batch.length === 0) return;
      // The first event of a stream makes its epoch.
      const isAnew = end.epoch === '';
      const epoch = isAnew ? ((await this.#options.shared.bounds(stream))?.epoch ?? '') : end.epoch;
      const entries = chained(batch, lastSeq);
      written.end = await this.#append({ stream, end, isAnew, epoch, entries, isLive: true });
      if (written.end === undefined) conflicts += 1;
    }
    written.waiting = undefined;
  }

  /** From the history, what Redis does not have. Undefined when somebody else has written meanwhile. */
  async #catchUp(stream: string): Promise<LogEnd | undefined> {
    const { log, history, shared, maxEvents } = this.#options;
    const bounds = (await shared.bounds(stream)) ?? { epoch: '', firstSeq: 1, lastSeq: 0 };
    let end: LogEnd | undefined = await log.end(stream);
    const isOurs = end.epoch === bounds.epoch && end.lastSeq <= bounds.lastSeq;
    if (!isOurs && log.isKept(end, this.#alive)) throw new Error('another process that lives has written there');
    let isAnew = !isOurs;
    let reached = isOurs ? end.lastSeq : Math.max(bounds.firstSeq - 1, bounds.lastSeq - maxEvents);
    if (isAnew && bounds.epoch === '') return this.#clear(stream, end);
    for (;;) {
      const { events, gap } = await history.read(stream, reached, BATCH);
      if (gap !== undefined && gap.resumeAfter > reached) reached = gap.resumeAfter;
      else if (events.length === 0) return end;
      if (events.length === 0) continue;
      const { epoch } = bounds;
      const entries = chained(events, reached);
      end = await this.#append({ stream, end, isAnew, epoch, entries, isLive: false });
      if (end === undefined) return undefined;
      isAnew = false;
      reached = end.lastSeq;
    }
  }

  /** What is left of a process that is gone is of no use to readers of this one, which has nothing yet. */
  async #clear(stream: string, end: LogEnd): Promise<LogEnd | undefined> {
    if (end.id === '') return end;
    const isDone = await this.#options.log.append({ stream, end, isAnew: true, epoch: '', entries: [], isLive: false });
    return isDone ? NO_END : undefined;
  }

  /** The end then; undefined when another one was there. */
  async #append(append: LogAppend<Event>): Promise<LogEnd | undefined> {
    if (!(await this.#options.log.append(append))) return undefined;
    const { end, isAnew, epoch, entries } = append;
    const generation = isAnew ? end.generation + 1 : end.generation;
    const lastSeq = entries.at(-1)?.event.position ?? end.lastSeq;
    return { ...end, generation, epoch, lastSeq, id: `${generation}-${lastSeq}` };
  }
}

function chained<Event extends Positioned>(events: readonly Event[], before: number): LogEntry<Event>[] {
  return events.map((event, index) => ({ after: events[index - 1]?.position ?? before, event }));
}

function toFault(stream: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`the stream ${stream} cannot be shared: ${reason}`);
}
