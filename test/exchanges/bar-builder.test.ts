import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../src/domain/live-bar.ts';
import { BarBuilder, type BarEvent } from '../../src/exchanges/bar-builder.ts';

const MINUTE = 60_000;
/** A multiple of every length: midnight. */
const MIDNIGHT = Date.UTC(2026, 10, 21);

function barsOf(events: readonly BarEvent[]) {
  return events.map(({ bar: { openTime, open, high, low, close, volume, isClosed } }) => ({
    ...{ minute: (openTime - MIDNIGHT) / MINUTE, open, high, low, close, volume, isClosed },
  }));
}

/** Minutes after midnight. */
const print = (minute: number, price: string, size = '1') => ({ at: MIDNIGHT + minute * MINUTE, price, size });

describe('a builder of bars', () => {
  it('begins with the first interval that begins after the venue was heard', () => {
    const builder = new BarBuilder('BTC-USD', 'M1');
    expect(builder.add(print(0, '9'))).toEqual([]);
    expect(builder.add(print(0.99, '9'))).toEqual([]);
    expect(builder.add(print(1, '100.5', '0.1'))).toEqual([
      {
        type: 'BAR',
        bar: {
          ...{ symbol: 'BTC-USD', interval: 'M1', openTime: MIDNIGHT + MINUTE },
          ...{ open: 100.5, high: 100.5, low: 100.5, close: 100.5, volume: 0.1, isClosed: false },
        },
      },
    ]);
  });

  it('takes the clock for a first word of the venue, and not a time that may be long past', () => {
    const heard = new BarBuilder('A', 'M1');
    expect(heard.hear(MIDNIGHT + 0.5 * MINUTE)).toEqual([]);
    expect(barsOf(heard.add(print(1, '1')))).toMatchObject([{ minute: 1 }]);
    const told = new BarBuilder('A', 'M1');
    expect(told.pass(MIDNIGHT)).toEqual([]);
    expect(told.add(print(1, '1'))).toEqual([]);
    expect(barsOf(told.add(print(2, '1')))).toMatchObject([{ minute: 2 }]);
  });

  it('has the first price, the highest, the lowest and the last, and the exact sum of the sizes', () => {
    const builder = new BarBuilder('A', 'M1');
    builder.hear(MIDNIGHT);
    const events = ['10', '12', '7', '8'].flatMap((price, index) => builder.add(print(1 + index / 10, price, '0.1')));
    expect(barsOf(events).at(-1)).toEqual({
      ...{ minute: 1, open: 10, high: 12, low: 7, close: 8, volume: 0.4, isClosed: false },
    });
  });

  it.each<[string, (builder: BarBuilder) => readonly BarEvent[]]>([
    ['a print', (builder) => builder.add(print(2, '5'))],
    ['the clock', (builder) => builder.hear(MIDNIGHT + 2 * MINUTE)],
    ['a time', (builder) => builder.pass(MIDNIGHT + 2 * MINUTE)],
  ])('closes a bar with %s of a later interval, and never before', (_, end) => {
    const builder = new BarBuilder('A', 'M1');
    builder.hear(MIDNIGHT);
    builder.add(print(1, '4'));
    expect(builder.hear(MIDNIGHT + 2 * MINUTE - 1)).toEqual([]);
    expect(barsOf(end(builder))[0]).toMatchObject({ minute: 1, close: 4, isClosed: true });
  });

  it('changes no bar that has closed', () => {
    const builder = new BarBuilder('A', 'M1');
    builder.hear(MIDNIGHT);
    builder.add(print(1, '4'));
    builder.hear(MIDNIGHT + 3 * MINUTE);
    expect(builder.add(print(1.5, '9'))).toEqual([]);
    expect(builder.add(print(2.5, '9'))).toEqual([]);
  });

  it('has no bar of an interval without prints', () => {
    const builder = new BarBuilder('A', 'M1');
    builder.hear(MIDNIGHT);
    const events = [1, 4].flatMap((minute) => builder.add(print(minute, '1')));
    expect(barsOf(events).map(({ minute, isClosed }) => [minute, isClosed])).toEqual([
      [1, false],
      [1, true],
      [4, false],
    ]);
  });

  it.each([
    ['M3', 3],
    ['M5', 5],
    ['M15', 15],
    ['M30', 30],
    ['H1', 60],
    ['H4', 240],
    ['D1', 1440],
  ] as const)('of %s has bars of %i minutes that begin at midnight', (interval, minutes) => {
    const builder = new BarBuilder('A', interval);
    builder.hear(MIDNIGHT - 1);
    const events = [0, minutes - 1, minutes].flatMap((minute) => builder.add(print(minute, '1')));
    expect(barsOf(events).map(({ minute, isClosed }) => [minute, isClosed])).toEqual([
      [0, false],
      [0, false],
      [0, true],
      [minutes, false],
    ]);
  });
});

/** Steps of the venue's clock in tenths of a minute, at times back, with a print or without one. */
const step = fc.record({
  tenths: fc.integer({ min: -4, max: 25 }),
  price: fc.option(fc.integer({ min: 1, max: 99 }), { freq: 6 }),
  size: fc.integer({ min: 1, max: 99 }),
});

describe('whatever prints come, the builder', () => {
  it('closes the bars that grouping the prints gives, each once, in their order', () => {
    const property = fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom(...LIVE_BAR_INTERVALS),
      (steps, interval) => {
        const builder = new BarBuilder('A', interval);
        const lengthOf = { M1: 1, M3: 3, M5: 5, M15: 15, M30: 30, H1: 60, H4: 240, D1: 1440 }[interval];
        const length = lengthOf * MINUTE;
        // So that some bars of every length come about.
        const tick = length / 10;
        let at = MIDNIGHT;
        let heardUpTo = MIDNIGHT;
        const groups = new Map<number, { price: number; size: number }[]>();
        const events: BarEvent[] = [];
        steps.forEach(({ tenths, price, size }, index) => {
          at = Math.max(MIDNIGHT, at + tenths * tick);
          if (index === 0) at = MIDNIGHT;
          heardUpTo = Math.max(heardUpTo, at);
          const [openTime, present] = [at - (at % length), heardUpTo - (heardUpTo % length)];
          if (price === null) events.push(...builder.hear(at));
          else {
            events.push(...builder.add({ at, price: String(price), size: `0.${size}` }));
            if (openTime === present && openTime > MIDNIGHT) {
              groups.set(openTime, [...(groups.get(openTime) ?? []), { price, size: Number(`0.${size}`) }]);
            }
          }
        });
        const expected = [...groups].map(([openTime, prints]) => ({
          openTime,
          open: prints[0]?.price,
          high: Math.max(...prints.map(({ price }) => price)),
          low: Math.min(...prints.map(({ price }) => price)),
          close: prints.at(-1)?.price,
          volume: expect.closeTo(
            prints.reduce((sum, { size }) => sum + size, 0),
            9,
          ),
        }));
        const present = heardUpTo - (heardUpTo % length);
        const closed = events.filter(({ bar }) => bar.isClosed);
        expect(closed.map(({ bar }) => bar)).toMatchObject(expected.filter(({ openTime }) => openTime < present));
        const formed = new Map(events.map(({ bar }) => [bar.openTime, bar]));
        expect([...formed.values()]).toMatchObject(expected);
        expect(formed.get(present)?.isClosed ?? false).toBe(false);
      },
    );
    fc.assert(property);
  });
});
