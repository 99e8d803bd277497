import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTranscripts } from '../../src/store/files/transcript-files.ts';
import { transcriptFolder } from '../../src/store/sqlite/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { anyChunk, chunk, describeTranscriptStore, placed } from './transcript-store.contract.ts';

const EVERYTHING = 2 ** 30;

describeTranscriptStore('the transcripts of a folder', async () => {
  const parent = temporaryFolder();
  const folder = transcriptFolder(parent.path); // is not there before the first append
  let store = openTranscripts({ folder });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openTranscripts({ folder });
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      parent[Symbol.dispose]();
    },
  };
});

describe('openTranscripts', () => {
  it('keeps the bytes of both streams as they came in a file of the run', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    await store.append('run-1', [chunk('out'), chunk('err', 'STDERR')]);
    expect(readFileSync(join(folder.path, 'run-1', 'output.log'), 'utf8')).toBe('outerr');
    expect(readdirSync(join(folder.path, 'run-1')).sort()).toEqual(['output.index', 'output.log']);
    await store.close();
  });

  it('leaves nothing behind for a run that is only read', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    await store.read('run-1', 0, 1);
    await store.size('run-1');
    await store.seal('run-1');
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('holds files open only until the run is sealed', async () => {
    using folder = temporaryFolder();
    const openFiles = () =>
      readdirSync('/proc/self/fd').filter((each) => linkOf(`/proc/self/fd/${each}`).startsWith(folder.path)).length;
    const store = openTranscripts({ folder: folder.path });
    await Promise.all(['a', 'b', 'c'].map((runId) => store.append(runId, [chunk('text')])));
    expect(openFiles()).toBe(6);
    await store.seal('a');
    await Promise.all(['a', 'b'].map((runId) => store.read(runId, 0, 10)));
    expect(openFiles()).toBe(4);
    await store.close();
    await store.close();
    expect(openFiles()).toBe(0);
  });

  it('reads on while another store appends to the run', async () => {
    using folder = temporaryFolder();
    const writer = openTranscripts({ folder: folder.path });
    const reader = openTranscripts({ folder: folder.path });
    const chunks = ['one', 'two', 'three'].map((text) => chunk(text));
    for (const [place, each] of chunks.entries()) {
      await writer.append('run-1', [each]);
      expect(await reader.read('run-1', 0, EVERYTHING)).toEqual(placed(chunks.slice(0, place + 1)));
    }
    await writer.close();
  });

  it('reads more runs in turn than it keeps in mind', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    const runIds = Array.from({ length: 40 }, (_, place) => `run-${place}`);
    for (const runId of runIds) await store.append(runId, [chunk(runId)]);
    await store.close();
    for (const runId of [...runIds, ...runIds]) {
      expect(await store.read(runId, 0, 10)).toEqual(placed([chunk(runId)]));
    }
  });

  it('says with a code that a run cannot be written, and goes on when it can', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    const log = join(folder.path, 'run-1', 'output.log');
    mkdirSync(log, { recursive: true }); // a folder where the log should be
    await expect(store.append('run-1', [chunk('lost')])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await store.size('run-1')).toBe(0);
    rmdirSync(log);
    expect(await store.append('run-1', [chunk('kept')])).toEqual(placed([chunk('kept')]));
    await store.close();
  });

  it('says with a code that what was stored is gone', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    await store.append('run-1', [chunk('text')]);
    truncateSync(join(folder.path, 'run-1', 'output.log'), 1);
    await expect(store.read('run-1', 0, 1)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await store.close();
  });

  it('stores nothing of an append that cannot be stored whole', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    await store.append('run-1', [chunk('one')]);
    const beforeTheEpoch = { ...chunk('three'), at: -1 };
    await expect(store.append('run-1', [chunk('two'), beforeTheEpoch])).rejects.toThrow();
    expect(await store.append('run-1', [chunk('four')])).toEqual(placed([chunk('four')], 3));
    expect(await store.read('run-1', 0, EVERYTHING)).toEqual(placed([chunk('one'), chunk('four')]));
    await store.close();
  });

  it('has a prefix in whole chunks after a crash at any byte, and appends behind it', async () => {
    using folder = temporaryFolder();
    let cases = 0;
    const anyChunks = fc.array(anyChunk, { minLength: 1, maxLength: 12 });
    const anyCut = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(anyChunks, anyChunks, anyCut, anyCut, async (chunks, more, logCut, indexCut) => {
        const runId = `case-${cases++}`;
        const files = { log: join(folder.path, runId, 'output.log'), index: join(folder.path, runId, 'output.index') };
        const crashed = openTranscripts({ folder: folder.path });
        await crashed.append(runId, chunks);
        await crashed.close();
        const recordBytes = statSync(files.index).size / chunks.length;
        const logBytes = truncateAt(files.log, logCut);
        const records = Math.floor(truncateAt(files.index, indexCut) / recordBytes);

        const kept = placed(chunks).filter(({ nextOffset }, place) => nextOffset <= logBytes && place < records);
        const store = openTranscripts({ folder: folder.path });
        expect(await store.read(runId, 0, EVERYTHING)).toEqual(kept);
        expect(await store.size(runId)).toBe(kept.at(-1)?.nextOffset ?? 0);
        expect(statSync(files.log).size).toBe(logBytes); // reading changes nothing

        await store.append(runId, more);
        const all = placed([...kept, ...more]);
        expect(await store.read(runId, 0, EVERYTHING)).toEqual(all);
        await store.seal(runId);
        expect(await store.read(runId, 0, EVERYTHING)).toEqual(all);
        expect(readFileSync(files.log).equals(Buffer.concat(all.map(({ bytes }) => bytes)))).toBe(true);
        expect(statSync(files.index).size).toBe(all.length * recordBytes);
      }),
    );
  }, 60_000);

  it.each<[string, (record: Buffer) => void]>([
    ['is empty, as a power cut may leave it', (record) => record.fill(0)],
    ['is full of ones', (record) => record.fill(0xff)],
    ['does not begin where the one before ends', (record) => record.writeUIntLE(record.readUIntLE(0, 6) + 1, 0, 6)],
    ['has no length', (record) => record.writeUInt32LE(0, 6)],
    ['is longer than the log', (record) => record.writeUInt32LE(1_000, 6)],
    ['is of an unknown stream', (record) => record.writeUInt8(2, 16)],
  ])('stops at a record that %s', async (_, damage) => {
    using folder = temporaryFolder();
    const chunks = ['one', 'two', 'three', 'four'].map((text) => chunk(text));
    for (const damaged of chunks.keys()) {
      const runId = `run-${damaged}`;
      const store = openTranscripts({ folder: folder.path });
      await store.append(runId, chunks);
      await store.close();
      const index = join(folder.path, runId, 'output.index');
      const bytes = readFileSync(index);
      const recordBytes = bytes.length / chunks.length;
      damage(bytes.subarray(damaged * recordBytes, (damaged + 1) * recordBytes));
      writeFileSync(index, bytes);
      expect(await store.read(runId, 0, EVERYTHING)).toEqual(placed(chunks.slice(0, damaged)));
    }
  });

  it('does not take a file for what it was because it is as long and as old', async () => {
    using folder = temporaryFolder();
    const store = openTranscripts({ folder: folder.path });
    const index = join(folder.path, 'run-1', 'output.index');
    await store.append('run-1', [chunk('one'), chunk('two')]);
    await store.close();
    truncateSync(join(folder.path, 'run-1', 'output.log'), 4);
    utimesSync(index, 1, 1);
    expect(await store.read('run-1', 0, EVERYTHING)).toEqual(placed([chunk('one')]));
    await store.append('run-1', [chunk('three')]);
    await store.seal('run-1');
    utimesSync(index, 1, 1);
    expect(await store.read('run-1', 0, EVERYTHING)).toEqual(placed([chunk('one'), chunk('three')]));
  });
});

/** The length that is left. */
function truncateAt(path: string, fraction: number): number {
  const length = Math.round(statSync(path).size * fraction);
  truncateSync(path, length);
  return length;
}

/** Descriptors come and go while they are listed. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
