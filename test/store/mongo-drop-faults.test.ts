import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { DropRecord } from '../../src/store/account-drops.ts';
import { describeOnMongo, type MongoDatabases, mongoDatabases } from '../support/mongo.ts';
import { type Passing, tapServer } from '../support/tapped-server.ts';
import { dropRequest, restoreRequest } from './account-drops.contract.ts';
import { hurriedNow, openMongo } from './opened-mongo.ts';
import { storedBytes } from './stored-bytes.ts';

const PROCESS = fileURLToPath(new URL('mongo-dropping-process.ts', import.meta.url));
const HOUR_MS = 3_600_000;
const UNREACHABLE = { code: 'UPSTREAM_UNAVAILABLE', message: 'the account store cannot be reached' };
const UNDER_WAY = { code: 'UPSTREAM_UNAVAILABLE', message: 'another drop or restore of accounts is under way' };

/** Days of the account `a` in both collections of HISTORY. */
async function fill({ client, names }: MongoDatabases, days: number): Promise<void> {
  const documents = Array.from({ length: days }, (_, index) => ({ account_cookie: 'a', trading_day: String(index) }));
  await client.db(names.quantaxis).collection('history').insertMany(structuredClone(documents));
  await client.db(names.realtime).collection('history').insertMany(structuredClone(documents));
}

/** A clock that is moved by hand. */
function handClock() {
  let time = Date.UTC(2026, 10, 20);
  return {
    now: () => time,
    advance: (ms: number): void => {
      time += ms;
    },
  };
}

/** Cuts once, at the nth command that looks like this: when it comes from the client, or when it is answered. */
function cutAt(command: RegExp, nth: number, at: Passing['from'] = 'CLIENT') {
  let seen = 0;
  let hasCut = false;
  return ({ from, text }: Passing): boolean => {
    if (from === 'CLIENT' && command.test(text)) seen += 1;
    if (hasCut || from !== at || seen !== nth) return false;
    hasCut = true;
    return true;
  };
}

const DELETING = /delete\0.{4}history\0/s;

async function stateOf(records: Promise<readonly DropRecord[]>): Promise<string | undefined> {
  return (await records).at(-1)?.state;
}

