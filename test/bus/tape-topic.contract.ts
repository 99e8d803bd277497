import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TAPE_MOST_BEHIND, type TapeTopic } from '../../src/bus/bus.ts';
import { brief, type OpenedTopic, type Price, Puller, price, take } from './reading.ts';

type Opened = OpenedTopic<TapeTopic<Price>>;

/** What every tape does, whatever carries it. */
export function describeTapeTopic(name: string, open: (options: { readonly epoch: string }) => Opened): void {
  describe(name, () => {
    let opened: Opened;
    let topic: TapeTopic<Price>;

    beforeEach(() => {
      opened = open({ epoch: 'first' });
      topic = opened.topic;
    });
    afterEach(() => opened[Symbol.dispose]());

    const publish = (symbol: string, amount: number): void => topic.publish(symbol, price(symbol, amount));

    it('gives every value in order from the subscription on, numbered from 1 for each key', async () => {
      publish('a', 1);
      await opened.settled();
      const reader = topic.subscribe();
      publish('a', 2);
      publish('b', 1);
      publish('a', 3);
      const taken = await take(reader, 3);
      expect(taken.map(brief)).toEqual(['a 2 #2', 'b 1 #1', 'a 3 #3']);
      expect(taken[0]).toEqual({ symbol: 'a', price: 2, seq: 2, epoch: 'first' });
    });

    it('gives only the keys and values that were asked for, each reader the same object', async () => {
      const readers = [{ keys: ['a', 'a', 'c'] }, { where: ({ price: amount }: Price) => amount > 1 }];
      const pullers = readers.map((subscription) => new Puller(topic.subscribe(subscription)));
      for (const [symbol, amount] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ] as const)
        publish(symbol, amount);
      for (const puller of pullers) await puller.drain(opened.settled);
      expect(pullers.map(({ values }) => values.map(brief))).toEqual([
        ['a 1 #1', 'c 3 #1'],
        ['b 2 #1', 'c 3 #1'],
      ]);
      expect(pullers[0]?.values[1]).toBe(pullers[1]?.values[1]);
    });

    it('lets as many values wait as a reader asks for', async () => {
      const [patient, hasty] = [
        topic.subscribe({ mostBehind: TAPE_MOST_BEHIND + 2 }),
        topic.subscribe({ mostBehind: 1 }),
      ];
      for (let amount = 1; amount <= TAPE_MOST_BEHIND + 2; amount++) publish('a', amount);
      await opened.settled();
      expect(await take(patient, TAPE_MOST_BEHIND + 2)).toHaveLength(TAPE_MOST_BEHIND + 2);
      await expect(hasty.next()).rejects.toMatchObject({
        code: 'SLOW_CONSUMER',
        message: expect.stringMatching(/than 1 /),
      });
    });

    it('counts a key anew, under another epoch, after values of it may have been missed', async () => {
      const reader = topic.subscribe();
      for (const amount of [1, 2]) publish('a', amount);
      publish('b', 1);
      topic.interrupt('a');
      topic.interrupt('never published');
      for (const amount of [3, 4]) publish('a', amount);
      publish('b', 2);
      topic.interrupt('a');
      publish('a', 5);
      const taken = await take(reader, 7);
      expect(taken.map(brief)).toEqual(['a 1 #1', 'a 2 #2', 'b 1 #1', 'a 3 #1', 'a 4 #2', 'b 2 #2', 'a 5 #1']);
      const epochsOf = (symbol: string) => taken.filter((value) => value.symbol === symbol).map(({ epoch }) => epoch);
      const [first, again, second, stillSecond, third] = epochsOf('a');
      expect([again, stillSecond]).toEqual([first, second]);
      expect(new Set([first, second, third]).size).toBe(3);
      expect(new Set(epochsOf('b')).size).toBe(1);
    });

    it('ends the reader whose filter throws, and nobody else', async () => {
      const where = (): boolean => {
        throw new Error('cannot filter');
      };
      const [broken, sound] = [topic.subscribe({ where }), topic.subscribe()];
      publish('a', 1);
      expect(await take(sound, 1)).toHaveLength(1);
      await expect(broken.next()).rejects.toThrow('cannot filter');
      expect(topic.readers).toBe(1);
    });

    it(`ends a reader that falls more than ${TAPE_MOST_BEHIND} values behind, and nobody else`, async () => {
      const [slow, other] = [topic.subscribe(), new Puller(topic.subscribe())];
      other.pull(TAPE_MOST_BEHIND + 2);
      for (let amount = 0; amount < TAPE_MOST_BEHIND; amount++) publish('a', amount);
      await opened.settled();
      expect(await take(slow, 1)).toHaveLength(1);
      publish('a', 0);
      await opened.settled();
      expect(topic.readers).toBe(2);
      publish('a', 0);
      await opened.settled();
      expect(topic.readers).toBe(1);
      await expect(slow.next()).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
      expect(await slow.next()).toEqual({ done: true, value: undefined });
      expect(other.values).toHaveLength(TAPE_MOST_BEHIND + 2);
    });

    it('ends those who named a key that failed, after what they have not read', async () => {
      const fault = new Error('no such symbol');
      const [named, other] = [new Puller(topic.subscribe({ keys: ['a', 'b'] })), topic.subscribe()];
      publish('b', 1);
      await opened.settled();
      topic.fail('a', fault);
      await opened.settled();
      publish('b', 2);
      await named.drain(opened.settled);
      expect(named.values.map(brief)).toEqual(['b 1 #1']);
      expect(named.errors).toEqual([fault]);
      expect((await take(other, 2)).map(brief)).toEqual(['b 1 #1', 'b 2 #2']);
    });

    it('gives everything back on return, which answers the pulls that wait', async () => {
      const puller = new Puller(topic.subscribe({ keys: ['a'] }));
      puller.pull(2);
      await puller.reader.return();
      await puller.reader.return();
      await opened.settled();
      expect(puller.outcomes).toEqual(['DONE', 'DONE']);
      const unread = topic.subscribe();
      publish('a', 1);
      await opened.settled();
      await unread.return();
      expect(await unread.next()).toEqual({ done: true, value: undefined });
      expect(topic.readers).toBe(0);
    });

    it('gives each reader exactly what was published while it was there, however it pulls', async () => {
      const step = fc.oneof(
        fc.record({ what: fc.constant('publish'), key: fc.constantFrom('a', 'b'), reader: fc.constant(0) }),
        fc.record({ what: fc.constantFrom('pull', 'return', 'subscribe'), key: fc.constant('a'), reader: fc.nat(2) }),
        fc.record({ what: fc.constant('settle'), key: fc.constant('a'), reader: fc.constant(0) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          using tested = open({ epoch: 'first' });
          const keysOf = [undefined, ['a'], ['b', 'none']];
          const readers: { puller: Puller<Price>; keys: string[] | undefined; offered: number[]; hasLeft: boolean }[] =
            [];
          let amount = 0;
          for (const { what, key, reader } of steps) {
            const chosen = readers.at(-1 - reader);
            if (what === 'publish') {
              amount += 1;
              tested.topic.publish(key, price(key, amount));
              for (const { keys, offered, hasLeft } of readers) {
                if (!hasLeft && keys?.includes(key) !== false) offered.push(amount);
              }
            } else if (what === 'subscribe') {
              const keys = keysOf[reader];
              readers.push({ puller: new Puller(tested.topic.subscribe({ keys })), keys, offered: [], hasLeft: false });
            } else if (what === 'pull') chosen?.puller.pull();
            else if (what === 'settle') await tested.settled();
            else if (chosen !== undefined) {
              chosen.hasLeft = true;
              await chosen.puller.reader.return();
            }
          }
          for (const { puller, offered, hasLeft } of readers) {
            await puller.drain(tested.settled);
            const amounts = puller.values.map((value) => value.price);
            expect(amounts).toEqual(hasLeft ? offered.slice(0, amounts.length) : offered);
            await puller.reader.return();
          }
          expect(tested.topic.readers).toBe(0);
        }),
      );
    });
  });
}
