import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { ReadGate } from '../../src/store/mongo/read-gate.ts';
import { ManualClock } from '../support/manual-clock.ts';

const TOO_SLOW = { code: 'UPSTREAM_UNAVAILABLE', message: 'the account store answers too slowly' };

/** Reads that end when they are told to. */
function openGate(most: number) {
  const clock = new ManualClock();
  const gate = new ReadGate({ clock, most });
  const begun: number[] = [];
  const ends: PromiseWithResolvers<number>[] = [];
  const read = (): Promise<number> => {
    const index = ends.length;
    const end = Promise.withResolvers<number>();
    ends.push(end);
    const answer = gate.run(() => {
      begun.push(index);
      return end.promise;
    });
    // Whoever asked looks later.
    answer.catch(() => undefined);
    return answer;
  };
  return { clock, gate, begun, read, end: (index: number) => ends[index]?.resolve(index), ends };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('ReadGate', () => {
  it('lets so many reads go on at once, and the others after them in their order', async () => {
    const { begun, read, end } = openGate(2);
    const reads = [read(), read(), read(), read(), read()];
    await settled();
    expect(begun).toEqual([0, 1]);
    end(1);
    await settled();
    expect(begun).toEqual([0, 1, 2]);
    for (const index of [0, 2, 3, 4]) end(index);
    expect(await Promise.all(reads)).toEqual([0, 1, 2, 3, 4]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives the place of a read that failed to the next one', async () => {
    const { begun, read, end, ends } = openGate(1);
    const [failing, waiting] = [read(), read()];
    ends[0]?.reject(new Error('refused'));
    await expect(failing).rejects.toThrow('refused');
    end(1);
    expect(await waiting).toBe(1);
    expect(begun).toEqual([0, 1]);
  });

  it('refuses those that have waited for long when a read has found that none can succeed, and no others', async () => {
    const { clock, gate, read, end } = openGate(1);
    const [first, second, third] = [read(), read(), read()];
    clock.advance(1000);
    const late = read();
    clock.advance(1000);
    gate.refuse(new CodedError('UPSTREAM_UNAVAILABLE', 'away'));
    await expect(second).rejects.toMatchObject({ message: 'away' });
    await expect(third).rejects.toMatchObject({ message: 'away' });
    end(0);
    end(3);
    expect(await Promise.all([first, late])).toEqual([0, 3]);
  });

  it('lets nobody wait for longer than twenty seconds', async () => {
    const { clock, read, end } = openGate(1);
    const [first, early] = [read(), read()];
    clock.advance(10_000);
    const late = read();
    clock.advance(11_000);
    await expect(early).rejects.toMatchObject(TOO_SLOW);
    end(0);
    end(2);
    expect(await Promise.all([first, late])).toEqual([0, 2]);
    expect(clock.pending).toBe(0);
  });
});
