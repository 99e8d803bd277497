import type { Redis } from 'ioredis';
import type { Clock } from '../../async/clock.ts';
import { MS_PER_DAY } from '../../domain/day.ts';
import type { Sequenced } from '../../domain/stream.ts';
import type { ConflatedSubscription, ConflatedTopic, Keyed, Reader } from '../bus.ts';
import { createConflatedTopic, type FedConflatedTopic } from '../memory/conflated-topic.ts';
import { hasValue, type KeyMessage, parseMessage, toError, toFailure, type ValueMessage } from './messages.ts';
import type { Alive, LinkPart, RedisLink, Synchronising } from './redis-link.ts';
import { DROP } from './scripts.ts';

export interface RedisConflatedTopicOptions<Value> {
  readonly link: RedisLink;
  /** The channel, and the hash with the last message of each key, behind the prefix of the link. */
  readonly name: string;
  readonly epoch: string;
  /** Of its readers. */
  readonly clock: Clock;
  /** What other programs have published; undefined for what is none. Everything passes when absent. */
  readonly parse?: ((value: object, key: string) => Value | undefined) | undefined;
  /** What a state is when nobody tells whether it still is so; undefined: the same. */
  readonly stale?: ((value: Value) => Value | undefined) | undefined;
}

interface Held<Value> extends Omit<ValueMessage, 'value'> {
  readonly value: Value;
  /** Whether readers were told that it may not be so any more. */
  readonly isStale: boolean;
}

/** An entry of the hash that nobody has written for so long, of a process that is gone, is of no use. */
const KEPT_MS = MS_PER_DAY;

/**
 * A conflated topic of several processes. What is published here is there at once for the readers of this process, and
 * goes to a channel and a hash; what others publish is numbered here anew, passed over states included.
 */
export class RedisConflatedTopic<Value> implements ConflatedTopic<Value>, LinkPart {
  readonly channel: string;
  readonly #options: RedisConflatedTopicOptions<Value>;
  readonly #link: RedisLink;
  readonly #local: FedConflatedTopic<Value>;
  readonly #held = new Map<string, Held<Value>>();
  /** Where the last state stands that this process has published of a key and not forgotten. */
  readonly #published = new Map<string, Sequenced>();
  /** Keys of which something came since the hash was asked for. */
  readonly #heard = new Set<string>();
  /** Processes of which a state came since it was last looked up who lives. */
  readonly #heardOf = new Set<string>();

  constructor(options: RedisConflatedTopicOptions<Value>) {
    this.#options = options;
    this.#link = options.link;
    this.#local = createConflatedTopic(options);
    this.channel = `${options.link.prefix}:${options.name}`;
    this.#link.add(this);
  }

  get readers(): number {
    return this.#local.readers;
  }

