import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeStreamCursor } from '../../src/domain/cursor.ts';
import type { Run } from '../../src/domain/run.ts';
import type { OutputStream, RunOutput } from '../../src/domain/run-output.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { ANN, BOB, type CommandDesk, openCommandDesk } from './command-desk.ts';

const RANDOM_BYTES = 5_000_000;
const RANDOM = `
  import { createHash, randomBytes } from 'node:crypto';
  const bytes = randomBytes(${RANDOM_BYTES});
  for (let at = 0; at < bytes.length; at += 10_007) {
    if (!process.stdout.write(bytes.subarray(at, at + 10_007))) await new Promise((go) => process.stdout.once('drain', go));
  }
  process.stderr.write(createHash('sha256').update(bytes).digest('hex'));`;
const WAITING = 'setInterval(() => {}, 1e6);';

/** Every piece of the output of a run that has ended, read with this limit. */
async function pieces(desk: CommandDesk, { id }: Run, limit: number): Promise<RunOutput[]> {
  const run = await desk.commands.find(id, LOCAL_VIEWER);
  if (run === undefined) throw new Error('there is no such run');
  const read: RunOutput[] = [];
  for (let offset = 0, isComplete = false; !isComplete; ) {
    const piece = await desk.commands.output(run, { offset, limit });
    expect(piece.offset).toBe(offset);
    read.push(piece);
    ({ nextOffset: offset, isComplete } = piece);
  }
  return read;
}

const textOf = (read: readonly RunOutput[]): string =>
  read.flatMap(({ parts }) => parts.map(({ text }) => text)).join('');

/** The whole transcript, from the store itself; of one stream only when it is named. */
async function storedBytes(desk: CommandDesk, { id }: Run, stream?: OutputStream): Promise<Buffer> {
  const chunks = await desk.transcripts.read(id, 0, Number.MAX_SAFE_INTEGER);
  return Buffer.concat(chunks.filter((chunk) => (stream ?? chunk.stream) === chunk.stream).map(({ bytes }) => bytes));
}

async function badCursor(desk: CommandDesk, run: Run, after: string): Promise<void> {
  const following = desk.commands.followOutput(run.id, after, LOCAL_VIEWER);
  await expect(following).rejects.toMatchObject({ code: 'STREAM_BAD_CURSOR' });
}

