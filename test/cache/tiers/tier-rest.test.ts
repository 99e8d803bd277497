import { describe, expect, it } from 'vitest';
import { TierRest } from '../../../src/cache/tiers/tier-rest.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const faults: unknown[] = [];
  const rest = new TierRest({ clock, onFault: (error) => void faults.push(error) });
  let tries = 0;
  const task = (outcome: 'works' | 'fails') => async (): Promise<string> => {
    tries += 1;
    if (outcome === 'fails') throw new Error(`failure ${tries}`);
    return 'done';
  };
  /** Whether the task was tried. */
  const isTried = async (outcome: 'works' | 'fails'): Promise<boolean> => {
    const before = tries;
    expect(await rest.attempt(task(outcome))).toBe(outcome === 'works' && tries > before ? 'done' : undefined);
    return tries > before;
  };
  return { clock, faults, rest, task, isTried };
}

describe('a rest after failures', () => {
  it('grows from a second to half a minute, and begins anew after a success', async () => {
    const { clock, isTried } = setUp();
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      expect(await isTried('fails')).toBe(true);
      clock.advance(seconds * 1000 - 1);
      expect(await isTried('works')).toBe(false);
      clock.advance(1);
    }
    expect(await isTried('works')).toBe(true);
    expect(await isTried('fails')).toBe(true);
    clock.advance(1000);
    expect(await isTried('works')).toBe(true);
  });

  it('is over when the clock is set back', async () => {
    const { clock, isTried } = setUp();
    const rightTime = clock.now();
    clock.set(rightTime + 365 * 24 * 3_600_000);
    expect(await isTried('fails')).toBe(true);
    clock.set(rightTime);
    expect(await isTried('works')).toBe(true);
  });

  it('is told once, until it has gone well again', async () => {
    const { clock, faults, isTried } = setUp();
    for (let times = 0; times < 5; times++) {
      await isTried('fails');
      clock.advance(30_000);
    }
    expect(faults).toEqual([new Error('failure 1')]);
    await isTried('works');
    await isTried('fails');
    expect(faults).toHaveLength(2);
  });

  it('counts those that failed together as one', async () => {
    const { clock, faults, rest, task, isTried } = setUp();
    await Promise.all(Array.from({ length: 10 }, () => rest.attempt(task('fails'))));
    expect(faults).toHaveLength(1);
    clock.advance(1000);
    expect(await isTried('works')).toBe(true);
  });

  it('ends with one task that tries while others pass', async () => {
    const { clock, rest, isTried } = setUp();
    await isTried('fails');
    clock.advance(1000);
    const { promise, resolve } = Promise.withResolvers<string>();
    const trying = rest.attempt(() => promise);
    expect(await isTried('works')).toBe(false);
    resolve('slow');
    expect(await trying).toBe('slow');
    expect(await isTried('works')).toBe(true);
  });

  it('holds up nothing that somebody insists on', async () => {
    const { clock, faults, rest, task, isTried } = setUp();
    await isTried('fails');
    expect(await rest.insist(task('fails'))).toBeUndefined();
    expect(faults).toHaveLength(1);
    clock.advance(1000);
    expect(await isTried('fails')).toBe(true);
    expect(await rest.insist(task('works'))).toBe('done');
    expect(await isTried('works')).toBe(true);
  });
});
