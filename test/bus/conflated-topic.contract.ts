import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/async/clock.ts';
import {
  type ConflatedSubscription,
  type ConflatedTopic,
  type Keyed,
  MOST_UNREAD_STATES,
  type Reader,
} from '../../src/bus/bus.ts';
import { CodedError } from '../../src/domain/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { brief, type OpenedTopic, type Price, Puller, price, take } from './reading.ts';

type Opened = OpenedTopic<ConflatedTopic<Price>>;
type Open = (options: { readonly epoch: string; readonly clock: Clock }) => Opened;

/** What every conflated topic does, whatever carries it. */
export function describeConflatedTopic(name: string, open: Open): void {
  describe(name, () => {
    let clock: ManualClock;
    let opened: Opened;
    let topic: ConflatedTopic<Price>;

    beforeEach(() => {
      clock = new ManualClock();
      opened = open({ epoch: 'first', clock });
      topic = opened.topic;
    });
    afterEach(() => opened[Symbol.dispose]());

    const publish = (symbol: string, amount: number, part?: string): void =>
      topic.publish(symbol, price(symbol, amount), part);
    const unread = async (reader: Reader<Keyed<Price>>): Promise<string[]> => {
      const puller = new Puller(reader);
      await puller.drain(opened.settled);
      return puller.values.map(brief);
    };

    it('numbers the states of each key from 1 and remembers the present one', async () => {
      publish('a', 10);
      publish('b', 20);
      publish('a', 11);
      await opened.settled();
      expect(topic.latest('a')).toEqual({ symbol: 'a', price: 11, seq: 2, epoch: 'first' });
      expect(topic.latest('b')).toMatchObject({ price: 20, seq: 1 });
      expect(topic.latest('c')).toBeUndefined();
    });

    it('gives a new reader the present states in the order of its keys, then what is published', async () => {
      for (const symbol of ['a', 'b', 'c']) publish(symbol, 1);
      await opened.settled();
      const reader = topic.subscribe({ keys: ['c', 'none', 'a', 'c'] });
      publish('b', 2);
      publish('none', 1);
      expect(await unread(reader)).toEqual(['c 1 #1', 'a 1 #1', 'none 1 #1']);
    });

    it('is attached before the first pull', async () => {
      const reader = topic.subscribe();
      publish('a', 1);
      expect(await take(reader, 1)).toMatchObject([{ price: 1 }]);
    });

    it('gives a reader that is behind only the newest state of each key, the longest waiting key first', async () => {
      const reader = topic.subscribe();
      publish('a', 1);
      publish('b', 1);
      publish('a', 2);
      publish('a', 3);
      expect(await unread(reader)).toEqual(['a 3 #3', 'b 1 #1']);
    });

    it('keeps parts apart, in the order in which they were published last', async () => {
      const reader = topic.subscribe();
      publish('a', 1, '09:00');
      publish('b', 1);
      publish('a', 2, '09:00');
      publish('a', 3, '09:01');
      publish('a', 4, '09:00');
      publish('a', 5);
      expect(await unread(reader)).toEqual(['a 3 #3', 'b 1 #1', 'a 4 #4', 'a 5 #5']);
      expect(await unread(topic.subscribe())).toEqual(['a 5 #5', 'b 1 #1']);
    });

    it('gives each reader the same object', async () => {
      const readers = [topic.subscribe(), topic.subscribe({ keys: ['a'] })];
      publish('a', 1);
      const [one, other] = await Promise.all(readers.map((reader) => take(reader, 1)));
      expect(one?.[0]).toBe(other?.[0]);
    });

    it('answers overlapping pulls in order', async () => {
      const reader = topic.subscribe();
      const pulls = [reader.next(), reader.next(), reader.next()];
      for (const amount of [1, 2, 3]) publish('a', amount);
      expect((await Promise.all(pulls)).map(({ value }) => value?.price)).toEqual([1, 2, 3]);
    });

    it('passes over what the reader does not want, also of the present states', async () => {
      publish('a', 1);
      publish('b', 5);
      await opened.settled();
      const reader = topic.subscribe({ where: (value) => value.price > 2 });
      publish('a', 3);
      publish('a', 1);
      expect(await unread(reader)).toEqual(['b 5 #1', 'a 3 #2']);
    });

    it('ends the reader whose filter throws, and nobody else', async () => {
      const fault = new Error('cannot filter');
      const where = (value: Price): boolean => {
        if (value.price === 2) throw fault;
        return true;
      };
      const [broken, sound] = [topic.subscribe({ where }), topic.subscribe()];
      publish('a', 1);
      publish('b', 2);
      publish('c', 3);
      expect(await unread(sound)).toHaveLength(3);
      await expect(broken.next()).rejects.toBe(fault);
      expect(await broken.next()).toEqual({ done: true, value: undefined });
      expect(topic.readers).toBe(1);
    });

    it('gives nothing more to a reader whose filter threw at a present state', async () => {
      for (const symbol of ['a', 'b']) publish(symbol, 1);
      await opened.settled();
      const where = ({ symbol }: Price): boolean => {
        if (symbol === 'a') throw new Error('cannot filter');
        return true;
      };
      await expect(topic.subscribe({ where }).next()).rejects.toThrow('cannot filter');
      expect(topic.readers).toBe(0);
    });

    describe('with maxPerSecond', () => {
      it('lets a key wait after each state and then gives the newest', async () => {
        const puller = new Puller(topic.subscribe({ maxPerSecond: 2 }));
        puller.pull(3);
        publish('a', 1);
        publish('a', 2);
        publish('b', 1);
        publish('a', 3);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1']);
        clock.advance(499);
        await opened.settled();
        expect(puller.waiting).toBe(1);
        clock.advance(1);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1', 'a 3 #3']);
      });

      it('counts the present state', async () => {
        publish('a', 1);
        await opened.settled();
        const puller = new Puller(topic.subscribe({ maxPerSecond: 1 }));
        puller.pull(2);
        publish('a', 2);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1']);
        clock.advance(1000);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'a 2 #2']);
      });

      it('needs no pull at the time when a key is due', async () => {
        const reader = topic.subscribe({ maxPerSecond: 1 });
        publish('a', 1);
        await take(reader, 1);
        publish('a', 2);
        clock.advance(1000);
        publish('a', 3);
        expect((await take(reader, 1)).map(brief)).toEqual(['a 3 #3']);
      });

      it('holds back also when nobody waited, each part of the key, and each key for its own time', async () => {
        const puller = new Puller(topic.subscribe({ maxPerSecond: 2 }));
        publish('a', 1, '09:00');
        publish('a', 2, '09:01');
        await puller.drain(opened.settled);
        expect(puller.values.map(brief)).toEqual(['a 1 #1']);
        clock.advance(300);
        publish('b', 1);
        await puller.drain(opened.settled);
        publish('b', 2);
        publish('a', 3, '09:02');
        await puller.drain(opened.settled);
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1']);
        clock.advance(200);
        await puller.drain(opened.settled);
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1', 'a 2 #2']);
        clock.advance(300);
        await puller.drain(opened.settled);
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1', 'a 2 #2', 'b 2 #2']);
        clock.advance(200);
        await puller.drain(opened.settled);
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1', 'a 2 #2', 'b 2 #2', 'a 3 #3']);
      });

      it('brings what a later key waits for when an earlier one has nothing new', async () => {
        const puller = new Puller(topic.subscribe({ maxPerSecond: 2 }));
        puller.pull(3);
        publish('a', 1);
        clock.advance(300);
        publish('b', 1);
        publish('b', 2);
        clock.advance(500);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'b 1 #1', 'b 2 #2']);
      });

      it('has one timer, and none when every pause is over', async () => {
        const reader = topic.subscribe({ maxPerSecond: 1 });
        for (const symbol of ['a', 'b', 'c']) publish(symbol, 1);
        await take(reader, 3);
        expect(clock.pending).toBe(1);
        clock.advance(1000);
        expect(clock.pending).toBe(0);
      });

      it('does not wait for a clock that was set back', async () => {
        let now = 1_000_000;
        using local = open({ epoch: 'first', clock: { now: () => now, after: (...timer) => clock.after(...timer) } });
        const reader = local.topic.subscribe({ maxPerSecond: 1 });
        local.topic.publish('a', price('a', 1));
        await take(reader, 1);
        local.topic.publish('a', price('a', 2));
        now -= 500_000;
        clock.advance(1000);
        expect((await take(reader, 1)).map(brief)).toEqual(['a 2 #2']);
        await reader.return();
      });

      it('stops its timer when the reader goes', async () => {
        const reader = topic.subscribe({ maxPerSecond: 0.000_000_1 });
        publish('a', 1);
        await take(reader, 1);
        expect(clock.pending).toBe(1);
        await reader.return();
        expect(clock.pending).toBe(0);
      });

      it.each([0, -1, Number.NaN])('refuses %d', (maxPerSecond) => {
        expect(() => topic.subscribe({ maxPerSecond })).toThrow(RangeError);
        expect(topic.readers).toBe(0);
      });
    });

    describe('forget', () => {
      it('leaves readers what they have not read, and counts anew under another epoch', async () => {
        const reader = topic.subscribe();
        publish('a', 1);
        publish('b', 1);
        await opened.settled();
        topic.forget('a');
        topic.forget('none');
        expect(topic.latest('a')).toBeUndefined();
        expect(await unread(topic.subscribe())).toEqual(['b 1 #1']);
        expect(await unread(reader)).toEqual(['a 1 #1', 'b 1 #1']);
        publish('a', 2);
        publish('b', 2);
        await opened.settled();
        const second = topic.latest('a');
        topic.forget('a');
        publish('a', 3);
        await opened.settled();
        const third = topic.latest('a');
        expect([second?.seq, third?.seq]).toEqual([1, 1]);
        expect(new Set(['first', second?.epoch, third?.epoch]).size).toBe(3);
        expect(topic.latest('b')).toMatchObject({ seq: 2, epoch: 'first' });
      });
    });

    describe('fail', () => {
      const fault = new CodedError('NOT_FOUND', 'the venue has no such symbol');

      it('ends those who named the key, after what they have not read', async () => {
        const named = topic.subscribe({ keys: ['b', 'a'] });
        const others = [topic.subscribe({ keys: ['b'] }), topic.subscribe()];
        publish('a', 1);
        publish('b', 1);
        await opened.settled();
        topic.fail('a', fault);
        await opened.settled();
        expect(topic.readers).toBe(2);
        publish('b', 2);
        expect((await take(named, 2)).map(brief)).toEqual(['a 1 #1', 'b 1 #1']);
        await expect(named.next()).rejects.toBe(fault);
        expect(await named.next()).toEqual({ done: true, value: undefined });
        expect(await Promise.all(others.map(unread))).toEqual([['b 2 #2'], ['a 1 #1', 'b 2 #2']]);
      });

      it('answers the first of the pulls that wait, the others are done', async () => {
        const puller = new Puller(topic.subscribe({ keys: ['a'] }));
        puller.pull(3);
        topic.fail('a', fault);
        await opened.settled();
        expect(puller.outcomes).toEqual([{ error: fault }, 'DONE', 'DONE']);
      });

      it('does not let wait what maxPerSecond held back', async () => {
        const puller = new Puller(topic.subscribe({ keys: ['a'], maxPerSecond: 1 }));
        puller.pull(3);
        publish('a', 1);
        publish('a', 2);
        topic.fail('a', fault);
        await opened.settled();
        expect(puller.values.map(brief)).toEqual(['a 1 #1', 'a 2 #2']);
        expect(puller.errors).toEqual([fault]);
        expect(clock.pending).toBe(0);
      });
    });

    describe('return', () => {
      it('answers the pulls that wait, gives back everything and may be called twice', async () => {
        const puller = new Puller(topic.subscribe());
        puller.pull(2);
        expect(topic.readers).toBe(1);
        expect(await puller.reader.return()).toEqual({ done: true, value: undefined });
        await opened.settled();
        expect(puller.outcomes).toEqual(['DONE', 'DONE']);
        await puller.reader.return();
        expect(topic.readers).toBe(0);
      });

      it('forgets what was not read, and an error that nobody pulled', async () => {
        const [left, failed] = [topic.subscribe(), topic.subscribe({ keys: ['a'] })];
        publish('a', 1);
        topic.fail('a', new Error('gone'));
        await opened.settled();
        for (const reader of [left, failed]) {
          await reader.return();
          expect(await reader.next()).toEqual({ done: true, value: undefined });
        }
        expect(topic.readers).toBe(0);
      });

      it('is called by a loop that is left', async () => {
        publish('a', 1);
        await opened.settled();
        for await (const _ of topic.subscribe()) break;
        expect(topic.readers).toBe(0);
      });
    });

    it(`ends a reader with more than ${MOST_UNREAD_STATES} states unread`, async () => {
      const [slow, other] = [topic.subscribe(), topic.subscribe({ keys: ['a'] })];
      for (let part = 0; part < MOST_UNREAD_STATES; part++) publish('a', part % 2, String(part));
      publish('a', 1, '7');
      await opened.settled();
      expect(topic.readers).toBe(2);
      await take(other, 1);
      publish('a', 1, 'one more');
      await opened.settled();
      await expect(slow.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER', cursor: undefined });
      expect(await slow.next()).toEqual({ done: true, value: undefined });
      expect(topic.readers).toBe(1);
      expect(await take(other, 1)).toHaveLength(1);
    });

    it('costs the others nothing when a reader stalls', async () => {
      topic.subscribe({ keys: ['a'] });
      const puller = new Puller(topic.subscribe({ keys: ['a'] }));
      for (let amount = 0; amount < 1000; amount++) {
        puller.pull();
        publish('a', amount);
        await opened.settled();
      }
      expect(puller.values.map(({ seq }) => seq)).toEqual(Array.from({ length: 1000 }, (_, at) => at + 1));
    });

    it('never repeats or turns back, brings the newest at last, and holds one state for each key and part', async () => {
      const keys = ['a', 'b', 'c'] as const;
      const parts = [undefined, 'x', 'y'] as const;
      const subscriptions: readonly ConflatedSubscription<Price>[] = [
        {},
        { keys: ['b', 'a'] },
        { keys: ['a', 'c'], maxPerSecond: 5 },
        { where: (value) => value.price % 3 !== 0 },
      ];
      const key = fc.constantFrom(...keys);
      const reader = fc.nat(subscriptions.length - 1);
      const step = fc.oneof(
        { weight: 8, arbitrary: fc.record({ what: fc.constant('publish'), key, part: fc.constantFrom(...parts) }) },
        { weight: 6, arbitrary: fc.record({ what: fc.constant('pull'), reader }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('advance'), ms: fc.nat(300) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('settle') }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('forget'), key }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('fail'), key }) },
      );
      const run = async (steps: readonly Partial<Step>[]): Promise<void> => {
        const time = new ManualClock();
        using tested = open({ epoch: 'first', clock: time });
        const attempts = subscriptions.map((subscription) => new Attempt(tested.topic, subscription));
        let amount = 0;
        for (const { what, key: at = 'a', part, reader: which = 0, ms = 0 } of steps) {
          if (what === 'publish') {
            amount += 1;
            tested.topic.publish(at, price(at, amount), part);
            for (const attempt of attempts) attempt.published(price(at, amount), part);
          } else if (what === 'pull') attempts[which]?.puller.pull();
          else if (what === 'advance') time.advance(ms);
          else if (what === 'settle') await tested.settled();
          else if (what === 'forget') tested.topic.forget(at);
          else if (what === 'fail') {
            tested.topic.fail(at, new Error(`${at} failed`));
            for (const attempt of attempts) attempt.failed(at);
          }
        }
        for (const attempt of attempts) await attempt.conclude(time, tested.settled);
        await Promise.all(attempts.map(({ puller }) => puller.reader.return()));
        expect({ readers: tested.topic.readers, timers: time.pending }).toEqual({ readers: 0, timers: 0 });
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 80 }), run));
    });
  });
}

