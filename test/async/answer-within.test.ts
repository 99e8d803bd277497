import { describe, expect, it } from 'vitest';
import { answerWithin } from '../../src/async/answer-within.ts';
import { DeadlineError } from '../../src/async/deadline.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('answerWithin', () => {
  it('passes on what came in time, be it a failure, and leaves no timer', async () => {
    const clock = new ManualClock();
    expect(await answerWithin(Promise.resolve('answer'), clock, 100)).toBe('answer');
    await expect(answerWithin(Promise.reject(new Error('failure')), clock, 100)).rejects.toThrow('failure');
    expect(clock.pending).toBe(0);
  });

  it('fails when the time is over, whatever comes later', async () => {
    const clock = new ManualClock();
    const { promise, reject } = Promise.withResolvers<never>();
    const answer = answerWithin(promise, clock, 100);
    clock.advance(100);
    await expect(answer).rejects.toEqual(new DeadlineError(100));
    reject(new Error('too late'));
  });

  it('passes on what came in the turn in which the time was over', async () => {
    const clock = new ManualClock();
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = answerWithin(promise, clock, 100);
    clock.advance(100);
    resolve('answer');
    expect(await answer).toBe('answer');
  });
});