describe('the output of a run', () => {
  it('that ends at once is whole, whenever the reader comes', async () => {
    await using desk = await openCommandDesk({
      scripts: { quick: `process.stdout.write('x'.repeat(300_000)); process.stderr.write('end');` },
    });
    const run = await desk.start('quick');
    const live = await desk.follow(run);
    const late = await desk.follow(run);
    expect(live.text).toHaveLength(300_003);
    expect(late).toEqual(live);
    expect(textOf(await pieces(desk, run, 100_000))).toBe(live.text);
  });

  it('that prints nothing is nothing and an end', async () => {
    await using desk = await openCommandDesk({ scripts: { silent: '' } });
    const { chunks, end } = await desk.finish('silent');
    expect(chunks).toEqual([]);
    expect(end).toMatchObject({ type: 'CommandEnd', run: { outputBytes: 0, state: 'SUCCEEDED' } });
    expect(end.at).toBe(end.run.endedAt);
    expect((await desk.follow(end.run, end.cursor)).end).toEqual(end);
  });

  it('has both streams in the order of arrival, with dense offsets', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        both: `import { existsSync } from 'node:fs';
          for (const [stream, text] of [['stdout', 'a'], ['stderr', 'b'], ['stdout', 'c'], ['stderr', 'd']]) {
            process[stream].write(text);
            while (!existsSync(text)) await new Promise((go) => setTimeout(go, 1));
          }`,
      },
    });
    const run = await desk.start('both');
    const told: string[] = [];
    for await (const item of await desk.commands.followOutput(run.id, undefined, LOCAL_VIEWER)) {
      if (item.type !== 'CommandChunk') continue;
      told.push(`${item.stream} ${item.text} ${item.offset} ${item.nextOffset}`);
      writeFileSync(join(desk.folder, 'work', run.id, item.text), ''); // the program goes on when it is read
    }
    expect(told).toEqual(['STDOUT a 0 1', 'STDERR b 1 2', 'STDOUT c 2 3', 'STDERR d 3 4']);
    const { parts, nextOffset, cursor, isComplete } = await desk.commands.output(run, { offset: 1, limit: 2 });
    expect(parts).toEqual([
      { stream: 'STDERR', text: 'b' },
      { stream: 'STDOUT', text: 'c' },
    ]);
    expect({ nextOffset, isComplete }).toEqual({ nextOffset: 3, isComplete: false });
    expect((await desk.follow(run, cursor)).text).toBe('d');
  });

  it('goes on when a program closes its standard output early', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        closing: `import { closeSync } from 'node:fs';
          process.stdout.write('first', () => { closeSync(1); setTimeout(() => process.stderr.write('last'), 20); });`,
      },
    });
    const { chunks, end } = await desk.finish('closing');
    expect(chunks.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual(['STDERR last', 'STDOUT first']);
    expect(end.run.state).toBe('SUCCEEDED');
  });

  it('is text whose characters are whole, however they were written', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        bytewise: `for (const byte of Buffer.from('é€😀')) {
          process.stdout.write(Buffer.of(byte)); await new Promise((go) => setTimeout(go, 5));
        }`,
      },
    });
    const { chunks, text, end } = await desk.finish('bytewise');
    expect(text).toBe('é€😀');
    expect(chunks.every(({ isLossy }) => !isLossy)).toBe(true);
    const read = await pieces(desk, end.run, 1);
    expect(read.map(({ parts }) => parts[0]?.text)).toEqual(['é', '€', '😀']);
    expect(read.some(({ isLossy }) => isLossy)).toBe(false);
    const within = await desk.commands.output(end.run, { offset: 1, limit: 10 });
    expect(within).toMatchObject({ isLossy: true, nextOffset: 9, isComplete: true });
  });

  it('that is no UTF-8 says so, where it is not, and loses nothing else', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        broken: `process.stdout.write(Buffer.from([0x61, 0xff, 0xe2, 0x82]), () =>
          setTimeout(() => process.stdout.write(Buffer.from([0x62, 0xf0, 0x9f])), 20));`,
      },
    });
    const { text, chunks, end } = await desk.finish('broken');
    expect(text).toBe('a\ufffd\ufffdb\ufffd');
    expect(chunks.some(({ isLossy }) => isLossy)).toBe(true);
    expect(end.run.outputBytes).toBe(7);
    expect(textOf(await pieces(desk, end.run, 3))).toBe(text);
  });

  it('is kept up to its limit; then the run is ended, and is nothing but that', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        flood: `process.on('SIGTERM', () => {}); const line = '€'.repeat(20_000);
          const pour = () => { while (process.stdout.write(line)); process.stdout.once('drain', pour); };
          pour(); setTimeout(() => process.exit(0), 200);`,
        over: `process.stdout.write('x'.repeat(200_000));`,
      },
      maxOutputBytes: 100_000,
    });
    const { text, end } = await desk.finish('flood');
    expect(end.run).toMatchObject({ state: 'OUTPUT_LIMIT', isTruncated: true, outputBytes: 99_999 });
    expect(text).toBe('€'.repeat(33_333));
    expect((await desk.finish('over')).end.run).toMatchObject({ state: 'OUTPUT_LIMIT', outputBytes: 100_000 });
  });

  it('that is exactly as long as may be is not cut', async () => {
    await using desk = await openCommandDesk({
      scripts: { full: `process.stdout.write('x'.repeat(100_000));` },
      maxOutputBytes: 100_000,
    });
    expect((await desk.finish('full')).end.run).toMatchObject({
      state: 'SUCCEEDED',
      isTruncated: false,
      outputBytes: 100_000,
    });
  });

  it('can be read while it grows, and a piece beyond its end is empty', async () => {
    await using desk = await openCommandDesk({ scripts: { growing: `console.log('so far'); ${WAITING}` } });
    const run = await desk.start('growing');
    await desk.printed(run, 'so far\n');
    expect(await desk.commands.output(run, { offset: 3, limit: 100 })).toMatchObject({
      parts: [{ stream: 'STDOUT', text: 'far\n' }],
      nextOffset: 7,
      isComplete: false,
    });
    expect(await desk.commands.output(run, { offset: 1000, limit: 1 })).toMatchObject({
      parts: [],
      offset: 7,
      nextOffset: 7,
      isComplete: false,
    });
    expect((await desk.commands.find(run.id, LOCAL_VIEWER))?.outputBytes).toBe(7);
    for (const range of [
      { offset: -1, limit: 1 },
      { offset: 0, limit: 0 },
      { offset: 0, limit: 1024 * 1024 + 1 },
    ]) {
      await expect(desk.commands.output(run, range)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  it('is not for those who may not see the run, nor is there any of a run that is not there', async () => {
    await using desk = await openCommandDesk({ scripts: { good: 'console.log(1)' } });
    const run = await desk.start('good', {}, ANN);
    await desk.follow(run);
    const fails = async (id: string): Promise<{ code: string; message: string }> =>
      desk.commands.followOutput(id, undefined, BOB).then(
        () => ({ code: 'none', message: '' }),
        ({ code, message }: { code: string; message: string }) => ({ code, message: message.replace(id, 'ID') }),
      );
    expect(await fails(run.id)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await fails('none')).toEqual(await fails(run.id));
    expect(await desk.commands.find(run.id, BOB)).toBeUndefined();
    expect(await desk.commands.cancel(run.id, BOB)).toBeUndefined();
    expect((await desk.commands.runs({}, {}, BOB)).totalCount).toBe(0);
    expect((await desk.commands.runs({}, {}, ANN)).totalCount).toBe(1);
    await expect(desk.commands.followStatus({ runId: run.id }, BOB)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not followed behind a cursor that is malformed, of another run or beyond what is stored', async () => {
    await using desk = await openCommandDesk({ scripts: { good: 'console.log(1)' } });
    const { end: other } = await desk.finish('good');
    const { end } = await desk.finish('good');
    const beyond = encodeStreamCursor({ stream: `output:${end.run.id}`, epoch: '', position: end.run.outputBytes + 1 });
    for (const after of ['', 'none', other.cursor, beyond]) await badCursor(desk, end.run, after);
  });

  it('is given back when its reader leaves, also while it waits', async () => {
    await using desk = await openCommandDesk({ scripts: { silent: WAITING } });
    const run = await desk.start('silent');
    const reader = await desk.commands.followOutput(run.id, undefined, LOCAL_VIEWER);
    const pulled = reader.next();
    await reader.return();
    expect(await pulled).toEqual({ done: true, value: undefined });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('of before a restart is read, followed and resumed after it', async () => {
    await using first = await openCommandDesk({ scripts: { good: `console.log('€'.repeat(1000))` } });
    const before = await first.finish('good');
    await first.commands.close();
    await using second = await openCommandDesk({ folder: first.folder });
    expect(await second.follow(before.end.run)).toEqual(before);
    const { cursor } = await second.commands.output(before.end.run, { offset: 0, limit: 300 });
    expect((await second.follow(before.end.run, cursor)).text).toBe(`${'€'.repeat(900)}\n`);
  });
});

describe('5 MB of random bytes', () => {
  let desk: CommandDesk;
  let run: Run;
  let whole: Buffer;
  beforeAll(async () => {
    desk = await openCommandDesk({ scripts: { random: RANDOM } });
    run = await desk.start('random');
  });
  afterAll(() => desk[Symbol.asyncDispose]());

  it('come through a live reader that is cut and resumed 40 times, each once', async () => {
    let text = '';
    let after: string | undefined;
    let position = 0;
    for (let cut = 0; cut <= 40; cut++) {
      const reader = await desk.commands.followOutput(run.id, after, LOCAL_VIEWER);
      let taken = 0;
      for await (const item of reader) {
        if (item.type !== 'CommandChunk') continue;
        expect(item.offset).toBe(position);
        text += item.text;
        position = item.nextOffset;
        after = item.cursor;
        taken++;
        if (cut < 40 && taken > cut % 4) break;
      }
    }
    whole = await storedBytes(desk, run);
    expect(position).toBe(RANDOM_BYTES + 64);
    const printed = createHash('sha256').update(await storedBytes(desk, run, 'STDOUT'));
    expect(printed.digest('hex')).toBe(String(await storedBytes(desk, run, 'STDERR')));
    expect(text === whole.toString()).toBe(true);
  });

  it('come in pieces of any size, and behind any cursor', async () => {
    expect(textOf(await pieces(desk, run, 1_000_003)) === whole.toString()).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(RANDOM_BYTES + 64), fc.integer({ min: 1, max: 200_000 }), async (offset, limit) => {
        const { parts, nextOffset } = await desk.commands.output(run, { offset, limit });
        expect(nextOffset).toBeGreaterThan(Math.min(offset, RANDOM_BYTES + 63));
        expect(nextOffset).toBeLessThanOrEqual(offset + Math.max(limit, 4));
        expect(parts.map(({ text }) => text).join('') === whole.subarray(offset, nextOffset).toString()).toBe(true);
      }),
      { numRuns: 30 },
    );
    const stream = `output:${run.id}`;
    for (const position of [1, 4_321_987, RANDOM_BYTES + 63, RANDOM_BYTES + 64]) {
      const { text, end } = await desk.follow(run, encodeStreamCursor({ stream, epoch: '', position }));
      expect(text === whole.subarray(position).toString()).toBe(true);
      expect(end.run.state).toBe('SUCCEEDED');
    }
  });
});
