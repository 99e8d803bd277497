import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LruRoom } from '../../src/cache/lru.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { columnsOf, type RowValues, rowSchema } from './row-schema.ts';

const LENGTH = 20;

function rowsOf(price: number): readonly RowValues[] {
  return Array.from({ length: LENGTH }, (_, day) => ({ day, at: day, isOpen: true, price, must: day / 4 }));
}

interface KeptHistory {
  /** What was written for the slices of the history that the query asks for. */
  readonly ask: (query: string) => Promise<readonly Buffer[]>;
  readonly text: (query: string) => Promise<string>;
  /** Puts another revision in the place of the history. */
  readonly replace: (rows: readonly RowValues[]) => void;
  readonly room: LruRoom;
}

function keep(rows = rowsOf(1), maxBytes = 100_000): KeptHistory {
  let series = columnsOf(rows);
  const room = new LruRoom({ maxBytes, maxEntries: undefined });
  const execution = createExecution({ schema: rowSchema({ rows, series: () => series }), blockRoom: room });
  const ask = async (query: string) => {
    const { result } = await execution.answer({ document: execution.parse(query), contextValue: {} });
    return execution.write(result).map(({ bytes }) => bytes);
  };
  return {
    ask,
    text: async (query) => Buffer.concat(await ask(query)).toString('utf8'),
    replace: (next) => {
      series = columnsOf(next);
    },
    room,
  };
}

/** Whether two answers are the same memory. */
const share = ([, left]: readonly Buffer[], [, right]: readonly Buffer[]): boolean =>
  left !== undefined && left.buffer === right?.buffer;

const WHOLE = '{ history { day price } }';
const PART = '{ history(from: 5, to: 8) { day price } }';

describe('rows of a series as JSON', () => {
  it('are kept from the second use on, and parts of them are the same memory', async () => {
    const { ask, room } = keep();
    const first = await ask(WHOLE);
    expect(room.entries).toBe(0);
    const second = await ask(WHOLE);
    expect(room.entries).toBe(1);
    const [third, part] = [await ask(WHOLE), await ask(PART)];
    expect(share(first, second)).toBe(false);
    expect(share(second, third)).toBe(true);
    expect(share(second, part)).toBe(true);
    expect(Buffer.concat(third).equals(Buffer.concat(first))).toBe(true);
    expect(Buffer.concat(part).toString()).toBe(
      '{"data":{"history":[{"day":"1970-01-06","price":1},{"day":"1970-01-07","price":1},{"day":"1970-01-08","price":1}]}}',
    );
  });

  it('are kept for a part only when parts have come to as much', async () => {
    const { ask, room } = keep();
    for (let use = 0; use < 6; use++) await ask(PART);
    expect(room.entries).toBe(0);
    await ask(PART);
    expect(room.entries).toBe(1);
  });

  it('are kept once for selections that give the same bytes, and apart for others', async () => {
    const { text, room } = keep();
    await text(WHOLE);
    await text('{ history { ...F price } } fragment F on Row { day }');
    expect(room.entries).toBe(1);
    for (let use = 0; use < 2; use++) {
      expect(await text('{ history { price day } }')).toMatch(
        /^\{"data":\{"history":\[\{"price":1,"day":"1970-01-01"\},/,
      );
      expect(await text('{ history { day price: must } }')).toMatch(/\{"day":"1970-01-02","price":0.25\}/);
      expect(await text('{ history { day price __typename } }')).toMatch(/,"price":1,"__typename":"Row"\}\]\}\}$/);
    }
    expect(room.entries).toBe(4);
  });

  it('are bounded in bytes, however many selections there are; the oldest go first', async () => {
    const { text, room } = keep(rowsOf(1), 3_000);
    const queries = Array.from({ length: 8 }, (_, at) => `{ history { a${at}: day price } }`);
    const answers = new Map<string, string>();
    for (const query of [...queries, ...queries, ...queries, ...queries.toReversed()]) {
      const answer = await text(query);
      expect(answers.get(query) ?? answer).toBe(answer);
      answers.set(query, answer);
      await text(query);
      expect(room.bytes).toBeLessThanOrEqual(3_000);
      expect(room.entries).toBeGreaterThan(0);
    }
  });

  it('are given up for selections of one series that are too many', async () => {
    const { ask, room } = keep();
    for (let at = 0; at < 40; at++) for (let use = 0; use < 2; use++) await ask(`{ history { a${at}: day } }`);
    expect(room.entries).toBe(16);
  });

  it('are not kept when they are larger than the room, or a value has no text', async () => {
    const small = keep(rowsOf(1), 100);
    for (let use = 0; use < 3; use++) expect(await small.text(WHOLE)).toContain('"1970-01-20"');
    expect(small.room.entries).toBe(0);
    const odd = keep(rowsOf(1).with(19, { day: 3_000_000, at: 0, isOpen: true, price: 1, must: 1 }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => odd.text(PART)));
    expect(new Set(answers).size).toBe(1);
    expect(odd.room.entries).toBe(0);
  });

  it('are of one revision, and go with it', async () => {
    const { ask, text, replace, room } = keep();
    for (let use = 0; use < 2; use++) await ask(WHOLE);
    replace(rowsOf(2));
    expect(await text(PART)).toContain('"price":2');
    expect(await text(PART)).not.toContain('"price":1');
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    await expect
      .poll(() => {
        if (typeof collect === 'function') collect();
        return room.entries;
      })
      .toBe(0);
    for (let use = 0; use < 2; use++) await ask(WHOLE);
    expect(room.entries).toBe(1);
    expect(await text(PART)).toContain('"price":2');
  });
});
