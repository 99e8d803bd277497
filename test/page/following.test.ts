import { describe, expect, it } from 'vitest';
import { keepFollowing } from '../../src/page/following.ts';
import type { Desk, Following } from '../../src/page/panel.ts';

/** What follows a stream whose other end the test holds. */
function followingOf() {
  const begun: { following: Following<number>; isStopped: boolean }[] = [];
  const scheduled: { task: () => void; isOff: boolean }[] = [];
  const told: unknown[] = [];
  let cursor = 0;
  const desk: Desk = {
    ask: () => Promise.reject(new Error('nothing is asked')),
    follow: (following) => {
      const each = { following: following as unknown as Following<number>, isStopped: false };
      begun.push(each);
      return () => {
        each.isStopped = true;
      };
    },
  };
  const stop = keepFollowing<number>(
    desk,
    {
      query: 'subscription { a }',
      variables: () => ({ after: cursor }),
      onData: (data) => {
        cursor = data;
        told.push(data);
      },
      onProblem: (problem, code) => told.push([problem, code]),
    },
    (task) => {
      const each = { task, isOff: false };
      scheduled.push(each);
      return () => {
        each.isOff = true;
      };
    },
  );
  return { begun, scheduled, told, stop };
}

describe('a stream that is kept', () => {
  it('is begun again a little after the server has ended it, with variables asked anew', () => {
    const { begun, scheduled, told } = followingOf();
    begun[0]?.following.onData(7);
    begun[0]?.following.onEnd('following orders is not available', 'NOT_AVAILABLE');
    expect(begun).toHaveLength(1);
    scheduled[0]?.task();
    expect(begun).toHaveLength(2);
    expect(begun[1]?.following.variables()).toEqual({ after: 7 });
    expect(told).toEqual([[undefined, undefined], 7, ['following orders is not available', 'NOT_AVAILABLE']]);
  });

  it('says in words that it has ended when the server does not say why', () => {
    const { begun, told } = followingOf();
    begun[0]?.following.onEnd(undefined, undefined);
    expect(told).toEqual([['the server has ended the stream', undefined]]);
  });

  it('says that the problem is over before the first thing that comes again', () => {
    const { begun, scheduled, told } = followingOf();
    begun[0]?.following.onEnd('gone', 'NOT_AVAILABLE');
    scheduled[0]?.task();
    begun[1]?.following.onData(1);
    expect(told.slice(1)).toEqual([[undefined, undefined], 1]);
  });

  it('ends when it is stopped', () => {
    const { begun, stop } = followingOf();
    stop();
    expect(begun[0]?.isStopped).toBe(true);
  });

  it('is not begun again when it is stopped while it waits', () => {
    const { begun, scheduled, stop } = followingOf();
    begun[0]?.following.onEnd('gone', undefined);
    stop();
    expect(scheduled[0]?.isOff).toBe(true);
  });
});
