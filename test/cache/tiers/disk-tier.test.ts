import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDiskTier } from '../../../src/cache/tiers/disk-tier.ts';
import { decodeBars, decodeNavs, encodeBars, encodeNavs } from '../../../src/cache/tiers/series-encoding.ts';
import type { SeriesTier } from '../../../src/cache/tiers/series-tier.ts';
import type { BarHistory } from '../../../src/domain/series.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { storedBars } from '../../support/stored-series.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { describeSeriesTier, type TierPlace } from './series-tier.contract.ts';

const ONE = encodeBars(storedBars('C1')).length;
const NOBODY = 65_534;

interface DiskPlace extends TierPlace, Disposable {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly faults: Error[];
}

function diskPlace(maxBytes?: number): DiskPlace {
  const temporary = temporaryFolder();
  const folder = join(temporary.path, 'cache');
  const clock = new ManualClock();
  const faults: Error[] = [];
  const shared = { folder, clock, onFault: (fault: Error) => void faults.push(fault) };
  const bounded = maxBytes === undefined ? shared : { ...shared, maxBytes };
  return {
    folder,
    clock,
    faults,
    bars: (encode = encodeBars) => createDiskTier({ ...bounded, kind: 'bars', encode, decode: decodeBars }),
    navs: () => createDiskTier({ ...bounded, kind: 'navs', encode: encodeNavs, decode: decodeNavs }),
    damage: async (code, bytes) => writeFile(join(folder, 'bars', await fileOf(folder, code)), bytes),
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
    [Symbol.asyncDispose]: async () => temporary[Symbol.dispose](),
  };
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(join(folder, 'bars'))).sort();
}

