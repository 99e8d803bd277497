import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderSource } from '../../../src/sources/folder/folder-source.ts';
import { isOnLocalDisk } from '../../../src/sources/folder/local-disk.ts';
import { day } from '../../support/bars.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { signal } = new AbortController();
const BARS = 'date,open,high,low,close,volume,amount\n2024-03-01,10,12,9,11,100,1100\n';

/** A source over a folder with these files. */
function folderOf(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  const source = createFolderSource({ path: folder.path, now: () => 42 });
  return { folder, source, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe('createFolderSource', () => {
  it('answers bars with their events', async () => {
    using its = folderOf({
      '513100.SH.csv': BARS,
      '513100.SH.events.csv': 'date,kind,ratio,cash\n2022-01-13,SPLIT,5,\n',
    });
    const history = await its.source.loadBars('513100.SH', signal);
    expect(history).toMatchObject({
      code: '513100.SH',
      source: 'folder',
      fetchedAt: 42,
      events: [{ day: day('2022-01-13'), ratio: 5 }],
    });
    expect([...history.columns.close]).toEqual([11]);
    expect(history.revision).toBe(await its.source.barsRevision('513100.SH'));
  });

  it('answers NAVs with the market of the fund, undefined when nobody said', async () => {
    using its = folderOf({
      '513100.SH.nav.csv': 'date,nav\n2024-03-01,1.5\n',
      '510300.SH.nav.csv': 'date,nav\n2024-03-01,3.5\n',
      'funds.csv': 'code,navMarket\n513100.SH,US\n',
    });
    expect(await its.source.loadNavs('513100.SH', signal)).toMatchObject({
      navMarket: 'US',
      source: 'folder',
      fetchedAt: 42,
    });
    const other = await its.source.loadNavs('510300.SH', signal);
    expect(other.navMarket).toBeUndefined();
    expect(other.revision).toBe(await its.source.navsRevision('510300.SH'));
  });

  it('answers NOT_FOUND for a code without a file, and for a file without rows', async () => {
    using its = folderOf({ 'AAPL.csv': BARS, 'MSFT.csv': 'date,close\n', 'MSFT.nav.csv': 'date,nav\n2024-03-01,\n' });
    const asked = await Promise.allSettled([
      its.source.loadBars('600519.SH', signal),
      its.source.loadNavs('AAPL', signal),
      its.source.loadBars('MSFT', signal),
      its.source.loadNavs('MSFT', signal),
    ]);
    expect(asked.map((each) => each.status === 'rejected' && String(each.reason))).toEqual(
      ['600519.SH', 'AAPL', 'MSFT', 'MSFT'].map((code) => `CodedError: no history for "${code}" in folder`),
    );
    await expect(its.source.loadBars('600519.SH', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['../secret', '..', 'a/b', 'A\\B', '.hidden', 'A..B', '', 'aapl', 'A\u0000', 'A'.repeat(40)])(
    'never leaves the folder for %j',
    async (code) => {
      using its = folderOf({ 'AAPL.csv': BARS });
      mkdirSync(join(its.folder.path, 'inner'));
      writeFileSync(join(its.folder.path, 'secret.csv'), BARS);
      const source = createFolderSource({ path: join(its.folder.path, 'inner') });
      await expect(source.loadBars(code, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(source.loadNavs(code, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(source.barsRevision(code)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('fails as unavailable, without showing where, when the folder is gone', async () => {
    using its = folderOf({ 'AAPL.csv': BARS });
    rmSync(its.folder.path, { recursive: true });
    const failure = await its.source.loadBars('AAPL', signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'the folder of "folder" cannot be read (ENOENT)',
    });
  });

  it('fails as unavailable when the folder is a file', async () => {
    using its = folderOf({ bars: 'x' });
    const source = createFolderSource({ path: join(its.folder.path, 'bars') });
    await expect(source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('names file and line, and not the folder, of what it cannot read', async () => {
    using its = folderOf({ 'AAPL.csv': 'date,close\n2024-03-01,x\n' });
    const failure = await its.source.loadBars('AAPL', signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'DATA_INVALID',
      message: 'AAPL.csv line 2: received the close "x", wanted a number',
    });
    expect(String(failure)).not.toContain(basename(its.folder.path));
  });

  it.each(['root:x:0:0', 'a "secret', '"secret'])(
    'repeats nothing of a file of another kind that is linked to: %s',
    async (line) => {
      using its = folderOf({ '600000.SH.csv': `${line}\n` });
      symlinkSync(join(its.folder.path, '600000.SH.csv'), join(its.folder.path, '600001.SH.csv'));
      const failing = its.source.loadBars('600001.SH', signal);
      await expect(failing).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('600001.SH.csv'),
      });
      await expect(failing).rejects.not.toMatchObject({ message: expect.stringMatching(/root|secret/) });
    },
  );

  it('refuses bars whose events it cannot read', async () => {
    using its = folderOf({ 'AAPL.csv': BARS, 'AAPL.events.csv': 'date,kind,ratio,cash\n2020-08-31,SPLIT,x,\n' });
    await expect(its.source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  it('refuses a file over 64 MiB, and what is no file', async () => {
    using its = folderOf({ 'AAPL.csv': '' });
    truncateSync(join(its.folder.path, 'AAPL.csv'), 64 * 1024 * 1024 + 1);
    await expect(its.source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'DATA_INVALID' });
    mkdirSync(join(its.folder.path, 'MSFT.csv'));
    await expect(its.source.loadBars('MSFT', signal)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  it('ends a load whose signal aborts', async () => {
    using its = folderOf({ 'AAPL.csv': BARS });
    await expect(its.source.loadBars('AAPL', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('tells another revision after every change of a file that makes the series, and of no other', async () => {
    using its = folderOf({ 'AAPL.csv': BARS, 'MSFT.csv': BARS });
    const file = join(its.folder.path, 'AAPL.csv');
    const events = join(its.folder.path, 'AAPL.events.csv');
    const seen = [await its.source.barsRevision('AAPL')];
    const changes: readonly (() => void)[] = [
      () => writeFileSync(file, `${BARS}2024-03-04,10,12,9,11,100,1100\n`),
      () => writeFileSync(events, 'date,kind,ratio,cash\n'),
      () => rmSync(events),
      () => utimesSync(file, 1, 1),
      () => rmSync(file),
    ];
    for (const change of changes) {
      change();
      const atOnce = its.source.barsRevisionAtOnce?.('AAPL');
      seen.push(await its.source.barsRevision('AAPL'));
      // Where the folder does not lie on a disk of this machine nobody knows it at once.
      expect([undefined, seen.at(-1)]).toContain(atOnce);
    }
    expect(seen.filter((revision, index) => revision === seen[index - 1])).toEqual([]);
    const before = await its.source.barsRevision('MSFT');
    writeFileSync(file, BARS);
    expect(await its.source.barsRevision('MSFT')).toBe(before);
  });

  it('tells a revision at once only where a look takes no wait, and only of what it has', async () => {
    using its = folderOf({ 'AAPL.csv': BARS });
    const { barsRevision, barsRevisionAtOnce } = its.source;
    expect(barsRevisionAtOnce?.('AAPL')).toBeUndefined();
    const revision = await barsRevision('AAPL');
    const isLocal = await isOnLocalDisk(its.folder.path);
    expect(barsRevisionAtOnce?.('AAPL')).toBe(isLocal ? revision : undefined);
    expect(barsRevisionAtOnce?.('../AAPL')).toBeUndefined();
    expect(await isOnLocalDisk(join(its.folder.path, 'nothing'))).toBe(false);
  });

  it('notices a file of the same size and time that was moved into place', async () => {
    using its = folderOf({ 'AAPL.csv': BARS, 'new.csv': BARS.replace('11', '10') });
    for (const name of ['AAPL.csv', 'new.csv']) utimesSync(join(its.folder.path, name), 1000, 1000);
    const before = await its.source.barsRevision('AAPL');
    renameSync(join(its.folder.path, 'new.csv'), join(its.folder.path, 'AAPL.csv'));
    expect(await its.source.barsRevision('AAPL')).not.toBe(before);
  });
});
