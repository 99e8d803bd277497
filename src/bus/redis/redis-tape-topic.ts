import type { Keyed, Reader, TapeSubscription, TapeTopic } from '../bus.ts';
import { type CountingTapeTopic, createTapeTopic } from '../memory/tape-topic.ts';
import { hasValue, type KeyMessage, parseMessage, toError, toFailure } from './messages.ts';
import type { LinkPart, RedisLink } from './redis-link.ts';

export interface RedisTapeTopicOptions<Value> {
  readonly link: RedisLink;
  /** The channel, behind the prefix of the link. */
  readonly name: string;
  readonly epoch: string;
  /** What other programs have published; undefined for what is none. Everything passes when absent. */
  readonly parse?: ((value: object, key: string) => Value | undefined) | undefined;
}

interface Place {
  readonly by: string;
  readonly epoch: string;
  readonly seq: number;
}

/**
 * A tape of several processes. Nothing of it is kept: what was published while Redis was away never comes to the other
 * processes, and they see by the numbers that they have missed it.
 */
export class RedisTapeTopic<Value> implements TapeTopic<Value>, LinkPart {
  readonly channel: string;
  readonly #link: RedisLink;
  readonly #parse: RedisTapeTopicOptions<Value>['parse'];
  readonly #local: CountingTapeTopic<Value>;
  /** Where each key of other processes stands. */
  readonly #places = new Map<string, Place>();

  constructor({ link, name, epoch, parse }: RedisTapeTopicOptions<Value>) {
    this.#link = link;
    this.#parse = parse;
    this.#local = createTapeTopic({ epoch });
    this.channel = `${link.prefix}:${name}`;
    link.add(this);
  }

  get readers(): number {
    return this.#local.readers;
  }

  publish(key: string, value: Value): void {
    const place = this.#local.publish(key, value);
    if (this.#link.isUp) this.#tell({ key, by: this.#link.id, ...place, value });
  }

  interrupt(key: string): void {
    this.#local.interrupt(key);
    this.#tell({ key, by: this.#link.id, event: 'interrupted' });
  }

  subscribe(subscription?: TapeSubscription<Value>): Reader<Keyed<Value>> {
    return this.#local.subscribe(subscription);
  }

  fail(key: string, error: Error): void {
    this.#local.fail(key, error);
    this.#tell({ key, by: this.#link.id, failed: toFailure(error) });
  }

  receive(text: string): void {
    const message = parseMessage(text);
    if (message === undefined || message.by === this.#link.id) return;
    const { key, by, event, failed } = message;
    if (failed !== undefined) this.#local.fail(key, toError(failed));
    else if (event === 'interrupted') this.#interrupted(key);
    else if (hasValue(message)) {
      const value = this.#parse === undefined ? (message.value as Value) : this.#parse(message.value, key);
      if (value !== undefined) this.#take(key, value, { by, epoch: message.epoch, seq: message.seq });
    }
  }

  /** Nothing is kept that could be brought to the same; a gap shows when the next value comes. */
  async synchronise(): Promise<void> {}

  live(): void {}

  lose(): void {}

  #take(key: string, value: Value, place: Place): void {
    const before = this.#places.get(key);
    const isSameCounting = before?.by === place.by && before.epoch === place.epoch;
    if (before !== undefined) {
      if (isSameCounting && place.seq <= before.seq) return;
      if (!isSameCounting || place.seq !== before.seq + 1) this.#local.interrupt(key);
    }
    this.#places.set(key, place);
    this.#local.publish(key, value);
  }

  #interrupted(key: string): void {
    this.#places.delete(key);
    this.#local.interrupt(key);
  }

  #tell(message: KeyMessage): void {
    this.#link.send(['PUBLISH', this.channel, JSON.stringify(message)]);
  }
}