async function fileOf(folder: string, code: string): Promise<string> {
  return (await filesOf(folder)).find((name) => name.startsWith(`${code}-`)) ?? 'none';
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesOf(folder)).map((name) => stat(join(folder, 'bars', name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function heldOf(tier: SeriesTier<BarHistory>, codes: readonly string[]): Promise<string[]> {
  const held: string[] = [];
  for (const code of codes) if ((await tier.read(code)) !== undefined) held.push(code);
  return held;
}

/** As somebody whom permissions bind: root writes where it pleases. */
async function withoutPrivileges(task: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await task();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

/** A folder, and all in it, of those whom permissions bind. */
async function giveAway(path: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  for (const each of [path, ...(await readdir(path, { recursive: true })).map((name) => join(path, name))])
    await chown(each, NOBODY, NOBODY);
}

describe('the disk tier', () => {
  describeSeriesTier(async () => diskPlace());

  it('is for its owner alone', async () => {
    using place = diskPlace();
    await place.bars().write('A', storedBars('A'));
    const modes = await Promise.all(
      [place.folder, join(place.folder, 'bars'), join(place.folder, 'bars', await fileOf(place.folder, 'A'))].map(
        (path) => stat(path),
      ),
    );
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
  });

  it('has file names that any file system takes', async () => {
    using place = diskPlace();
    const tier = place.bars();
    for (const code of ['../x', 'a/b', 'a\u0000b', 'x'.repeat(5000), '.', '', 'CON', 'brk', 'BRK'])
      await tier.write(code, storedBars(code));
    const names = await filesOf(place.folder);
    expect(names).toHaveLength(9);
    expect(names.filter((name) => !/^[\w-]{0,40}-[\da-f]{20}\.series$/.test(name))).toEqual([]);
    // Also where upper and lower case are the same.
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(9);
  });

  it('has at most so many bytes, and lets go what was written longest ago', async () => {
    using place = diskPlace(3 * ONE);
    const tier = place.bars();
    for (const code of ['C1', 'C2', 'C3']) await tier.write(code, storedBars(code));
    await tier.write('C1', storedBars('C1', { hours: 1 }));
    expect(await bytesOf(place.folder)).toBeLessThanOrEqual(3 * ONE);
    await tier.write('C4', storedBars('C4'));
    await tier.write('C5', storedBars('C5'));
    const held = await heldOf(tier, ['C1', 'C2', 'C3', 'C4', 'C5']);
    expect(held).toContain('C5');
    expect(held).not.toContain('C2');
    expect(await bytesOf(place.folder)).toBeLessThanOrEqual(3 * ONE);
    expect(await filesOf(place.folder)).toHaveLength(held.length);
  });

  it('never has more than that, while many write at once', async () => {
    using place = diskPlace(3 * ONE);
    const tier = place.bars();
    const codes = Array.from({ length: 10 }, (_, index) => `C${index}`);
    const seen: number[] = [];
    const writing = Promise.all(
      codes.map(async (code) => {
        await tier.write(code, storedBars(code));
        seen.push((await filesOf(place.folder)).length);
      }),
    );
    await writing;
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
    expect(await heldOf(tier, codes)).toEqual(['C7', 'C8', 'C9']);
  });

  it('counts what an earlier run has left, oldest first', async () => {
    using place = diskPlace(3 * ONE);
    const before = place.bars();
    for (const code of ['C1', 'C2', 'C3']) await before.write(code, storedBars(code));
    const path = async (code: string) => join(place.folder, 'bars', await fileOf(place.folder, code));
    await utimes(await path('C1'), 3000, 3000);
    await utimes(await path('C2'), 1000, 1000);
    await utimes(await path('C3'), 2000, 2000);
    const after = place.bars();
    await after.write('C4', storedBars('C4'));
    expect(await heldOf(after, ['C1', 'C2', 'C3', 'C4'])).toEqual(['C1', 'C3', 'C4']);
  });

  it('lets go at once what is too much since the bound was lowered', async () => {
    using place = diskPlace();
    const before = place.bars();
    for (const code of ['C1', 'C2', 'C3']) await before.write(code, storedBars(code));
    const options = { folder: place.folder, clock: place.clock, onFault: () => {} };
    const kept = { ...options, kind: 'bars', maxBytes: ONE, encode: encodeBars, decode: decodeBars } as const;
    const after = createDiskTier(kept);
    // Done when everything that was asked before it is done.
    await after.clear([]);
    expect(await heldOf(after, ['C1', 'C2', 'C3'])).toEqual(['C3']);
  });

  it('does not keep what alone is larger than the bound', async () => {
    using place = diskPlace(3 * ONE);
    const tier = place.bars();
    await tier.write('C1', storedBars('C1'));
    await tier.write('C2', storedBars('C2', { rows: 1000, hours: 1 }));
    expect(await heldOf(tier, ['C1', 'C2'])).toEqual(['C1']);
    await tier.write('C1', storedBars('C1', { rows: 1000, hours: 1 }));
    expect(await filesOf(place.folder)).toEqual([]);
  });

  it('removes what a crash has left unfinished, and nothing of others', async () => {
    using place = diskPlace();
    await place.bars().write('A', storedBars('A'));
    const name = await fileOf(place.folder, 'A');
    const unfinished = `${name}.00000000-0000-4000-8000-000000000000.unfinished`;
    for (const each of [unfinished, 'notes.txt']) await writeFile(join(place.folder, 'bars', each), 'x');
    const tier = place.bars();
    await tier.write('A', storedBars('A', { hours: 1 }));
    expect(await filesOf(place.folder)).toEqual([name, 'notes.txt'].sort());
    await tier.clear();
    expect(await filesOf(place.folder)).toEqual(['notes.txt']);
  });

  it('goes on when its folder was removed or moved away', async () => {
    using place = diskPlace();
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    await rm(place.folder, { recursive: true });
    expect(await tier.read('A')).toBeUndefined();
    await tier.write('B', storedBars('B'));
    expect(await heldOf(tier, ['A', 'B'])).toEqual(['B']);
    await rename(place.folder, `${place.folder}-moved`);
    await tier.clear(['B']);
    await tier.write('C', storedBars('C'));
    expect(await heldOf(tier, ['A', 'B', 'C'])).toEqual(['C']);
    expect(place.faults).toEqual([]);
  });

  it('is read where it cannot be written, tells that once, and writes when it can again', async () => {
    using place = diskPlace();
    const folder = join(place.folder, 'bars');
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    await giveAway(join(place.folder, '..'));
    await chmod(folder, 0o500);
    await withoutPrivileges(async () => {
      for (let writes = 0; writes < 3; writes++) await tier.write('B', storedBars('B'));
      await tier.clear(['A']);
      expect(await heldOf(tier, ['A', 'B'])).toEqual(['A']);
      // A restart finds the same.
      const restarted = place.bars();
      await restarted.write('B', storedBars('B'));
      expect(await heldOf(restarted, ['A', 'B'])).toEqual(['A']);
      expect(place.faults.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^cannot write cached bars on disk: EACCES: /),
        expect.stringMatching(/^cannot write cached bars on disk: EACCES: /),
      ]);
      await chmod(folder, 0o700);
      await tier.write('B', storedBars('B'));
      expect(await heldOf(tier, ['B'])).toEqual([]);
      place.clock.advance(30_000);
      await tier.write('B', storedBars('B'));
      expect(await heldOf(tier, ['A', 'B'])).toEqual(['A', 'B']);
    });
  });

  it('reads nothing, and tells it once, where it may not even be read', async () => {
    using place = diskPlace();
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    await giveAway(join(place.folder, '..'));
    await chmod(join(place.folder, 'bars'), 0o000);
    await withoutPrivileges(async () => {
      for (let reads = 0; reads < 3; reads++) expect(await tier.read('A')).toBeUndefined();
      expect(place.faults.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^cannot read cached bars on disk: EACCES: /),
      ]);
      await chmod(join(place.folder, 'bars'), 0o700);
      place.clock.advance(1000);
      expect(await tier.read('A')).toEqual(storedBars('A'));
    });
  });

  it('waits no longer than a second for a disk, and then not at all for a moment', async () => {
    using place = diskPlace();
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    const slow = Promise.all(Array.from({ length: 20 }, () => tier.read('A')));
    // Before the first of several turns in which a file is read.
    place.clock.advance(1000);
    expect(new Set(await slow)).toEqual(new Set([undefined]));
    expect(await tier.read('A')).toBeUndefined();
    expect(place.faults.map(({ message }) => message)).toEqual([
      'cannot read cached bars on disk: received no answer within 1000 ms',
    ]);
    place.clock.advance(1000);
    expect(await tier.read('A')).toEqual(storedBars('A'));
  });

  it('is as if empty where its folder is a file', async () => {
    using place = diskPlace();
    await writeFile(place.folder, 'x');
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    await tier.clear();
    expect(await tier.read('A')).toBeUndefined();
    expect(await tier.read('A')).toBeUndefined();
    expect(place.faults.map(({ message }) => message.replace(/(ENOTDIR):.*/, '$1'))).toEqual([
      'cannot write cached bars on disk: ENOTDIR',
      'cannot read cached bars on disk: ENOTDIR',
    ]);
    expect(await readFile(place.folder, 'utf8')).toBe('x');
  });

  it('loses nothing for an entry that is larger than the folder may be', async () => {
    using place = diskPlace(10 * ONE);
    await place.bars().write('A', storedBars('A'));
    const huge = join(place.folder, 'bars', 'huge.series');
    await writeFile(huge, '');
    await truncate(huge, 2 ** 40);
    const later = new Date(Date.now() + 1_000_000);
    await utimes(huge, later, later);
    const tier = place.bars();
    await tier.write('B', storedBars('B'));
    expect(await heldOf(tier, ['A', 'B'])).toEqual(['A', 'B']);
    expect(await filesOf(place.folder)).not.toContain('huge.series');
  });

  it('has nothing where an entry is a folder, a link or a pipe', async () => {
    using place = diskPlace();
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    await tier.write('B', storedBars('B'));
    const path = join(place.folder, 'bars', await fileOf(place.folder, 'A'));
    const other = join(place.folder, 'bars', await fileOf(place.folder, 'B'));
    await rm(path);
    await symlink(other, path);
    expect(await tier.read('A')).toBeUndefined();
    await tier.write('A', storedBars('A', { hours: 1 }));
    expect(await heldOf(tier, ['A', 'B'])).toEqual(['A', 'B']);
    await rm(path);
    execFileSync('mkfifo', [path]);
    expect(await tier.read('A')).toBeUndefined();
    await rm(path);
    await mkdir(path);
    expect(await tier.read('A')).toBeUndefined();
    expect(place.faults).toEqual([]);
    // Sparse: as large as a file can claim to be.
    await truncate(other, 2 ** 40);
    expect(await tier.read('B')).toBeUndefined();
  });
});
