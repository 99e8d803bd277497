import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderSource } from '../../src/sources/folder/folder-source.ts';
import { watchSource } from '../../src/sources/watched-source.ts';

describe('a watched source', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'deskgraph-watched-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));
  const { signal } = new AbortController();

  it('is available until it fails, says why it failed, and is available again when it answers', async () => {
    const path = join(parent, 'bars');
    const source = watchSource(createFolderSource({ path }));
    expect(source.status()).toEqual({ name: 'folder', isAvailable: true, lastError: null });
    await expect(source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const failed = source.status();
    expect(failed.isAvailable).toBe(false);
    expect(failed.lastError).not.toContain(parent);
    mkdirSync(path);
    writeFileSync(join(path, 'AAPL.csv'), 'date,close\n2024-01-02,185.64\n');
    await source.loadBars('AAPL', signal);
    expect(source.status()).toEqual({ name: 'folder', isAvailable: true, lastError: null });
  });

  it('stays available when it has no such code', async () => {
    const source = watchSource(createFolderSource({ path: parent }));
    await expect(source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(source.status().isAvailable).toBe(true);
  });

  it('shows nothing of a fault that was not written for clients', async () => {
    const broken = {
      ...createFolderSource({ path: parent }),
      loadBars: () => Promise.reject(new Error('/secret/path')),
    };
    const source = watchSource(broken);
    await expect(source.loadBars('AAPL', signal)).rejects.toThrow();
    expect(source.status().lastError).toBe('it failed in an unexpected way');
  });

  it('that failed is not available again by a look that asks nobody', async () => {
    const silent = {
      ...createFolderSource({ path: join(parent, 'away') }),
      barsRevision: async () => undefined,
      navsRevision: async () => undefined,
    };
    const source = watchSource(silent);
    await expect(source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const failed = source.status();
    await Promise.all([source.barsRevision('AAPL'), source.navsRevision('AAPL')]);
    expect(source.status()).toEqual(failed);
    expect(failed.isAvailable).toBe(false);
  });
});
