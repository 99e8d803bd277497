import { describe, expect, it } from 'vitest';
import { Paced } from '../../src/commands/paced.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('paced values', () => {
  it('pass at once when there was rest, else the newest of them after it', () => {
    const clock = new ManualClock();
    const passed: number[] = [];
    const paced = new Paced<number>({ restMs: 100, clock, pass: (value) => void passed.push(value) });
    for (const value of [1, 2, 3]) paced.offer(value);
    expect(passed).toEqual([1]);
    clock.advance(99);
    expect(passed).toEqual([1]);
    clock.advance(1);
    expect(passed).toEqual([1, 3]);
    clock.advance(100);
    expect(clock.pending).toBe(0);
    paced.offer(4);
    expect(passed).toEqual([1, 3, 4]);
  });

  it('that wait are gone when it is stopped, and so is the timer', () => {
    const clock = new ManualClock();
    const passed: number[] = [];
    const paced = new Paced<number>({ restMs: 100, clock, pass: (value) => void passed.push(value) });
    for (const value of [1, 2]) paced.offer(value);
    paced.stop();
    expect(clock.pending).toBe(0);
    clock.advance(1000);
    expect(passed).toEqual([1]);
  });
});
