import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruRoom } from '../../src/cache/lru.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { gzipAnswer } from '../../src/execution/gzip-answer.ts';
import { columnsOf, type RowValues, rowSchema } from './row-schema.ts';

const LENGTH = 6_000;
const ROWS: readonly RowValues[] = Array.from({ length: LENGTH }, (_, day) => ({
  day,
  at: day,
  isOpen: true,
  price: Math.round(1e4 * Math.sin(day)) / 100,
  must: day / 4,
}));

function serveRows(room = new LruRoom({ maxBytes: 10_000_000, maxEntries: undefined })) {
  let series = columnsOf(ROWS);
  const execution = createExecution({ schema: rowSchema({ rows: ROWS, series: () => series }), blockRoom: room });
  const write = async (query: string) => {
    const { result } = await execution.answer({ document: execution.parse(query), contextValue: {} });
    return execution.write(result);
  };
  const ask = async (query: string) => {
    const pieces = await write(query);
    const gzipped = gzipAnswer(pieces);
    return {
      pieces,
      plain: Buffer.concat(pieces.map(({ bytes }) => bytes)),
      gzipped: Buffer.concat(await gzipped),
      isAtOnce: !(gzipped instanceof Promise),
    };
  };
  const replace = (): void => {
    series = columnsOf(ROWS.map((row) => ({ ...row, price: 1 })));
  };
  return { ask, room, replace };
}

const WHOLE = '{ history(to: 6000) { day price must } }';

describe('an answer as gzip', () => {
  it('is the very answer, whichever part of kept rows it has', async () => {
    const { ask } = serveRows();
    const place = fc.oneof(fc.nat(LENGTH), fc.constantFrom(0, 1, 600, 1_200, LENGTH));
    for (let use = 0; use < 2; use++) await ask(WHOLE);
    await fc.assert(
      fc.asyncProperty(place, place, fc.boolean(), async (from, to, isTwice) => {
        const range = `(from: ${from}, to: ${to})`;
        const second = isTwice ? `columns${range} { price day }` : 'rows { isOpen }';
        const { plain, gzipped } = await ask(`{ history${range} { day price must } hello ${second} }`);
        expect(gunzipSync(gzipped).equals(plain)).toBe(true);
      }),
    );
  });

  it('is read by gzip itself, and hardly larger than one that was compressed as a whole', async () => {
    const { ask } = serveRows();
    for (let use = 0; use < 3; use++) {
      const { plain, gzipped } = await ask(WHOLE);
      const { stdout, status } = spawnSync('gzip', ['-dc'], { input: gzipped, maxBuffer: 1e8 });
      expect([status, stdout.equals(plain)]).toEqual([0, true]);
      const whole = spawnSync('gzip', ['-6c'], { input: plain, maxBuffer: 1e8 }).stdout;
      if (use > 0) expect(gzipped.length / whole.length).toBeLessThan(1.06);
    }
  });

  it('is deflated in other threads when it is large, and not again when it was', async () => {
    const { ask } = serveRows();
    const waits: boolean[] = [];
    for (let use = 0; use < 4; use++) waits.push((await ask(WHOLE)).isAtOnce);
    // The first rows are not kept, the second ones are deflated when they are.
    expect(waits).toEqual([false, false, true, true]);
    expect((await ask('{ hello }')).isAtOnce).toBe(true);
  });

  it('is deflated once for those who ask at a time', async () => {
    const { ask, room } = serveRows();
    for (let use = 0; use < 2; use++) await ask(WHOLE);
    const { bytes } = room;
    const parts = await Promise.all(
      Array.from({ length: 5 }, () => ask('{ history(from: 10, to: 5990) { day price must } }')),
    );
    expect(new Set(parts.map(({ gzipped }) => gzipped.toString('base64'))).size).toBe(1);
    // Two more ends; what lies between was there.
    expect(room.bytes - bytes).toBeGreaterThan(0);
    expect(room.bytes - bytes).toBeLessThan(20_000);
  });

  it('is given up when nobody wants it any more', async () => {
    const { pieces } = await serveRows().ask(WHOLE);
    expect(await gzipAnswer(pieces, () => false)).toEqual([]);
    expect(gunzipSync(Buffer.concat(await gzipAnswer(pieces))).length).toBeGreaterThan(100_000);
  });

  it('takes room that is bounded, and gives it back', async () => {
    const { ask, room } = serveRows(new LruRoom({ maxBytes: 400_000, maxEntries: undefined }));
    for (let from = 0; from < 40; from++) {
      const { plain, gzipped } = await ask(`{ history(from: ${from}, to: ${6_000 - from}) { day price must } }`);
      expect(gunzipSync(gzipped).equals(plain)).toBe(true);
      expect(room.bytes).toBeLessThanOrEqual(400_000);
    }
    expect(room.entries).toBe(2);
    const { plain, gzipped } = await ask('{ history { at must } columns { at day price must } }');
    expect(gunzipSync(gzipped).equals(plain)).toBe(true);
  });
});
