import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createDiskTier } from '../../../src/cache/tiers/disk-tier.ts';
import { decodeBars, encodeBars } from '../../../src/cache/tiers/series-encoding.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { runNode } from '../../support/process.ts';
import { storedBars } from '../../support/stored-series.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROCESS = fileURLToPath(new URL('disk-writing-process.ts', import.meta.url));
const KILLS = process.env.DESKGRAPH_TEST_LONG === '1' ? 20 : 4;
/** So many that an entry takes several writes: two megabytes. */
const ROWS = 40_000;

async function filesOf(folder: string): Promise<string[]> {
  return readdir(join(folder, 'bars')).catch(() => []);
}

function openTier(folder: string) {
  const faults: Error[] = [];
  const onFault = (fault: Error): void => void faults.push(fault);
  const options = { folder, kind: 'bars', clock: new ManualClock(), encode: encodeBars, decode: decodeBars } as const;
  return { tier: createDiskTier({ ...options, onFault }), faults };
}

describe('the disk tier', () => {
  it('has whole entries alone after a process was killed that wrote them', { timeout: 60_000 }, async () => {
    using temporary = temporaryFolder();
    const folder = temporary.path;
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, finished } = runNode([PROCESS, folder, String(ROWS), 'Infinity', 'A', 'B', 'C'], { cwd: folder });
      // Killed in the middle of a write, each time of a later one.
      for (let seen = 0; seen <= kill; ) {
        if ((await filesOf(folder)).some((name) => name.endsWith('.unfinished'))) seen++;
      }
      child.kill('SIGKILL');
      expect((await finished).signal).toBe('SIGKILL');
      const files = await filesOf(folder);
      unfinished += files.filter((name) => name.endsWith('.unfinished')).length;
      for (const name of files.filter((each) => each.endsWith('.series'))) {
        const code = name.slice(0, 1);
        const bytes = await readFile(join(folder, 'bars', name));
        const revision = decodeBars(bytes)?.value.revision ?? 'none';
        expect(bytes.equals(encodeBars(storedBars(code, { rows: ROWS, revision })))).toBe(true);
      }
      const { tier, faults } = openTier(folder);
      await tier.clear([]);
      expect((await filesOf(folder)).filter((name) => !name.endsWith('.series'))).toEqual([]);
      expect(faults).toEqual([]);
    }
    expect(unfinished).toBeGreaterThan(0);
  });

  it('keeps what it has, and tells it once, where the disk takes no more', async () => {
    using temporary = temporaryFolder();
    const folder = temporary.path;
    await openTier(folder).tier.write('A', storedBars('A'));
    // 100 blocks of 512 bytes are the most that a file may have: what is more fails in the middle, as on a full disk.
    const limited = [
      '-c',
      'ulimit -f 100 && exec "$@"',
      'sh',
      process.execPath,
      PROCESS,
      folder,
      '2654',
      '3',
      'B',
      'A',
    ];
    const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(printed).toBe('cannot write cached bars on disk: EFBIG: file too large, write\n');
    expect(await filesOf(folder)).toEqual([expect.stringMatching(/^A-.*\.series$/)]);
    expect(await openTier(folder).tier.read('A')).toEqual(storedBars('A'));
  });
});
