import { expect, it } from 'vitest';
import { pause } from '../../src/async/pause.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('a pause ends by the clock', async () => {
  const clock = new ManualClock();
  let isOver = false;
  const pausing = pause(1000, { clock, signal: new AbortController().signal }).then(() => {
    isOver = true;
  });
  clock.advance(999);
  await Promise.resolve();
  expect(isOver).toBe(false);
  clock.advance(1);
  await pausing;
  expect([isOver, clock.pending]).toEqual([true, 0]);
});

it('a pause ends with the reason of the signal, and leaves no timer', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const pausing = pause(1000, { clock, signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(pausing).rejects.toThrow('enough');
  await expect(pause(1000, { clock, signal: stop.signal })).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});
