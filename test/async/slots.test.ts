import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../src/async/slots.ts';

describe('slots', () => {
  it('let at most so many tasks run at once, all of them in order, whatever they come to', async () => {
    const anyTasks = fc.array(fc.record({ turns: fc.nat(5), fails: fc.boolean() }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), anyTasks, async (most, tasks) => {
        const slots = new Slots(most);
        const begun: number[] = [];
        let running = 0;
        const runs = tasks.map(({ turns, fails }, index) =>
          slots.run(async () => {
            begun.push(index);
            running += 1;
            expect(running).toBeLessThanOrEqual(most);
            for (let turn = 0; turn < turns; turn++) await undefined;
            running -= 1;
            if (fails) throw new Error(`failure ${index}`);
            return index;
          }),
        );
        const outcomes = await Promise.allSettled(runs);
        expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(tasks.map(({ fails }) => fails));
        expect(begun).toEqual(tasks.map((_, index) => index));
        // All are free again.
        expect(await Promise.all(tasks.map((_, index) => slots.run(async () => index)))).toHaveLength(tasks.length);
      }),
    );
  });
});
