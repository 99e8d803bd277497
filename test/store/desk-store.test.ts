import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { COMMAND_KINDS } from '../../src/domain/command.ts';
import { type DeskStore, openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { contractList, describeContractStore } from './contract-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';
import { describeOrderEventStore, event, fill } from './order-event-store.contract.ts';
import { describeOrderSubmissionStore, submission } from './order-submission-store.contract.ts';
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
describeOrderSubmissionStore('the order submissions of a DeskStore', () => openPart((desk) => desk));
describeContractStore('the contracts of a DeskStore', () => openPart(({ contracts }) => contracts));

describe('openDeskStore', () => {
  afterEach(() => vi.restoreAllMocks());

  it('finds what was answered after a crash', async () => {
    using folder = temporaryFolder();
    using crashed = temporaryFolder();
    const desk = opener(folder.path)();
    await desk.runs.insert(run(), null);
    await desk.orderEvents.append('desk', [event()]);
    await desk.orderSubmissions.submit(submission('c1'));
    cpSync(folder.path, crashed.path, { recursive: true }); // as it lies on the disk, not closed
    desk.close();
    const found = opener(crashed.path)();
    expect(await found.runs.run('run-1')).toEqual(run());
    expect(await found.orderEvents.read('desk', 0, 10)).toEqual([{ ...event(), seq: 1 }]);
    expect(await found.orderSubmissions.openSubmissions('desk')).toEqual([submission('c1')]);
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

  it('stores a fill once, however many events follow it, and forgets it with its order', async () => {
    using folder = temporaryFolder();
    const desk = opener(folder.path)();
    const fills = Array.from({ length: 200 }, (_, place) => fill(`trade-${place}`));
    const changes = fills.map((_, place) => event({ eventId: `e${place}`, fills: fills.slice(0, place + 1) }));
    await desk.orderEvents.append('desk', changes);
    expect((await desk.orderEvents.read('desk', 0, 1_000)).at(-1)?.order.fills).toEqual(fills);
    expect(storedFills(folder.path)).toBe(200);
    expect(textIn(folder.path).split('"trade-100"')).toHaveLength(2);
    const changed = fills.map(({ tradeId }) => fill(tradeId, '0.1'));
    await desk.orderEvents.append('desk', [event({ eventId: 'fees', at: 200, fills: changed })]);
    expect(storedFills(folder.path)).toBe(400);
    await desk.orderEvents.trim(200);
    expect(storedFills(folder.path)).toBe(200);
    await desk.orderEvents.append('desk', [event({ eventId: 'end', status: 'FILLED', fills: changed })]);
    await desk.orderEvents.trim(1_000);
    expect(storedFills(folder.path)).toBe(0);
    desk.close();
  });

  it('may be closed twice, and refuses everything afterwards with a code', async () => {
    using folder = temporaryFolder();
    const desk = opener(folder.path)();
    desk.close();
    desk.close();
    const { runs, orderEvents, orderSubmissions } = desk;
    const uses: readonly (() => Promise<unknown>)[] = [
      () => runs.run('run-1'),
      () => runs.insert(run(), null),
      () => runs.list({}, { size: 1, isBackward: false }),
      () => orderEvents.append('desk', [event()]),
      () => orderEvents.read('desk', 0, 1),
      () => orderEvents.bounds('desk'),
      () => orderEvents.state('desk', { since: 0, most: 1 }),
      () => orderEvents.order('desk', { orderId: 'o1' }),
      () => orderEvents.trim(0),
      () => orderSubmissions.submit(submission('c1')),
      () => orderSubmissions.withdraw('desk', 'c1'),
      () => orderSubmissions.submission('desk', 'c1'),
      () => orderSubmissions.openSubmissions('desk'),
      () => desk.contracts.contracts({ venue: 'okx', gateway: 'okx' }),
      () => desk.contracts.replaceContracts({ venue: 'okx', gateway: 'okx' }, contractList()),
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

function storedFills(folder: string): unknown {
  const database = new DatabaseSync(deskStorePath(folder));
  const found = database.prepare('SELECT count(*) AS fills FROM order_fill').get();
  database.close();
  return found?.fills;
}

/** The text of everything that is stored of orders. */
function textIn(folder: string): string {
  const database = new DatabaseSync(deskStorePath(folder));
  const rows = ['order_event', 'order_fill'].flatMap((table) => database.prepare(`SELECT * FROM ${table}`).all());
  database.close();
  return rows.flatMap((row) => Object.values(row)).join('\n');
}

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
