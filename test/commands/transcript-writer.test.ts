import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TranscriptWriter } from '../../src/commands/transcript-writer.ts';
import { MAX_CHUNK_BYTES } from '../../src/commands/utf8-chunks.ts';
import type { OutputStream } from '../../src/domain/run-output.ts';
import type { NewChunk, StoredChunk, TranscriptStore } from '../../src/store/transcripts.ts';

const MIB = 1024 * 1024;

/** A writer over a store that finishes a write when it is told to. */
function openWriter({ maxBytes = 64 * MIB }: { maxBytes?: number } = {}) {
  const events: string[] = [];
  const stored: StoredChunk[] = [];
  const writes: { readonly chunks: readonly NewChunk[]; readonly settle: (error?: Error) => void }[] = [];
  const append: TranscriptStore['append'] = (_runId, chunks) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly StoredChunk[]>();
    const settle = (error?: Error): void => {
      if (error !== undefined) reject(error);
      let offset = stored.at(-1)?.nextOffset ?? 0;
      resolve(
        chunks.map((chunk) => {
          const nextOffset = offset + chunk.bytes.length;
          const each = { ...chunk, offset, nextOffset };
          offset = nextOffset;
          return each;
        }),
      );
    };
    writes.push({ chunks, settle });
    return promise;
  };
  const transcripts: TranscriptStore = { append, read: async () => [], size: async () => 0, seal: async () => {} };
  const writer = new TranscriptWriter({
    runId: 'run',
    transcripts,
    maxBytes,
    now: () => 5,
    onStored: (chunks) => void stored.push(...chunks),
    onPressure: (isBehind) => void events.push(isBehind ? 'pause' : 'resume'),
    onLimit: () => void events.push('limit'),
    onFault: (error) => void events.push(String(error)),
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const finishWrite = async (error?: Error): Promise<void> => {
    await turn();
    writes.shift()?.settle(error);
    await turn();
  };
  return { writer, events, stored, writes, finishWrite, turn };
}

describe('a writer of a transcript', () => {
  it('stores what came during a write at one go, the output of one stream joined', async () => {
    const { writer, writes, stored, finishWrite, turn } = openWriter();
    writer.write('STDOUT', Buffer.from('a'));
    await turn();
    for (const text of ['b', 'c']) writer.write('STDOUT', Buffer.from(text));
    writer.write('STDERR', Buffer.from('d'));
    writer.write('STDOUT', Buffer.from('e'));
    expect(writes).toHaveLength(1);
    await finishWrite();
    expect(writes[0]?.chunks.map(({ stream, bytes }) => `${stream} ${bytes}`)).toEqual([
      'STDOUT bc',
      'STDERR d',
      'STDOUT e',
    ]);
    await finishWrite();
    expect(stored.map(({ offset, nextOffset, at }) => [offset, nextOffset, at])).toEqual([
      [0, 1, 5],
      [1, 3, 5],
      [3, 4, 5],
      [4, 5, 5],
    ]);
    await writer.drained();
    expect(writer.storedBytes).toBe(5);
  });

  it('makes the program wait while more than 1 MiB waits, until half of it is stored', async () => {
    const { writer, events, finishWrite, turn } = openWriter();
    const block = Buffer.alloc(MAX_CHUNK_BYTES, 'x');
    writer.write('STDOUT', block);
    await turn();
    for (let count = 1; count < 16; count++) writer.write('STDOUT', block);
    expect(events).toEqual([]);
    writer.write('STDOUT', Buffer.from('x'));
    expect(events).toEqual(['pause']);
    await finishWrite();
    expect(events).toEqual(['pause']);
    await finishWrite();
    expect(events).toEqual(['pause', 'resume']);
    expect(writer.storedBytes).toBe(MIB + 1);
  });

  it('stores nothing more after a write that failed, and says so once', async () => {
    const { writer, events, stored, writes, finishWrite } = openWriter();
    writer.write('STDOUT', Buffer.from('a'));
    await finishWrite();
    writer.write('STDOUT', Buffer.from('b'));
    await finishWrite(new Error('full'));
    writer.write('STDOUT', Buffer.from('c'));
    await writer.drained();
    expect(writes).toEqual([]);
    expect(events).toEqual(['Error: full']);
    expect(stored.map(({ bytes }) => String(bytes))).toEqual(['a']);
    expect({ isTruncated: writer.isTruncated, storedBytes: writer.storedBytes }).toEqual({
      isTruncated: true,
      storedBytes: 1,
    });
  });

  it('keeps every byte in order up to the limit, whatever comes when', async () => {
    const step = fc.oneof(
      fc.record({
        stream: fc.constantFrom<OutputStream>('STDOUT', 'STDERR'),
        text: fc.string({ minLength: 1, unit: 'grapheme' }),
      }),
      fc.constant('finish' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(200), async (steps, maxBytes) => {
        const { writer, events, stored, writes, finishWrite, turn } = openWriter({ maxBytes });
        for (const each of steps) {
          if (each === 'finish') await finishWrite();
          else writer.write(each.stream, Buffer.from(each.text));
        }
        for (await turn(); writes.length > 0; ) await finishWrite();
        await writer.drained();
        const whole = steps.flatMap((each) => (each === 'finish' ? [] : [each.text])).join('');
        const kept = stored.map(({ bytes }) => String(bytes)).join('');
        expect(whole.startsWith(kept)).toBe(true);
        const isOver = Buffer.byteLength(whole) > maxBytes;
        expect(events).toEqual(isOver ? ['limit'] : []);
        expect(writer.isTruncated).toBe(isOver);
        const least = isOver ? maxBytes - 3 : Buffer.byteLength(whole);
        expect(writer.storedBytes).toBeGreaterThanOrEqual(least);
        expect(writer.storedBytes).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});
