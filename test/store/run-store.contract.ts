import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_KINDS } from '../../src/domain/command.ts';
import { pageOf, toPage } from '../../src/domain/page.ts';
import { RUN_STATES, type Run } from '../../src/domain/run.ts';
import type { RunFilter, RunKey, RunStore } from '../../src/store/runs.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';

/** A run that waits for its turn. */
export function run(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    command: 'sweep',
    kind: 'COMMAND',
    arguments: null,
    scheduleId: null,
    state: 'QUEUED',
    requestedBy: 'ann',
    queuedAt: 1_000,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    signal: null,
    outputBytes: 0,
    isTruncated: false,
    progress: null,
    ...changes,
  };
}

const FINAL = RUN_STATES.slice(3);
const idAt = (place: number): string => `run-${String(place).padStart(3, '0')}`;
const idsOf = (runs: readonly Run[]): string[] => runs.map(({ id }) => id);
const whole = { size: 1_000, isBackward: false };

const anyRuns = fc
  .array(
    fc.record({
      command: fc.constantFrom('sweep', 'report', 'backtest'),
      kind: fc.constantFrom(...COMMAND_KINDS),
      state: fc.constantFrom(...RUN_STATES),
      requestedBy: fc.constantFrom('ann', 'bob', null),
      queuedAt: fc.integer({ min: 1_000, max: 1_020 }),
    }),
    { minLength: 60, maxLength: 60 },
  )
  .map((each) => each.map((changes, place) => run({ ...changes, id: idAt(place) })));

const anyFilter: fc.Arbitrary<RunFilter> = fc.record(
  {
    command: fc.constantFrom('sweep', 'report', 'none'),
    kind: fc.constantFrom(...COMMAND_KINDS),
    states: fc.array(fc.constantFrom(...RUN_STATES), { maxLength: 4 }),
    requestedBy: fc.constantFrom('ann', 'bob', 'none'),
  },
  { requiredKeys: [] },
);

/** A number is the place of a run that passes the filter; keys are of no run, most of them. */
const anyPlace: fc.Arbitrary<number | RunKey | undefined> = fc.option(
  fc.oneof(
    { weight: 2, arbitrary: fc.nat({ max: 59 }) },
    { weight: 1, arbitrary: fc.record({ queuedAt: fc.integer({ min: 999, max: 1_021 }), id: fc.nat(61).map(idAt) }) },
  ),
  { nil: undefined, freq: 2 },
);

function keyAt(runs: readonly Run[], place: number | RunKey | undefined): RunKey | undefined {
  return typeof place === 'number' ? runs[place % runs.length] : place;
}

/** Ascending text for a descending list. */
function placeOf({ queuedAt, id }: RunKey): string {
  return `${String(9_999 - queuedAt).padStart(4, '0')} ${String(999 - Number(id.slice(4))).padStart(3, '0')}`;
}

function passes(filter: RunFilter, { command, kind, state, requestedBy }: Run): boolean {
  return (
    (filter.command ?? command) === command &&
    (filter.kind ?? kind) === kind &&
    (filter.states?.includes(state) ?? true) &&
    (filter.requestedBy ?? requestedBy) === requestedBy
  );
}

