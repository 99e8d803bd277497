import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OUTPUT_STREAMS } from '../../src/domain/run-output.ts';
import type { NewChunk, StoredChunk, TranscriptStore } from '../../src/store/transcripts.ts';
import type { OpenedStore } from './opened-store.ts';

export const anyChunk: fc.Arbitrary<NewChunk> = fc.record({
  stream: fc.constantFrom(...OUTPUT_STREAMS),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  at: fc.integer({ min: 0, max: 8_640_000_000_000_000 / 1_000 }),
});

export function chunk(text: string, stream: NewChunk['stream'] = 'STDOUT', at = 7): NewChunk {
  return { stream, bytes: Buffer.from(text), at };
}

/** The chunks as they lie behind each other. */
export function placed(chunks: readonly NewChunk[], start = 0): StoredChunk[] {
  let nextOffset = start;
  return chunks.map((each) => {
    const offset = nextOffset;
    nextOffset += each.bytes.length;
    return { ...each, offset, nextOffset };
  });
}

/** What every TranscriptStore answers, whatever it is made of. `open` opens an empty one. */
export function describeTranscriptStore(name: string, open: () => Promise<OpenedStore<TranscriptStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<TranscriptStore>;
    let store: TranscriptStore;
    const readAll = (runId: string) => store.read(runId, 0, 2 ** 30);
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    it('answers what was appended, with its offsets', async () => {
      const chunks = [chunk('one'), chunk('zwei', 'STDERR', 8), chunk('\u{1f680}\u0000\r\n')];
      expect(await store.append('a', chunks)).toEqual(placed(chunks));
      expect(await store.append('a', [chunk('four')])).toEqual(placed([chunk('four')], 14));
      expect(await readAll('a')).toEqual(placed([...chunks, chunk('four')]));
      expect(await store.size('a')).toBe(18);
    });

    it('keeps runs apart', async () => {
      await store.append('a', [chunk('of a')]);
      await store.append('b', [chunk('of b')]);
      expect(await readAll('a')).toEqual(placed([chunk('of a')]));
      expect(await readAll('b')).toEqual(placed([chunk('of b')]));
    });

    it('has nothing of a run that printed nothing', async () => {
      expect(await store.size('none')).toBe(0);
      expect(await readAll('none')).toEqual([]);
      await store.seal('none');
      expect(await store.append('a', [])).toEqual([]);
      expect(await store.append('a', [chunk('')])).toEqual([]);
      expect(await store.size('a')).toBe(0);
      expect(await readAll('a')).toEqual([]);
    });

    it('leaves out chunks without bytes', async () => {
      const stored = await store.append('a', [chunk(''), chunk('one'), chunk(''), chunk('two')]);
      expect(stored).toEqual(placed([chunk('one'), chunk('two')]));
      expect(await readAll('a')).toEqual(stored);
    });

    it('stores a chunk of bytes that are no text', async () => {
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7_919) % 256));
      await store.append('a', [{ stream: 'STDERR', bytes, at: 1 }]);
      expect((await readAll('a'))[0]?.bytes.equals(bytes)).toBe(true);
    });

    it('reads whole chunks: the one that holds the offset, and those that fit behind it', async () => {
      await store.append(
        'a',
        ['abc', 'def', 'ghi'].map((text) => chunk(text)),
      );
      const texts = async (offset: number, maxBytes: number) =>
        (await store.read('a', offset, maxBytes)).map(({ bytes }) => String(bytes)).join(' ');
      expect(await texts(0, 6)).toBe('abc def');
      expect(await texts(2, 6)).toBe('abc def');
      expect(await texts(3, 5)).toBe('def');
      expect(await texts(3, 1)).toBe('def');
      expect(await texts(8, 0)).toBe('ghi');
      expect(await texts(9, 6)).toBe('');
      expect(await texts(1_000, 6)).toBe('');
    });

    it('appends in the order of the calls, and shows each when it is answered', async () => {
      const chunks = Array.from({ length: 50 }, (_, place) => chunk(`chunk ${place};`));
      const seen: Promise<void>[] = [];
      for (const [place, each] of chunks.entries()) {
        const wanted = placed(chunks);
        const appended = store.append('a', [each]);
        seen.push(
          appended.then(async (stored) => {
            expect(stored).toEqual([wanted[place]]);
            const found = await readAll('a');
            expect(found.length).toBeGreaterThan(place);
            expect(found).toEqual(wanted.slice(0, found.length));
          }),
        );
      }
      await Promise.all(seen);
      expect(await readAll('a')).toEqual(placed(chunks));
    });

    it('goes on with a run that was sealed, at any time', async () => {
      const texts = ['a', 'bc', 'd', 'ef', 'g'];
      const done = texts.flatMap((text) => [store.append('a', [chunk(text)]), store.seal('a')]);
      await Promise.all(done);
      await store.seal('a');
      expect(await readAll('a')).toEqual(placed(texts.map((text) => chunk(text))));
      await store.append('a', [chunk('h')]);
      expect(await store.size('a')).toBe(8);
    });

    it('waits for what is under way before it goes on with a run that was sealed', async () => {
      const chunks = Array.from({ length: 30 }, (_, place) => chunk(`chunk ${place};`));
      const [first, ...others] = chunks;
      const last = chunk('last');
      const appending = [store.append('a', first ? [first] : [])];
      const sealed = store.seal('a');
      appending.push(...others.map((each) => store.append('a', [each])));
      await sealed;
      appending.push(store.append('a', [last]));
      expect((await Promise.all(appending)).flat()).toEqual(placed([...chunks, last]));
      expect(await readAll('a')).toEqual(placed([...chunks, last]));
    });

    it.each(['sealed', 'not sealed'])('finds a run that was %s in a store that was opened again', async (how) => {
      await store.append('a', [chunk('one'), chunk('two', 'STDERR')]);
      if (how === 'sealed') await store.seal('a');
      store = await opened.reopen();
      expect(await readAll('a')).toEqual(placed([chunk('one'), chunk('two', 'STDERR')]));
      expect(await store.append('a', [chunk('three')])).toEqual(placed([chunk('three')], 6));
      expect(await store.size('a')).toBe(11);
    });

    it.each(['', '.', '..', '../a', 'a/b', 'a\\b', 'a\u0000b', 'a.b', 'ä', 'a b', 'a\n', 'a'.repeat(65)])(
      'refuses the run id %j',
      async (runId) => {
        const uses = [
          () => store.append(runId, [chunk('text')]),
          () => store.read(runId, 0, 1),
          () => store.size(runId),
          () => store.seal(runId),
        ];
        for (const use of uses) await expect(use()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      },
    );

    it('answers the same bytes from any offset in pieces of any size', async () => {
      let cases = 0;
      const anyAppends = fc.array(fc.array(anyChunk, { maxLength: 6 }), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(
          anyAppends,
          fc.boolean(),
          fc.nat(900),
          fc.nat(100),
          async (appends, isSealed, offset, maxBytes) => {
            const runId = `case-${cases++}`;
            const all = placed(appends.flat());
            const appended = await Promise.all(appends.map((chunks) => store.append(runId, chunks)));
            expect(appended.flat()).toEqual(all);
            if (isSealed) await store.seal(runId);
            expect(await store.size(runId)).toBe(all.at(-1)?.nextOffset ?? 0);

            const rest = all.filter(({ nextOffset }) => nextOffset > offset);
            const start = rest[0]?.offset ?? 0;
            const fitting = rest.filter(({ nextOffset }, place) => place === 0 || nextOffset <= start + maxBytes);
            expect(await store.read(runId, offset, maxBytes)).toEqual(fitting);

            const pieces: StoredChunk[] = [];
            for (let next = 0; ; ) {
              const piece = await store.read(runId, next, maxBytes);
              if (piece.length === 0) break;
              pieces.push(...piece);
              next = piece.at(-1)?.nextOffset ?? 0;
            }
            expect(pieces).toEqual(all);
          },
        ),
      );
    }, 60_000);
  });
}