describeOnMongo('drops', (server) => {
  const { url, holdsAllShapes: canMerge } = server;
  const copying = canMerge ? /\$merge/ : /insert\0.{4}dropped_/s;
  const bringingBack = canMerge ? /aggregate\0.{4}dropped_.*\$merge/s : /insert\0.{4}history\0/s;

  describe('that fail in the middle', () => {
    it.each([
      ['before the first copies', 1, 'CLIENT'],
      ['before the last copies', 4, 'CLIENT'],
      ['after the last copies', 4, 'SERVER'],
    ] as const)('have deleted nothing when the deployment goes away %s', async (_when, nth, at) => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await fill(databases, 60);
      const before = await storedBytes(databases);
      await using tap = await tapServer(url, cutAt(copying, nth, at));
      const clock = handClock();
      await using opened = openMongo({ url: tap.url, names, now: clock.now });
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject(UNREACHABLE);
      tap.mend();
      const expectLatest = async (state: string): Promise<void> =>
        vi.waitFor(async () => expect(await stateOf(opened.drops.records())).toBe(state), { timeout: 15_000 });
      await expectLatest('REQUESTED');
      clock.advance(HOUR_MS);
      await expectLatest('UNDONE');
      // The copies go after that.
      await vi.waitFor(async () => expect(await storedBytes(databases)).toEqual(before));
      expect(await opened.drops.drop(dropRequest(['a']))).toEqual({ dropped: ['a'], documents: 120 });
    });

    it.each([
      // The first two delete nothing: they only show that it is allowed.
      ['before anything is deleted', 3, 'CLIENT'],
      ['when half is deleted', 4, 'CLIENT'],
      ['when all is deleted', 4, 'SERVER'],
    ] as const)('are finished by themselves when the deployment is back that went away %s', async (_when, nth, at) => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await fill(databases, 60);
      const before = await storedBytes(databases);
      await using tap = await tapServer(url, cutAt(DELETING, nth, at));
      const clock = handClock();
      await using opened = openMongo({ url: tap.url, names, now: clock.now });
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject(UNREACHABLE);
      tap.mend();
      clock.advance(HOUR_MS);
      await vi.waitFor(async () => expect(await stateOf(opened.drops.records())).toBe('DROPPED'), {
        timeout: 15_000,
      });
      expect(await opened.accounts.listAccounts({ source: 'HISTORY' })).toEqual([]);
      expect((await opened.drops.records()).at(-1)).toMatchObject({ dropped: ['a'], documents: 120 });
      expect(await opened.drops.restore(restoreRequest('a'))).toMatchObject({ kind: 'RESTORED', documents: 120 });
      await opened.drops.trim(Number.MAX_SAFE_INTEGER);
      expect(await storedBytes(databases)).toEqual(before);
    });

    it('bring back the rest when a restore that was interrupted is asked for again', async () => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await fill(databases, 60);
      const before = await storedBytes(databases);
      const clock = handClock();
      {
        await using opened = openMongo({ url, names, now: clock.now });
        await opened.drops.drop(dropRequest(['a']));
        await using tap = await tapServer(url, cutAt(bringingBack, 3));
        await using interrupted = openMongo({ url: tap.url, names, now: clock.now });
        await expect(interrupted.drops.restore(restoreRequest('a'))).rejects.toMatchObject(UNREACHABLE);
      }
      clock.advance(HOUR_MS);
      await using opened = openMongo({ url, names, now: clock.now });
      const outcome = await opened.drops.restore(restoreRequest('a'));
      expect(outcome).toEqual({ kind: 'RESTORED', documents: 120, droppedAt: dropRequest([]).requestedAt });
      expect(await opened.drops.restore(restoreRequest('a'))).toEqual({ kind: 'OCCUPIED', documents: 120 });
      expect(await opened.drops.restores()).toHaveLength(1);
      await opened.drops.trim(Number.MAX_SAFE_INTEGER);
      expect(await storedBytes(databases)).toEqual(before);
    });

    it('bring back what was asked for when the restore that replaces was interrupted after its drop', async () => {
      await using databases = await mongoDatabases(server);
      const { client, names } = databases;
      await fill(databases, 60);
      const before = await storedBytes(databases);
      const clock = handClock();
      {
        await using opened = openMongo({ url, names, now: clock.now });
        await opened.drops.drop(dropRequest(['a']));
        await client.db(names.quantaxis).collection('history').insertOne({ account_cookie: 'a', trading_day: 'new' });
        await using tap = await tapServer(url, cutAt(bringingBack, 1));
        await using interrupted = openMongo({ url: tap.url, names, now: clock.now });
        const request = restoreRequest('a', { replace: true });
        await expect(interrupted.drops.restore(request)).rejects.toMatchObject(UNREACHABLE);
      }
      clock.advance(HOUR_MS);
      await using opened = openMongo({ url, names, now: clock.now });
      expect(await opened.drops.drop(dropRequest(['nobody']))).toEqual({ dropped: [], documents: 0 });
      const records = await opened.drops.records();
      expect(records.map(({ state, documents }) => [state, documents])).toEqual([
        ['DROPPED', 120],
        ['DROPPED', 1],
        ['DROPPED', 0],
      ]);
      expect(await opened.drops.restores()).toMatchObject([{ requestedBy: 'bob', documents: 120 }]);
      await opened.drops.trim(Number.MAX_SAFE_INTEGER);
      expect(await storedBytes(databases)).toEqual(before);
    });

    // FerretDB refuses nothing in part.
    if (canMerge) {
      it('stand in the way of nothing when a part of a restore is refused', async () => {
        await using databases = await mongoDatabases(server);
        const { client, names } = databases;
        const source = 'REALTIME';
        const [there, refused] = [{ _id: 1 }, { _id: 2, x: [1, 2], y: [1, 2] }];
        const states = client.db(names.realtime).collection('account');
        const marks = client.db(names.realtime).collection<{ _id: number; account_cookie: string }>('hisaccount');
        await states.insertOne({ account_cookie: 'a', trading_day: '2020-01-16' });
        await marks.insertMany([there, refused].map((mark) => ({ account_cookie: 'a', ...mark })));
        const before = await storedBytes(databases);
        await using opened = openMongo({ url, names });
        await opened.drops.drop(dropRequest(['a'], { source }));
        // The one that is there is passed over, the other one refused: an index holds no two lists of one document.
        await marks.insertOne({ account_cookie: 'a', ...there });
        const index = await marks.createIndex({ x: 1, y: 1 });
        await expect(opened.drops.restore(restoreRequest('a', { source }))).rejects.toMatchObject({
          code: 'UPSTREAM_UNAVAILABLE',
        });
        expect(await marks.countDocuments()).toBe(1);
        expect(await opened.drops.drop(dropRequest(['nobody']))).toEqual({ dropped: [], documents: 0 });
        expect(await opened.drops.restores()).toEqual([]);
        await states.deleteMany({});
        await marks.dropIndex(index);
        const outcome = await opened.drops.restore(restoreRequest('a', { source }));
        expect(outcome).toMatchObject({ kind: 'RESTORED', documents: 1 });
        await opened.drops.trim(Number.MAX_SAFE_INTEGER);
        expect(await storedBytes(databases)).toEqual(before);
      });
    }

    it('are undone when a document goes away while they are copied', async () => {
      await using databases = await mongoDatabases(server);
      const { client, names } = databases;
      await fill(databases, 60);
      const copied = client.db(names.quantaxis).collection('history');
      const isFirst = cutAt(copying, 1);
      await using tap = await tapServer(url, async (passing) => {
        // All are listed by then, and the last is not copied yet.
        if (isFirst(passing)) await copied.deleteOne({ trading_day: '59' });
        return false;
      });
      await using opened = openMongo({ url: tap.url, names });
      const changed = { code: 'UPSTREAM_UNAVAILABLE', message: 'the accounts changed while they were copied' };
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject(changed);
      expect(await stateOf(opened.drops.records())).toBe('UNDONE');
      expect(await copied.countDocuments()).toBe(59);
      expect(Object.keys(await storedBytes(databases)).filter((name) => name.includes('dropped'))).toEqual([]);
      expect(await opened.drops.drop(dropRequest(['a']))).toEqual({ dropped: ['a'], documents: 119 });
    });

    it('bring back nothing of copies that were given up, of which some are left', async () => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await fill(databases, 1);
      const clock = handClock();
      await using tap = await tapServer(url, cutAt(/drop\0.{4}dropped_/s, 2));
      await using opened = openMongo({ url: tap.url, names, now: clock.now });
      await opened.drops.drop(dropRequest(['a']));
      await expect(opened.drops.trim(Number.MAX_SAFE_INTEGER)).rejects.toMatchObject(UNREACHABLE);
      tap.mend();
      expect(Object.keys(await storedBytes(databases))).toEqual([`${names.own}.dropped_1_realtime_history`]);
      clock.advance(HOUR_MS);
      const outcome = await vi.waitFor(() => opened.drops.restore(restoreRequest('a')), { timeout: 10_000 });
      expect(outcome).toEqual({ kind: 'NO_COPY' });
      await opened.drops.trim(0);
      expect(await storedBytes(databases)).toEqual({});
    });

    it('say so within five seconds while the deployment is away, from the start on, and work when it is there', async () => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await fill(databases, 1);
      let isAway = true;
      await using tap = await tapServer(url, () => isAway);
      await using opened = openMongo({ url: tap.url, names });
      const since = performance.now();
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject(UNREACHABLE);
      expect(performance.now() - since).toBeLessThan(5000);
      await expect(opened.drops.records()).rejects.toMatchObject(UNREACHABLE);
      isAway = false;
      tap.mend();
      const dropped = await vi.waitFor(() => opened.drops.drop(dropRequest(['a'])), { timeout: 10_000 });
      expect(dropped).toEqual({ dropped: ['a'], documents: 2 });
    }, 40_000);

    it('end with what is under way when they are closed, and are refused afterwards with a code', async () => {
      await using databases = await mongoDatabases(server);
      await fill(databases, 1);
      await using opened = openMongo({ url, names: databases.names });
      const dropping = opened.drops.drop(dropRequest(['a']));
      await Promise.all([opened.drops.close(), opened.drops.close()]);
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      await expect(opened.drops.records()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      await expect(opened.drops.trim(0)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(await dropping).toEqual({ dropped: ['a'], documents: 2 });
    });
  });

  describe('of several processes', () => {
    it('delete an account once, and lose nothing of it', async () => {
      await using databases = await mongoDatabases(server);
      await fill(databases, 60);
      const before = await storedBytes(databases);
      const all = Array.from({ length: 4 }, () => openMongo({ url, names: databases.names }));
      const outcomes = await Promise.all(all.map(({ drops }) => drops.drop(dropRequest(['a', 'b']))));
      expect(outcomes.map(({ documents }) => documents).sort((a, b) => a - b)).toEqual([0, 0, 0, 120]);
      const restored = await Promise.all(all.map(({ drops }) => drops.restore(restoreRequest('a'))));
      expect(restored.map(({ kind }) => kind).sort()).toEqual(['OCCUPIED', 'OCCUPIED', 'OCCUPIED', 'RESTORED']);
      await all[0]?.drops.trim(Number.MAX_SAFE_INTEGER);
      expect(await storedBytes(databases)).toEqual(before);
      for (const each of all) await each[Symbol.asyncDispose]();
    });

    /** A process that drops and restores, stopped in the middle of a drop that is on record in this state. */
    async function stoppedIn(state: 'REQUESTED' | 'COPIED', databases: MongoDatabases, clock: 'right' | 'hurried') {
      const { client, names } = databases;
      const child = spawn(process.execPath, [PROCESS, url, JSON.stringify(names), 'a'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DROPPING_CLOCK: clock },
      });
      child.stdout.resume();
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const exited = once(child, 'close').then(() => stderr);
      const records = client.db(names.own).collection('account_drops');
      const isThere = async () => (await records.countDocuments({ state })) > 0;
      await vi.waitFor(
        async () => {
          while (!(await isThere())) if (child.exitCode !== null) throw new Error(stderr);
          child.kill('SIGSTOP');
          // It was faster, perhaps; and what it had sent is done when the server answers this.
          await storedBytes(databases);
          if (await isThere()) return;
          child.kill('SIGCONT');
          throw new Error(`never stopped while ${state}`);
        },
        { timeout: 15_000, interval: 1 },
      );
      return { child, exited };
    }

    async function kill(child: ChildProcess): Promise<void> {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    }

    it('leave a drop alone that is under way in another one, and say so', async () => {
      await using databases = await mongoDatabases(server);
      await fill(databases, 400);
      const { child } = await stoppedIn('COPIED', databases, 'right');
      await using opened = openMongo({ url, names: databases.names });
      const bytes = await storedBytes(databases);
      expect(await stateOf(opened.drops.records())).toBe('REQUESTED');
      await expect(opened.drops.drop(dropRequest(['a']))).rejects.toMatchObject(UNDER_WAY);
      expect(await storedBytes(databases)).toEqual(bytes);
      child.kill('SIGCONT');
      await vi.waitFor(async () => expect(await stateOf(opened.drops.records())).toBe('DROPPED'));
      await kill(child);
    }, 40_000);

    it.each([
      ['undo', 'REQUESTED', 'UNDONE'],
      ['finish', 'COPIED', 'DROPPED'],
    ] as const)(
      '%s a drop whose process did not move for too long, which then does no more harm',
      async (_what, state, settled) => {
        await using databases = await mongoDatabases(server);
        await fill(databases, 400);
        const before = await storedBytes(databases);
        const { child, exited } = await stoppedIn(state, databases, 'hurried');
        await using opened = openMongo({ url, names: databases.names, now: hurriedNow });
        await vi.waitFor(async () => expect(await stateOf(opened.drops.records())).toBe(settled), { timeout: 10_000 });
        if (settled === 'DROPPED') {
          const restored = await opened.drops.restore(restoreRequest('a'));
          expect(restored).toMatchObject({ kind: 'RESTORED', documents: 800 });
        }
        child.kill('SIGCONT');
        expect(await exited).toMatch(/another process has taken over/);
        await opened.drops.trim(Number.MAX_SAFE_INTEGER);
        expect(await storedBytes(databases)).toEqual(before);
      },
      40_000,
    );
  });
});
