import { describe, expect, it } from 'vitest';
import { SingleFlight } from '../../src/async/single-flight.ts';

describe('SingleFlight', () => {
  it('starts one call for all who ask while it is under way', async () => {
    const flights = new SingleFlight<number>();
    const { promise, resolve } = Promise.withResolvers<number>();
    let calls = 0;
    const asked = Array.from({ length: 1000 }, () =>
      flights.run('a', () => {
        calls += 1;
        return promise;
      }),
    );
    expect(asked.map(({ isJoined }) => isJoined)).toEqual([false, ...Array<boolean>(999).fill(true)]);
    resolve(7);
    expect(new Set(await Promise.all(asked.map(({ result }) => result)))).toEqual(new Set([7]));
    expect(calls).toBe(1);
  });

  it('keeps keys apart', async () => {
    const flights = new SingleFlight<string>();
    const both = ['a', 'b'].map((key) => flights.run(key, async () => key));
    expect(both.map(({ isJoined }) => isJoined)).toEqual([false, false]);
    expect(await Promise.all(both.map(({ result }) => result))).toEqual(['a', 'b']);
  });

  it.each(['a rejection', 'a throw'])('remembers nothing after %s', async (kind) => {
    const flights = new SingleFlight<number>();
    const failing = flights.run('a', () => {
      if (kind === 'a throw') throw new Error('no');
      return Promise.reject(new Error('no'));
    });
    await expect(failing.result).rejects.toThrow('no');
    expect(flights.isUnderWay('a')).toBe(false);
    await expect(flights.run('a', async () => 1).result).resolves.toBe(1);
  });

  it('lets those who wait have their answer when it is told to forget, and starts anew', async () => {
    const flights = new SingleFlight<number>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen: boolean[] = [];
    const first = flights.run('a', async ({ isCurrent }) => {
      await promise;
      seen.push(isCurrent());
      return 1;
    });
    flights.forget('a');
    const second = flights.run('a', async ({ isCurrent }) => {
      await promise;
      seen.push(isCurrent());
      return 2;
    });
    expect(second.isJoined).toBe(false);
    resolve();
    expect(await Promise.all([first.result, second.result])).toEqual([1, 2]);
    expect(seen).toEqual([false, true]);
    expect(flights.isUnderWay('a')).toBe(false);
  });

  it('does not let a forgotten call end a newer one', async () => {
    const flights = new SingleFlight<number>();
    const slow = Promise.withResolvers<number>();
    const first = flights.run('a', async () => 1);
    flights.forgetAll();
    flights.run('a', () => slow.promise);
    await first.result;
    expect(flights.isUnderWay('a')).toBe(true);
    slow.resolve(2);
  });
});
