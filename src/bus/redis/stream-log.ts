import { isObject, parseObject } from '../../domain/json-text.ts';
import type { HistoryPage, Positioned, StreamBounds } from '../bus.ts';
import type { Alive, RedisLink } from './redis-link.ts';
import { APPEND, BOUNDS, READ } from './scripts.ts';

/** The end of a stream in Redis. */
export interface LogEnd extends StreamBounds {
  /** Of the last entry: `generation-position`; empty when there is none. */
  readonly id: string;
  /** Rises when the positions begin anew. */
  readonly generation: number;
  /** The process that has written the last entry. */
  readonly by: string;
}

export interface LogEntry<Event> {
  /** The position of the event before it; what lies between is nothing. */
  readonly after: number;
  readonly event: Event;
}

export interface LogAppend<Event> {
  readonly stream: string;
  /** What has to be the last entry. */
  readonly end: LogEnd;
  /** Takes everything away first, and begins another generation. */
  readonly isAnew: boolean;
  readonly epoch: string;
  readonly entries: readonly LogEntry<Event>[];
  /** Whether those who listen get the events themselves; otherwise they are told to look. */
  readonly isLive: boolean;
}

/** What those who listen to the channel of a log get. */
export interface LogMessage {
  readonly stream: string;
  readonly by: string;
  readonly epoch: string;
  /** Absent: look into the stream. */
  readonly after?: number | undefined;
  readonly event?: Readonly<Record<string, unknown>> | undefined;
}

/** Before the first entry. */
export const NO_END: LogEnd = { id: '', generation: 0, epoch: '', firstSeq: 1, lastSeq: 0, by: '' };

/**
 * The newest events of the streams of a topic, each a Redis Stream of its own, PREFIX:TOPIC:STREAM. An entry has the id
 * `generation-position` and says which position it follows, so that what was trimmed, or never came, is seen exactly.
 */
export class StreamLog<Event extends Positioned> {
  readonly channel: string;
  readonly #link: RedisLink;
  readonly #maxEvents: number;

  constructor({
    link,
    name,
    maxEvents,
  }: { readonly link: RedisLink; readonly name: string; readonly maxEvents: number }) {
    this.#link = link;
    this.#maxEvents = maxEvents;
    this.channel = `${link.prefix}:${name}`;
  }

  /** Fails when Redis is away. */
  async end(stream: string): Promise<LogEnd> {
    const answer = await this.#link.ask((client) => client.call('EVAL', BOUNDS, 1, this.#keyOf(stream)));
    const [id = '', epoch = '', by = '', after = ''] = answer as string[];
    if (id === '') return NO_END;
    const [generation = 0, lastSeq = 0] = id.split('-').map(Number);
    return { id, generation, epoch, by, firstSeq: Number(after) + 1, lastSeq };
  }

  /** As a History reads. Waits for a Redis that is away, and fails when the bus is closed. */
  async read(stream: string, position: number, limit: number, epoch?: string): Promise<HistoryPage<Event>> {
    for (;;) {
      await this.#link.awaitUp();
      const answer = await this.#link
        .ask((client) => client.call('EVAL', READ, 1, this.#keyOf(stream), position + 1, limit))
        .catch((error: unknown) => (this.#link.isUp ? Promise.reject(error) : undefined));
      if (answer !== undefined) return toPage(answer as string[], { position, epoch });
    }
  }

  /** False: something else is the last entry, and nothing was done. */
  async append({ stream, end, isAnew, epoch, entries, isLive }: LogAppend<Event>): Promise<boolean> {
    const by = this.#link.id;
    const generation = isAnew ? end.generation + 1 : end.generation;
    const values = entries.flatMap(({ after, event }, index) => {
      const { position, epoch: _, ...rest } = event;
      const told: LogMessage = { stream, by, epoch, ...(isLive ? { after, event: { position, ...rest } } : {}) };
      const isTold = isLive || index === entries.length - 1;
      return [`${generation}-${position}`, after, JSON.stringify(rest), isTold ? JSON.stringify(told) : ''];
    });
    const fixed = [this.channel, end.id, isAnew ? 1 : 0, this.#maxEvents, epoch, by] as const;
    const answer = await this.#link.ask((client) =>
      client.call('EVAL', APPEND, 1, this.#keyOf(stream), ...fixed, ...values),
    );
    return answer === 1;
  }

  /** Whether another process that lives keeps the stream. */
  isKept(end: LogEnd, alive: Alive): boolean {
    return end.id !== '' && end.by !== this.#link.id && alive.has(end.by);
  }

  #keyOf(stream: string): string {
    return `${this.channel}:${stream}`;
  }
}

export function parseLogMessage(text: string): LogMessage | undefined {
  const message = parseObject(text);
  if (message === undefined) return undefined;
  const { stream, by, epoch, after, event } = message;
  if (typeof stream !== 'string' || typeof by !== 'string' || typeof epoch !== 'string') return undefined;
  if (after !== undefined && !isPosition(after)) return undefined;
  if (event !== undefined && !(isObject(event) && isPosition(event.position))) return undefined;
  return { stream, by, epoch, after, event };
}

function isPosition(received: unknown): received is number {
  return Number.isSafeInteger(received);
}

interface Asked {
  readonly position: number;
  readonly epoch: string | undefined;
}

function toPage<Event extends Positioned>(answer: readonly string[], asked: Asked): HistoryPage<Event> {
  const [last, epoch = '', firstAfter = '0', ...rest] = answer;
  // What Redis has lost its keeper brings back.
  if (last === undefined) return { events: [] };
  if (asked.epoch !== undefined && asked.epoch !== '' && asked.epoch !== epoch) {
    return { events: [], gap: { reason: 'EPOCH_CHANGED', resumeAfter: Number(firstAfter), epoch } };
  }
  const events: Event[] = [];
  let reached = asked.position;
  for (let at = 0; at + 2 < rest.length; at += 3) {
    const [id = '', after = '', event = ''] = rest.slice(at, at + 3);
    // Behind a hole in the middle the next page begins, with its gap.
    if (Number(after) > reached && events.length > 0) break;
    if (Number(after) > reached) {
      return { events: [], gap: { reason: 'TRIMMED', resumeAfter: Number(after), epoch } };
    }
    reached = Number(id.split('-')[1]);
    events.push({ ...JSON.parse(event), position: reached, epoch });
  }
  return { events };
}
