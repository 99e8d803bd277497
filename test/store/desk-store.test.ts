import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { COMMAND_KINDS } from '../../src/domain/command.ts';
import { type DeskStore, openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { OpenedStore } from './opened-store.ts';
import { describeOrderEventStore, event } from './order-event-store.contract.ts';
import { describeRunStore, run } from './run-store.contract.ts';

function opener(folder: string): () => DeskStore {
  let epochs = 0;
  return () => openDeskStore({ path: deskStorePath(folder), newEpoch: () => `epoch-${epochs++}` });
}

async function openPart<Store>(partOf: (desk: DeskStore) => Store): Promise<OpenedStore<Store>> {
  const folder = temporaryFolder();
  const open = opener(folder.path);
  let desk = open();
  return {
    store: partOf(desk),
    reopen: async () => {
      desk.close();
      desk = open();
      return partOf(desk);
    },
    [Symbol.asyncDispose]: async () => {
      desk.close();
      folder[Symbol.dispose]();
    },
  };
}

describeRunStore('the runs of a DeskStore', () => openPart(({ runs }) => runs));
describeOrderEventStore('the order events of a DeskStore', () => openPart(({ orderEvents }) => orderEvents));

describe('openDeskStore', () => {
  afterEach(() => vi.restoreAllMocks());

  it('finds what was answered after a crash', async () => {
    using folder = temporaryFolder();
    using crashed = temporaryFolder();
    const desk = opener(folder.path)();
    await desk.runs.insert(run(), null);
    await desk.orderEvents.append('desk', [event()]);
    cpSync(folder.path, crashed.path, { recursive: true }); // as it lies on the disk, not closed
    desk.close();
    const found = opener(crashed.path)();
    expect(await found.runs.run('run-1')).toEqual(run());
    expect(await found.orderEvents.read('desk', 0, 10)).toEqual([{ ...event(), seq: 1 }]);
    found.close();
  });

  it('numbers the events of two connections as one stream', async () => {
    using folder = temporaryFolder();
    const open = opener(folder.path);
    const [one, other] = [open(), open()];
    for (const [place, { orderEvents }] of [one, other, other, one].entries()) {
      const known = event({ eventId: 'known' });
      const [stored] = await orderEvents.append('desk', [event({ eventId: `e${place}` }), known]);
      expect(stored?.seq).toBe(place === 0 ? 1 : place + 2);
    }
    expect(await one.orderEvents.bounds('desk')).toEqual(await other.orderEvents.bounds('desk'));
    one.close();
    other.close();
  });

  it('may be closed twice, and refuses everything afterwards with a code', async () => {
    using folder = temporaryFolder();
    const desk = opener(folder.path)();
    desk.close();
    desk.close();
    const { runs, orderEvents } = desk;
    const uses: readonly (() => Promise<unknown>)[] = [
      () => runs.run('run-1'),
      () => runs.insert(run(), null),
      () => runs.list({}, { size: 1, isBackward: false }),
      () => orderEvents.append('desk', [event()]),
      () => orderEvents.orders('desk', 0),
      () => orderEvents.trim(0),
    ];
    for (const use of uses) await expect(use()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('refuses another file, says why, and leaves it as it is', () => {
    using folder = temporaryFolder();
    const path = deskStorePath(folder.path);
    const open = opener(folder.path);
    writeFileSync(path, 'these are no tables '.repeat(100));
    expect(open).toThrow(`cannot open the desk store ${path}: file is not a database`);
    expect(readFileSync(path, 'utf8')).toBe('these are no tables '.repeat(100));
    const missing = opener(join(folder.path, 'none'));
    expect(missing).toThrow('cannot open the desk store');
  });

  it('reads every list of runs out of one index, without a sort', async () => {
    using folder = temporaryFolder();
    const desk = opener(folder.path)();
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    const key = { queuedAt: 1, id: 'run-1' };
    for (let mask = 0; mask < 16; mask += 1) {
      const filter = {
        command: mask & 1 ? 'sweep' : undefined,
        kind: mask & 2 ? COMMAND_KINDS[0] : undefined,
        states: mask & 4 ? (['RUNNING', 'FAILED'] as const) : undefined,
        requestedBy: mask & 8 ? 'ann' : undefined,
      };
      await desk.runs.list(filter, { size: 1, isBackward: false, after: key, before: key });
    }
    const questions = prepare.mock.calls.map(([sql]) => sql);
    expect(questions).toHaveLength(16 * 5);
    for (const sql of questions) {
      const [step, ...more] = stepsOf(folder.path, sql);
      expect(more).toEqual([]); // a sort would be another
      const isWholeCount = !sql.includes('= ?') && sql.includes('count(*)');
      expect(step).toMatch(isWholeCount ? /^SCAN run USING COVERING INDEX/ : /^SEARCH run USING .*INDEX/);
    }
    desk.close();
  });

  it('passes over nothing for any other question', () => {
    using folder = temporaryFolder();
    const open = opener(folder.path);
    open().close();
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    open().close();
    const questions = prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^\s*SELECT/.test(sql));
    expect(questions.length).toBeGreaterThan(5);
    for (const sql of questions) {
      for (const step of stepsOf(folder.path, sql)) expect(step).not.toMatch(/^SCAN/);
    }
  });
});

/** What SQLite does to answer a question. */
function stepsOf(folder: string, sql: string): string[] {
  const database = new DatabaseSync(deskStorePath(folder));
  const parameters = Math.max(
    ...[...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)),
    sql.split(/\?(?!\d)/).length - 1,
  );
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array<number>(parameters).fill(0));
  database.close();
  return steps.map(({ detail }) => String(detail));
}