  publish(key: string, value: Value, part?: string): void {
    this.#local.publish(key, value, part);
    const { epoch = '', seq = 0 } = this.#local.latest(key) ?? {};
    const held = { key, by: this.#link.id, epoch, seq, part, at: this.#link.clock.now(), value, isStale: false };
    this.#held.set(key, held);
    this.#published.set(key, { epoch, seq });
    this.#share(held);
  }

  /** The id of the process that has published the present state; undefined when it is gone. */
  publisherOf(key: string): string | undefined {
    const held = this.#held.get(key);
    return held === undefined || held.isStale ? undefined : held.by;
  }

  latest(key: string): Keyed<Value> | undefined {
    return this.#local.latest(key);
  }

  present(): readonly Keyed<Value>[] {
    return this.#local.present();
  }

  subscribe(subscription?: ConflatedSubscription<Value>): Reader<Keyed<Value>> {
    return this.#local.subscribe(subscription);
  }

  forget(key: string): void {
    const isOurs = this.#held.get(key)?.by === this.#link.id;
    this.#local.forget(key);
    this.#held.delete(key);
    this.#published.delete(key);
    if (!isOurs || !this.#link.isUp) return;
    const message: KeyMessage = { key, by: this.#link.id, event: 'forgotten' };
    this.#link.send(['HDEL', this.channel, key], ['PUBLISH', this.channel, JSON.stringify(message)]);
  }

  fail(key: string, error: Error): void {
    this.#local.fail(key, error);
    const message: KeyMessage = { key, by: this.#link.id, failed: toFailure(error) };
    this.#link.send(['PUBLISH', this.channel, JSON.stringify(message)]);
  }

  receive(text: string): void {
    const message = parseMessage(text);
    if (message === undefined) return;
    const { key, by, event, failed } = message;
    const held = this.#held.get(key);
    if (by === this.#link.id) {
      this.#hearOwn(message);
      return;
    }
    this.#heard.add(key);
    this.#heardOf.add(by);
    if (failed !== undefined) this.#local.fail(key, toError(failed));
    else if (event === 'forgotten') {
      if (held?.by === by) this.#drop(key);
    } else if (hasValue(message)) this.#take(message, true);
  }

  async synchronise(client: Redis, { alive }: Synchronising): Promise<void> {
    this.#heard.clear();
    const fields = (await client.call('HGETALL', this.channel)) as string[];
    const shared = new Map<string, ValueMessage>();
    for (let at = 0; at < fields.length; at += 2) {
      const [key = '', text = ''] = fields.slice(at, at + 2);
      const message = parseMessage(text);
      if (message?.key === key && hasValue(message)) shared.set(key, message);
      if (this.#isLeft(message, alive)) this.#link.send(['EVAL', DROP, 1, this.channel, key, text]);
    }
    for (const [key, message] of shared) this.#compare(key, message, alive);
    for (const held of [...this.#held.values()]) {
      if (shared.has(held.key) || this.#heard.has(held.key)) continue;
      if (held.by === this.#link.id) this.#share(held);
      // It has told everything that it knows, and this is not among it.
      else if (alive.has(held.by)) this.#drop(held.key);
    }
  }

  live(alive: Alive): void {
    const isGone = (by: string): boolean => by !== this.#link.id && !alive.has(by) && !this.#heardOf.has(by);
    for (const held of this.#held.values()) if (isGone(held.by)) this.#doubt(held);
    this.#heardOf.clear();
  }

  lose(): void {
    for (const held of this.#held.values()) if (held.by !== this.#link.id) this.#doubt(held);
  }

  /**
   * What Redis tells of this process' own. Where another process' state was taken here since, Redis, and so every other
   * process, has this one as the later. Only the last publication counts; the earlier ones were told and are past.
   */
  #hearOwn(message: KeyMessage): void {
    const { key, by, event } = message;
    const held = this.#held.get(key);
    if (held === undefined || held.by === by) return;
    const last = this.#published.get(key);
    if (event === 'forgotten' && last === undefined) this.#drop(key);
    const isLast = last !== undefined && message.epoch === last.epoch && message.seq === last.seq;
    if (isLast && hasValue(message)) this.#take(message, true);
  }

  /** What the hash has of a key, and what is known here. */
  #compare(key: string, message: ValueMessage, alive: Alive): void {
    const held = this.#held.get(key);
    const isOurs = message.by === this.#link.id;
    if (isOurs && held === undefined) {
      this.#link.send(['HDEL', this.channel, key]); // forgotten while Redis was away
      return;
    }
    if (isOurs || held?.by === this.#link.id) {
      const isTheirsLater = !isOurs && alive.has(message.by) && (message.at ?? 0) > (held?.at ?? 0);
      if (held?.by === this.#link.id && !isTheirsLater) {
        const isShared = isOurs && message.epoch === held.epoch && message.seq === held.seq;
        if (!isShared) this.#share(held);
        return;
      }
    }
    if (!this.#heard.has(key)) this.#take(message, isOurs || alive.has(message.by));
  }

  #take({ key, by, epoch, seq, part, at, value }: ValueMessage, isAlive: boolean): void {
    const before = this.#held.get(key);
    const isSameCounting = before?.by === by && before.epoch === epoch;
    if (before !== undefined && isSameCounting && seq <= before.seq) {
      if (isAlive) this.#trust(before);
      return;
    }
    const parsed = this.#options.parse === undefined ? (value as Value) : this.#options.parse(value, key);
    if (parsed === undefined) return;
    const passedOver = before !== undefined && isSameCounting ? seq - before.seq - 1 : 0;
    const held = { key, by, epoch, seq, part, at, value: parsed, isStale: !isAlive };
    this.#held.set(key, held);
    this.#local.publish(key, isAlive ? parsed : (this.#options.stale?.(parsed) ?? parsed), part, passedOver);
  }

  #doubt(held: Held<Value>): void {
    if (held.isStale) return;
    this.#held.set(held.key, { ...held, isStale: true });
    const stale = this.#options.stale?.(held.value);
    if (stale !== undefined) this.#local.publish(held.key, stale, held.part);
  }

  #trust(held: Held<Value>): void {
    if (!held.isStale) return;
    this.#held.set(held.key, { ...held, isStale: false });
    if (this.#options.stale?.(held.value) !== undefined) this.#local.publish(held.key, held.value, held.part);
  }

  #drop(key: string): void {
    this.#local.forget(key);
    this.#held.delete(key);
  }

  #share({ isStale: _, ...message }: Held<Value>): void {
    if (!this.#link.isUp) return;
    const text = JSON.stringify(message);
    this.#link.send(['HSET', this.channel, message.key, text], ['PUBLISH', this.channel, text]);
  }

  #isLeft(message: KeyMessage | undefined, alive: Alive): boolean {
    if (message === undefined || alive.has(message.by) || message.by === this.#link.id) return false;
    return this.#link.clock.now() - (message.at ?? 0) > KEPT_MS;
  }
}