interface Step {
  readonly what: string;
  readonly key: string;
  readonly part: string | undefined;
  readonly reader: number;
  readonly ms: number;
}

/** One reader in the random test: what it was offered, and what must hold for what it got. */
class Attempt {
  readonly puller: Puller<Keyed<Price>>;
  readonly #subscription: ConflatedSubscription<Price>;
  /** By key and part, the newest amount that it was offered. */
  readonly #newest = new Map<string, number>();
  #hasFailed = false;

  constructor(topic: ConflatedTopic<Price>, subscription: ConflatedSubscription<Price>) {
    this.#subscription = subscription;
    this.puller = new Puller(topic.subscribe(subscription));
  }

  published(value: Price, part: string | undefined): void {
    const { keys, where } = this.#subscription;
    const isOffered = !this.#hasFailed && keys?.includes(value.symbol) !== false && where?.(value) !== false;
    if (isOffered) this.#newest.set(`${value.symbol} ${part}`, value.price);
  }

  failed(key: string): void {
    this.#hasFailed ||= this.#subscription.keys?.includes(key) === true;
  }

  async conclude(clock: ManualClock, settled: () => Promise<void>): Promise<void> {
    await settled();
    const readBefore = this.puller.values.length;
    const isEmpty = this.puller.waiting > 0;
    await this.puller.drain(settled);
    while (clock.pending > 0) {
      clock.advance(clock.untilNext ?? 0);
      await this.puller.drain(settled);
    }
    const { values } = this.puller;
    if (!isEmpty) expect(values.length - readBefore).toBeLessThanOrEqual(this.#newest.size);
    for (const key of new Set(values.map(({ symbol }) => symbol))) {
      const ofKey = values.filter(({ symbol }) => symbol === key);
      // The amounts rise over all publications, so they tell the age of a state whatever its epoch is.
      expect(ofKey).toEqual(ofKey.toSorted((left, right) => left.price - right.price));
      expect(new Set(ofKey.map(({ epoch, seq }) => `${epoch} ${seq}`)).size).toBe(ofKey.length);
    }
    const amounts = values.map((value) => value.price);
    expect(amounts).toEqual(expect.arrayContaining([...this.#newest.values()]));
    expect(this.puller.errors).toHaveLength(this.#hasFailed ? 1 : 0);
  }
}
