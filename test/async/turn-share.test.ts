import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TurnShare } from '../../src/async/turn-share.ts';

describe('TurnShare', () => {
  it('lets parts through at once until a turn has cost enough, and the others in the next turns in order', async () => {
    const turns = new TurnShare(10);
    const done: number[] = [];
    const ask = (part: number, cost: number): void => {
      const turn = turns.take(cost);
      if (turn === undefined) done.push(part);
      else void turn.then(() => done.push(part));
    };
    for (let part = 1; part <= 8; part++) ask(part, 4);
    // The third one begins while there is room.
    expect(done).toEqual([1, 2, 3]);
    await nextTurn();
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    ask(9, 1);
    await nextTurn();
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await nextTurn();
    expect(turns.take(1)).toBeUndefined();
  });

  it('gives a part that costs more than a turn a turn of its own', async () => {
    const turns = new TurnShare(10);
    expect(turns.take(1_000)).toBeUndefined();
    const second = turns.take(1_000);
    expect(second).toBeInstanceOf(Promise);
    await second;
    expect(turns.take(1)).toBeInstanceOf(Promise);
  });
});
