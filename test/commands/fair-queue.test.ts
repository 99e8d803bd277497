import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../src/commands/fair-queue.ts';

/** A queue whose tasks end when they are told to, and in what order they began. */
function openQueue(options: { total: number; perOwner: number; mostWaiting: number }) {
  const queue = new FairQueue(options);
  const begun: string[] = [];
  const running: { owner: string; end: () => void }[] = [];
  const enter = (owner: string, name = owner) =>
    queue.enter(owner, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push(name);
      running.push({ owner, end: resolve });
      return promise;
    });
  const endFirst = async (): Promise<void> => {
    running.shift()?.end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, running, enter, endFirst };
}

describe('a fair queue', () => {
  it('takes turns by owner, each owner in order', async () => {
    const { begun, enter, endFirst } = openQueue({ total: 1, perOwner: 1, mostWaiting: 10 });
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) enter(name[0] ?? '', name);
    for (let ended = 0; ended < 6; ended++) await endFirst();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('lets nobody have more than a share, while others still get in', () => {
    const { begun, enter } = openQueue({ total: 4, perOwner: 2, mostWaiting: 10 });
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) enter(name[0] ?? '', name);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it('refuses when too many wait, and takes in again when one has left', () => {
    const { begun, enter } = openQueue({ total: 1, perOwner: 1, mostWaiting: 2 });
    const [running, first] = [enter('a'), enter('a'), enter('b')];
    expect(enter('c')).toBeUndefined();
    expect(running?.leave()).toBe(false);
    expect(first?.leave()).toBe(true);
    expect(first?.leave()).toBe(false);
    expect(enter('c')).toBeDefined();
    expect(begun).toEqual(['a']);
  });

  it('never runs more than it may, and runs everything that has not left once', async () => {
    const step = fc.oneof(
      fc.constantFrom('a', 'b', 'c').map((owner) => ({ owner })),
      fc.constant('end' as const),
      fc.nat(20).map((leave) => ({ leave })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { begun, running, enter, endFirst } = openQueue({ total: 3, perOwner: 2, mostWaiting: 5 });
        const expected = new Set<string>();
        const places: { name: string; leave: () => boolean }[] = [];
        for (const [index, each] of steps.entries()) {
          if (each === 'end') await endFirst();
          else if ('leave' in each) {
            const place = places[each.leave];
            if (place?.leave() === true) expected.delete(place.name);
          } else {
            const name = `${each.owner}${index}`;
            const place = enter(each.owner, name);
            if (place === undefined) continue;
            places.push({ name, leave: () => place.leave() });
            expected.add(name);
          }
          expect(running.length).toBeLessThanOrEqual(3);
          for (const owner of ['a', 'b', 'c']) {
            expect(running.filter((one) => one.owner === owner).length).toBeLessThanOrEqual(2);
          }
        }
        while (running.length > 0) await endFirst();
        expect(begun.toSorted()).toEqual([...expected].toSorted());
      }),
    );
  });
});