/** What every RunStore answers, whatever it is made of. `open` opens an empty one. */
export function describeRunStore(name: string, open: () => Promise<OpenedStore<RunStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<RunStore>;
    let store: RunStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    describe('a run', () => {
      const ended = run({
        id: 'run-2',
        kind: 'BACKTEST',
        arguments: { days: 30, text: 'o\'neill "\u0000"', list: [1, null] },
        scheduleId: 'nightly',
        state: 'FAILED',
        requestedBy: null,
        startedAt: 1_001,
        endedAt: 1_002,
        exitCode: 0,
        signal: 'SIGKILL',
        outputBytes: 2 ** 40,
        isTruncated: true,
        progress: { fraction: 0.1, message: null, at: 1_001 },
      });

      it('comes back as it was stored, also from a store that was opened again', async () => {
        await store.insert(run(), null);
        await store.insert(ended, 'request');
        expect(await store.run('run-1')).toEqual(run());
        expect(await store.run('run-2')).toEqual(ended);
        const again = await opened.reopen();
        expect(await again.run('run-1')).toEqual(run());
        expect(await again.run('run-2')).toEqual(ended);
      });

      it('is undefined when there is none, whatever the id', async () => {
        await store.insert(run(), null);
        for (const id of ['run', 'RUN-1', '', ...FOREIGN_NAMES]) expect(await store.run(id)).toBeUndefined();
      });

      it('stands as it was last stored, and was asked for as it was at first', async () => {
        await store.insert(run(), null);
        await store.insert(run({ id: 'other' }), null);
        await store.update({ ...ended, id: 'run-1' });
        const { id, command, kind, arguments: given, scheduleId, requestedBy, queuedAt } = run();
        const request = { id, command, kind, arguments: given, scheduleId, requestedBy, queuedAt };
        expect(await store.run('run-1')).toEqual({ ...ended, ...request });
        expect(await store.run('other')).toEqual(run({ id: 'other' }));
        await store.update(run());
        expect(await store.run('run-1')).toEqual(run());
      });

      it('is not stored twice, nor changed before it is stored', async () => {
        await store.insert(run(), null);
        await expect(store.insert(run({ state: 'LOST' }), null)).rejects.toThrow('run-1, which is stored already');
        await expect(store.update(run({ id: 'none' }))).rejects.toThrow('none, which is not stored');
        expect((await store.list({}, whole)).runs).toEqual([run()]);
      });
    });

    describe('the run of a request', () => {
      const ofAnn = (clientRequestId: string) => ({ requestedBy: 'ann', clientRequestId });

      it('is the newest of its client and id, queued since then', async () => {
        await store.insert(run({ id: 'old', queuedAt: 1 }), 'a');
        await store.insert(run({ id: 'new', queuedAt: 3 }), 'a');
        await store.insert(run({ id: 'middle', queuedAt: 2 }), 'a');
        expect((await store.runOfRequest(ofAnn('a'), 1))?.id).toBe('new');
        expect((await store.runOfRequest(ofAnn('a'), 3))?.id).toBe('new');
        expect(await store.runOfRequest(ofAnn('a'), 4)).toBeUndefined();
      });

      it('is none of another client, and none without an id', async () => {
        await store.insert(run({ id: 'of-bob', requestedBy: 'bob' }), 'a');
        await store.insert(run({ id: 'of-nobody', requestedBy: null }), 'a');
        await store.insert(run({ id: 'without' }), null);
        for (const id of ['a', '', 'null', ...FOREIGN_NAMES]) {
          expect(await store.runOfRequest(ofAnn(id), 0)).toBeUndefined();
        }
      });

      it.each(FOREIGN_NAMES)('takes the id %j literally', async (name) => {
        await store.insert(run({ requestedBy: name }), name);
        expect((await store.runOfRequest({ requestedBy: name, clientRequestId: name }, 0))?.id).toBe('run-1');
      });
    });

    it('knows every run that has not ended, the oldest first', async () => {
      for (const [place, state] of [...FINAL, 'RUNNING', 'STARTING', 'QUEUED', 'RUNNING'].entries()) {
        await store.insert(run({ id: idAt(place), state: state as Run['state'], queuedAt: 100 - place }), null);
      }
      expect((await store.unfinished()).map(({ queuedAt, state }) => `${queuedAt} ${state}`)).toEqual([
        '91 RUNNING',
        '92 QUEUED',
        '93 STARTING',
        '94 RUNNING',
      ]);
      await store.update(run({ id: idAt(7), state: 'LOST' }));
      expect(await store.unfinished()).toHaveLength(3);
    });

    describe('the list', () => {
      it('is newest first, runs of one instant by their ids', async () => {
        for (const [id, queuedAt] of [
          ['a', 2],
          ['c', 1],
          ['b', 2],
          ['d', 3],
        ] as const) {
          await store.insert(run({ id, queuedAt }), null);
        }
        expect(idsOf((await store.list({}, whole)).runs)).toEqual(['d', 'b', 'a', 'c']);
      });

      it('follows a run from state to state', async () => {
        await store.insert(run(), null);
        await store.update(run({ state: 'RUNNING' }));
        expect((await store.list({ states: ['QUEUED'] }, whole)).totalCount).toBe(0);
        expect((await store.list({ states: ['RUNNING', 'RUNNING', 'LOST'] }, whole)).runs).toHaveLength(1);
      });

      it('lets nothing pass when no state is wanted', async () => {
        await store.insert(run(), null);
        const nothing = { runs: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };
        expect(await store.list({ states: [] }, whole)).toEqual(nothing);
      });

      it.each(FOREIGN_NAMES)('takes the name %j literally', async (name) => {
        await store.insert(run({ id: 'other' }), null);
        await store.insert(run({ id: 'named', command: name, requestedBy: name }), null);
        expect(idsOf((await store.list({ command: name }, whole)).runs)).toEqual(['named']);
        expect(idsOf((await store.list({ requestedBy: name }, whole)).runs)).toEqual(['named']);
      });

      it('is cut as a sorted array of the runs that pass is cut', async () => {
        const [runs = []] = fc.sample(anyRuns, 1);
        for (const each of runs) await store.insert(each, null);
        const sorted = runs.toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
        const anySection = fc.record({
          size: fc.nat({ max: 8 }),
          isBackward: fc.boolean(),
          after: anyPlace,
          before: anyPlace,
        });
        await fc.assert(
          fc.asyncProperty(anyFilter, anySection, async (filter, { size, isBackward, ...places }) => {
            const passing = sorted.filter((each) => passes(filter, each));
            const [after, before] = [keyAt(passing, places.after), keyAt(passing, places.before)];
            const { runs: nodes, ...rest } = await store.list(filter, { size, isBackward, after, before });
            const args = { [isBackward ? 'last' : 'first']: size, after: cursorOf(after), before: cursorOf(before) };
            expect(toPage({ nodes, ...rest, keyOf: placeOf })).toEqual(pageOf(passing, args, placeOf));
          }),
          { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) }, // the list is stored once for all of them
        );
      });

      it('is walked in both directions without hole or repeat', async () => {
        const [runs = []] = fc.sample(anyRuns, 1);
        for (const each of runs) await store.insert(each, null);
        await fc.assert(
          fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 30 }), async (filter, size) => {
            const all = idsOf((await store.list(filter, whole)).runs);
            expect(await walk(store, filter, { size, isBackward: false })).toEqual(all);
            expect(await walk(store, filter, { size, isBackward: true })).toEqual(all);
          }),
        );
      });
    });
  });
}

function cursorOf(key: RunKey | undefined): string | null {
  if (key === undefined) return null;
  const page = { nodes: [key], hasNextPage: false, hasPreviousPage: false, totalCount: 1, keyOf: placeOf };
  return toPage(page).pageInfo.startCursor;
}

/** The ids of the whole list, page by page from its start or from its end. */
async function walk(store: RunStore, filter: RunFilter, range: { size: number; isBackward: boolean }) {
  const ids: string[] = [];
  for (let end: RunKey | undefined; ; ) {
    const page = await store.list(filter, { ...range, [range.isBackward ? 'before' : 'after']: end });
    if (range.isBackward) ids.unshift(...idsOf(page.runs));
    else ids.push(...idsOf(page.runs));
    if (!(range.isBackward ? page.hasPreviousPage : page.hasNextPage)) return ids;
    end = range.isBackward ? page.runs.at(0) : page.runs.at(-1);
  }
}
