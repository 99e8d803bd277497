import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/async/clock.ts';
import type { GapMark, LosslessTopic, LosslessTopicOptions, Reader } from '../../src/bus/bus.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type OpenedTopic, Puller, take } from './reading.ts';
import { type Note, positions, StoredEvents } from './stored-events.ts';

type Opened = OpenedTopic<LosslessTopic<Note>>;
type Open = (options: LosslessTopicOptions<Note> & { readonly clock: Clock }) => Opened;

const TAIL = { maxEvents: 4, maxIdleStreams: 2 } as const;

/** What every lossless topic does, whatever carries it. */
export function describeLosslessTopic(name: string, open: Open): void {
  describe(name, () => {
    let clock: ManualClock;
    let history: StoredEvents;
    let opened: Opened;
    let topic: LosslessTopic<Note>;

    beforeEach(() => {
      clock = new ManualClock();
      history = new StoredEvents();
      opened = open({ history, clock, tail: TAIL });
      topic = opened.topic;
    });
    afterEach(() => opened[Symbol.dispose]());

    const publish = (position: number, stream = 's'): void => topic.publish(stream, history.store(stream, position));
    const publishUpTo = (last: number): void => {
      for (let position = (history.events('s').at(-1)?.position ?? 0) + 1; position <= last; position++)
        publish(position);
    };
    const follow = (after = 0, stream = 's'): Reader<Note | GapMark> =>
      topic.subscribe({ stream, after, cursorOf: (position) => `after ${position}` });
    const read = async (reader: Reader<Note | GapMark>, count: number): Promise<(number | string)[]> =>
      positions(await take(reader, count));

    it('gives what was stored before, then what is published, each once', async () => {
      for (const position of [3, 5, 9]) history.store('s', position);
      const reader = follow();
      publish(12);
      expect(await read(reader, 4)).toEqual([3, 5, 9, 12]);
      publish(20);
      expect(await read(reader, 1)).toEqual([20]);
    });

    it('goes on behind the position asked for', async () => {
      publishUpTo(9);
      expect(await read(follow(7), 2)).toEqual([8, 9]);
      expect(await read(follow(2), 7)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    });

    it('is attached before the first pull', async () => {
      const reader = follow(history.store('s', 1).position);
      publish(2);
      expect(await read(reader, 1)).toEqual([2]);
    });

    it('keeps streams apart', async () => {
      const [one, other] = [follow(0, 'one'), follow(0, 'other')];
      publish(1, 'other');
      publish(1, 'one');
      publish(2, 'other');
      expect(await take(one, 1)).toEqual([{ stream: 'one', position: 1 }]);
      expect(await read(other, 2)).toEqual([1, 2]);
    });

    it('answers overlapping pulls in order', async () => {
      const puller = new Puller(follow());
      puller.pull(3);
      publish(1);
      publish(2);
      publish(3);
      await opened.settled();
      expect(positions(puller.values)).toEqual([1, 2, 3]);
    });

    it('loses nothing when 10,000 events are published in one turn', async () => {
      const puller = new Puller(follow());
      puller.pull();
      await opened.settled();
      const all = Array.from({ length: 10_000 }, (_, at) => ({ stream: 's', position: at + 1 }));
      history.read = async (_, position, limit) => ({ events: all.slice(position, position + limit) });
      for (const event of all) topic.publish('s', event);
      const rest = await take(puller.reader, 9_999);
      expect([...puller.values, ...rest]).toEqual(all);
    });

    it('does not ask the history for what is in memory', async () => {
      const reader = follow();
      const first = reader.next();
      await opened.settled();
      expect(history.reads).toEqual([0]);
      publishUpTo(5);
      await first;
      expect(await read(reader, 4)).toEqual([2, 3, 4, 5]);
      expect(await read(follow(3), 2)).toEqual([4, 5]);
      expect(history.reads).toEqual([0]);
    });

    it('reads the history page by page', async () => {
      for (let position = 1; position <= 7; position++) history.store('s', position);
      history.pageSize = 3;
      expect(await read(follow(), 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(history.reads).toEqual([0, 3, 6]);
    });

    it('asks again when something was published while the history found nothing', async () => {
      history.isHolding = true;
      const puller = new Puller(follow());
      puller.pull();
      publish(1);
      history.release();
      await opened.settled();
      history.releaseAll();
      await opened.settled();
      expect(positions(puller.values)).toEqual([1]);
    });

    it('waits for the next event when the position lies beyond the last one', async () => {
      publishUpTo(3);
      const puller = new Puller(follow(5));
      puller.pull();
      publishUpTo(6);
      await opened.settled();
      expect(positions(puller.values)).toEqual([6]);
    });

    it('takes over events that the history told before they were published', async () => {
      const puller = new Puller(follow());
      const stored = [1, 2, 3].map((position) => history.store('s', position));
      puller.pull(4);
      await opened.settled();
      for (const event of stored) topic.publish('s', event);
      publish(4);
      await opened.settled();
      expect(positions(puller.values)).toEqual([1, 2, 3, 4]);
    });

    it('tells a gap once and goes on behind it', async () => {
      publishUpTo(9);
      history.trim('s', 6);
      expect(await read(follow(2), 4)).toEqual(['gap 6', 7, 8, 9]);
      expect(await read(follow(6), 3)).toEqual([7, 8, 9]);
    });

    it('tells a gap behind which nothing is left', async () => {
      for (const position of [1, 2, 3]) history.store('s', position);
      history.trim('s', 3);
      const reader = follow();
      expect(await read(reader, 1)).toEqual(['gap 3']);
      publish(4);
      expect(await read(reader, 1)).toEqual([4]);
    });

    it('tells a gap to a position that another counting left behind', async () => {
      history.read = async (_, position) =>
        position > 100
          ? { events: [], gap: { reason: 'EPOCH_CHANGED', resumeAfter: 0 } }
          : { events: history.events('s').filter((event) => event.position > position) };
      publishUpTo(2);
      expect(await read(follow(500), 3)).toEqual(['gap 0', 1, 2]);
    });

    it('refuses an event that does not follow the last one', () => {
      publish(5);
      for (const position of [5, 4, Number.NaN]) {
        expect(() => topic.publish('s', { stream: 's', position })).toThrow(RangeError);
      }
      expect(() => publish(1, 'another')).not.toThrow();
    });

    it('ends the reader whose history cannot be read, with that failure', async () => {
      history.failure = new Error('disk gone');
      const [failing, waiting] = [new Puller(follow()), follow(0, 'another')];
      failing.pull(2);
      await opened.settled();
      expect(failing.outcomes).toEqual([{ error: history.failure }, 'DONE']);
      expect(topic.readers).toBe(1);
      history.failure = undefined;
      publish(1, 'another');
      expect(await read(waiting, 1)).toEqual([1]);
    });

    it('takes a history that throws like one that rejects', async () => {
      history.read = () => {
        throw new Error('disk gone');
      };
      await expect(follow().next()).rejects.toThrow('disk gone');
      expect(topic.readers).toBe(0);
    });

    describe('return', () => {
      it('answers the pulls that wait for an event', async () => {
        const puller = new Puller(follow());
        puller.pull(2);
        await opened.settled();
        expect(await puller.reader.return()).toEqual({ done: true, value: undefined });
        await puller.reader.return();
        await opened.settled();
        expect(puller.outcomes).toEqual(['DONE', 'DONE']);
        expect({ readers: topic.readers, timers: clock.pending }).toEqual({ readers: 0, timers: 0 });
      });

      it('does not wait for the history, whose answer is of no account then', async () => {
        history.store('s', 1);
        history.isHolding = true;
        const pullers = [new Puller(follow()), new Puller(follow())];
        for (const puller of pullers) puller.pull();
        for (const puller of pullers) await puller.reader.return();
        await opened.settled();
        expect(pullers.map(({ outcomes }) => outcomes)).toEqual([['DONE'], ['DONE']]);
        history.release();
        history.failure = new Error('disk gone');
        history.release();
        await opened.settled();
        expect(await read(pullers[0]?.reader ?? follow(), 1)).toEqual([]);
        expect({ readers: topic.readers, timers: clock.pending }).toEqual({ readers: 0, timers: 0 });
      });

      it('drops the page that was not read', async () => {
        for (const position of [1, 2, 3]) history.store('s', position);
        const reader = follow();
        await read(reader, 1);
        expect(clock.pending).toBe(1);
        await reader.return();
        expect(await read(reader, 1)).toEqual([]);
        expect(clock.pending).toBe(0);
      });
    });

    describe('a reader that stalls', () => {
      const slow = { code: 'SLOW_CONSUMER', cursor: 'after 2' };

      it('ends after 30 s with the cursor of what it has read, and nobody else', async () => {
        const [stalled, other] = [follow(), new Puller(follow())];
        other.pull(1000);
        publishUpTo(3);
        expect(await read(stalled, 2)).toEqual([1, 2]);
        clock.advance(29_999);
        publishUpTo(1000);
        expect(topic.readers).toBe(2);
        clock.advance(1);
        expect(topic.readers).toBe(1);
        await expect(stalled.next()).rejects.toMatchObject(slow);
        expect(await stalled.next()).toEqual({ done: true, value: undefined });
        await opened.settled();
        expect(positions(other.values)).toEqual(Array.from({ length: 1000 }, (_, at) => at + 1));
        expect(clock.pending).toBe(0);
        expect(await read(follow(2), 998)).toHaveLength(998);
      });

      it('ends also when it never pulled, and when what waits is a page of the history', async () => {
        publishUpTo(9);
        const [never, paged] = [follow(2), follow()];
        await read(paged, 2);
        clock.advance(30_000);
        for (const reader of [never, paged]) await expect(reader.next()).rejects.toMatchObject(slow);
      });

      it('gets the time anew whenever it takes something', async () => {
        const reader = follow();
        publishUpTo(5);
        for (const position of [1, 2, 3, 4, 5]) {
          clock.advance(29_999);
          expect(await read(reader, 1)).toEqual([position]);
        }
        expect(clock.pending).toBe(0);
      });

      it('may wait as long as it likes when nothing does, and while the history is read', async () => {
        const idle = follow();
        expect(clock.pending).toBe(0);
        publish(1);
        expect(clock.pending).toBe(1);
        history.isHolding = true;
        const puller = new Puller(idle);
        puller.pull();
        publish(2);
        clock.advance(3_600_000);
        history.isHolding = false;
        history.releaseAll();
        await puller.drain(opened.settled);
        expect(positions(puller.values)).toEqual([1, 2]);
        clock.advance(3_600_000);
        expect(topic.readers).toBe(1);
      });
    });

    it('gives the published sequence over all connections, or tells the gap before a jump', async () => {
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ what: fc.constant('publish'), by: fc.integer({ min: 1, max: 3 }) }) },
        { weight: 6, arbitrary: fc.record({ what: fc.constant('pull'), by: fc.constant(1) }) },
        { weight: 3, arbitrary: fc.record({ what: fc.constant('release'), by: fc.constant(1) }) },
        { weight: 3, arbitrary: fc.record({ what: fc.constant('settle'), by: fc.constant(1) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('trim'), by: fc.nat(20) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('cut'), by: fc.constant(1) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('elsewhere'), by: fc.nat(4) }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('stall'), by: fc.constant(1) }) },
      );
      const run = async (steps: readonly { readonly what: string; readonly by: number }[]): Promise<void> => {
        const stored = new StoredEvents();
        stored.isHolding = true;
        stored.pageSize = 3;
        const time = new ManualClock();
        using tested = open({ history: stored, clock: time, tail: { maxEvents: 3, maxIdleStreams: 1 } });
        const connect = (after: number): Puller<Note | GapMark> =>
          new Puller(tested.topic.subscribe({ stream: 's', after, cursorOf: String }));
        const published: number[] = [];
        const received: (Note | GapMark)[] = [];
        let puller = connect(0);
        const cut = async (): Promise<void> => {
          await puller.reader.return();
          await tested.settled();
          received.push(...puller.values);
          const last = received.at(-1);
          const reached = last !== undefined && 'gap' in last ? last.gap.resumeAfter : (last?.position ?? 0);
          const [error] = puller.errors;
          if (error !== undefined) expect(error).toMatchObject({ code: 'SLOW_CONSUMER', cursor: String(reached) });
          puller = connect(reached);
        };
        for (const { what, by } of steps) {
          const last = published.at(-1) ?? 0;
          if (what === 'publish') {
            published.push(last + by);
            tested.topic.publish('s', stored.store('s', last + by));
          } else if (what === 'pull') puller.pull();
          else if (what === 'release') stored.release();
          else if (what === 'settle') await tested.settled();
          else if (what === 'trim') stored.trim('s', last - by);
          else if (what === 'cut') await cut();
          else if (what === 'stall') {
            time.advance(30_000);
            await tested.settled();
            if (puller.errors.length > 0) await cut();
          } else {
            const stream = `t${by}`;
            const next = (stored.events(stream).at(-1)?.position ?? 0) + 1;
            tested.topic.publish(stream, stored.store(stream, next));
          }
        }
        stored.isHolding = false;
        stored.releaseAll();
        await tested.settled();
        for (let hasEnded = true; hasEnded; ) {
          await puller.drain(tested.settled);
          hasEnded = puller.errors.length > 0;
          await cut();
        }
        await puller.reader.return();
        expectWhole(received, published);
        expect({ readers: tested.topic.readers, timers: time.pending }).toEqual({ readers: 0, timers: 0 });
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 100 }), run));
    });
  });
}

/** Every published position once and in order; a gap stands for those up to its end that were not received. */
function expectWhole(received: readonly (Note | GapMark)[], published: readonly number[]): void {
  let reached = 0;
  const covered: number[] = [];
  for (const item of received) {
    if ('gap' in item) {
      expect(item.gap.resumeAfter).toBeGreaterThan(reached);
      covered.push(...published.filter((position) => position > reached && position <= item.gap.resumeAfter));
      reached = item.gap.resumeAfter;
    } else {
      covered.push(item.position);
      reached = item.position;
    }
  }
  expect(covered).toEqual(published);
}
