import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Day } from '../../src/domain/day.ts';
import { demoBarsFolder, discardOtherDemo, seedDemo } from '../../src/simulator/demo.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { day } from '../support/bars.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CTA = { source: 'HISTORY', accountCookie: 'demo-cta' } as const;
const SIM = { source: 'REALTIME', accountCookie: 'demo-sim' } as const;
const MONDAY = day('2026-02-02');

interface SeededDemo extends Disposable {
  readonly folder: string;
  readonly store: SqliteAccountStore;
  /** Seeds and answers how many documents were written. */
  seed(throughDay: Day): Promise<number>;
}

function openDemo(): SeededDemo {
  const temporary = temporaryFolder();
  const folder = temporary.path;
  const store = openSqliteAccountStore({ path: join(folder, 'accounts.sqlite') });
  return {
    folder,
    store,
    seed: async (throughDay) => {
      let count = 0;
      await seedDemo({
        folder,
        throughDay,
        writeDocuments: (documents) => {
          count += documents.length;
          return store.writeDocuments(documents);
        },
      });
      return count;
    },
    [Symbol.dispose]: () => {
      store.close();
      temporary[Symbol.dispose]();
    },
  };
}

const lengthOf = async (demo: SeededDemo): Promise<number> => (await demo.store.equityRows([CTA]))[0]?.length ?? 0;

describe('seedDemo', () => {
  it('makes accounts of both sources and files of bars and NAVs', async () => {
    using demo = openDemo();
    expect(await demo.seed(MONDAY)).toBeGreaterThan(100);
    expect((await demo.store.listAccounts(CTA)).map(({ accountCookie }) => accountCookie)).toEqual([
      'demo-arbitrage',
      'demo-cta',
      'demo-stock',
    ]);
    expect((await demo.store.latestSnapshots([CTA, SIM])).map((snapshot) => snapshot?.tradingDay)).toEqual([
      MONDAY,
      MONDAY,
    ]);
    expect((await demo.store.equityMarks([SIM]))[0]?.length).toBe(4 * 21);
    const files = readdirSync(demoBarsFolder(demo.folder));
    expect(files).toEqual(expect.arrayContaining(['510300.SH.csv', '510300.SH.nav.csv', 'funds.csv']));
  });

  it('writes nothing when it is there already', async () => {
    using demo = openDemo();
    await demo.seed(MONDAY);
    const bars = join(demoBarsFolder(demo.folder), '510300.SH.csv');
    const { mtimeNs } = statSync(bars, { bigint: true });
    expect(await demo.seed(MONDAY)).toBe(0);
    expect(statSync(bars, { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  it('adds a day when a day has passed, and leaves the others as they were', async () => {
    using demo = openDemo();
    await demo.seed(MONDAY);
    const [before = []] = await demo.store.equityRows([CTA]);
    const trades = await demo.store.trades([CTA, SIM]);
    await demo.seed(MONDAY + 1);
    const [after = []] = await demo.store.equityRows([CTA]);
    expect(after).toHaveLength(before.length + 1);
    expect(after.slice(0, -1)).toEqual(before);
    const earlier = (await demo.store.trades([CTA, SIM])).map((each) =>
      each.filter(({ tradingDay }) => tradingDay !== MONDAY + 1),
    );
    expect(earlier).toEqual(trades);
  });

  it('is made anew when it is of another version, or was not finished', async () => {
    using demo = openDemo();
    const written = await demo.seed(MONDAY);
    const [mark = ''] = readdirSync(demo.folder).filter((name) => name.endsWith('.json'));
    const path = join(demo.folder, mark);
    const good = readFileSync(path, 'utf8');
    const length = await lengthOf(demo);
    for (const stale of [good.replace(/"version":\d+/, '"version":0'), '{broken']) {
      writeFileSync(path, stale);
      expect(await demo.seed(MONDAY)).toBe(written);
      expect(readFileSync(path, 'utf8')).toBe(good);
      expect(await lengthOf(demo)).toBe(length);
    }
  });

  it('of another version loses its bars and accounts, and nothing else, and only such a one does', async () => {
    using folder = temporaryFolder();
    const demo = join(folder.path, 'demo');
    mkdirSync(demo);
    writeFileSync(join(demo, 'accounts.sqlite'), '');
    const discard = (folder: string) => discardOtherDemo({ folder, accountsPath: join(folder, 'accounts.sqlite') });
    await discard(demo);
    expect(readdirSync(demo)).toEqual(['accounts.sqlite']);
    mkdirSync(join(demo, 'bars'));
    writeFileSync(join(demo, 'desk.db'), 'orders');
    writeFileSync(join(demo, 'seed.json'), '{"simulated":true,"version":0,"throughDay":"2026-01-05"}\n');
    await discard(demo);
    expect(readdirSync(demo)).toEqual(['desk.db']);
    await discard(demo);

    using own = openDemo();
    await own.seed(MONDAY);
    await discard(own.folder);
    expect(await own.seed(MONDAY)).toBe(0);
  });

  it.each(['', '{"simulated":tr', '{"simulated":true,"version":0'])(
    'is made anew over what a mark that is torn as %j left',
    async (torn) => {
      using demo = openDemo();
      await demo.seed(MONDAY);
      writeFileSync(join(demo.folder, 'desk.db'), 'orders');
      writeFileSync(join(demo.folder, 'seed.json'), torn);
      await discardOtherDemo({ folder: demo.folder, accountsPath: join(demo.folder, 'accounts.sqlite') });
      expect(readFileSync(join(demo.folder, 'desk.db'), 'utf8')).toBe('orders');
      expect(await demo.seed(MONDAY)).toBeGreaterThan(0);
      expect(await demo.seed(MONDAY)).toBe(0);
    },
  );

  it('is not marked as made when writing it failed', async () => {
    using demo = openDemo();
    await demo.seed(MONDAY);
    const failing = {
      folder: demo.folder,
      throughDay: MONDAY + 1,
      writeDocuments: () => Promise.reject(new Error('full')),
    };
    await expect(seedDemo(failing)).rejects.toThrow('full');
    expect(await demo.seed(MONDAY + 1)).toBeGreaterThan(0);
    expect(await lengthOf(demo)).toBeGreaterThan(0);
  });
});
