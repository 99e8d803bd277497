import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterBoundary, MAX_CHUNK_BYTES, Utf8Chunks } from '../../src/commands/utf8-chunks.ts';

/** What a program may print: text of all lengths of characters, and bytes that are none. */
const bytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((each) => Buffer.from(each)),
      fc.constantFrom('€', '😀', 'é', '\u{10ffff}', '\ufeff').map((text) => Buffer.from(text)),
      fc.constantFrom([0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xed, 0xa0], [0xc0], [0xf5]).map((each) => Buffer.from(each)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts));

function split(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((left, right) => left - right)];
  return places.map((from, index) => whole.subarray(from, places[index + 1] ?? whole.length));
}

function chunksOf(parts: readonly Buffer[]): Buffer[] {
  const chunks = new Utf8Chunks();
  return [...parts.flatMap((part) => chunks.push(part)), ...chunks.end()];
}

describe('chunks of a stream', () => {
  it('keep every byte, and decode one by one as the whole does, however it was read', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 30 }), (whole, cuts) => {
        const chunks = chunksOf(split(whole, cuts));
        expect(Buffer.concat(chunks).equals(whole)).toBe(true);
        expect(chunks.map(String).join('')).toBe(String(whole));
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
      }),
    );
  });

  it('hold a character back until its last byte is there', () => {
    const chunks = new Utf8Chunks();
    const [first, second, third] = [...Buffer.from('€')].map((byte) => Buffer.of(byte));
    expect(chunks.push(first ?? Buffer.of())).toEqual([]);
    expect(chunks.push(second ?? Buffer.of())).toEqual([]);
    expect(chunks.push(third ?? Buffer.of()).map(String)).toEqual(['€']);
    expect(chunks.end()).toEqual([]);
  });

  it('let bytes go at once that no further byte makes a character of', () => {
    for (const broken of [[0xff], [0xc0], [0xe0, 0x80], [0xed, 0xa0], [0xf4, 0x90], [0xf0, 0x80], [0x80, 0x80, 0x80]]) {
      expect(Buffer.concat(new Utf8Chunks().push(Buffer.from(broken)))).toEqual(Buffer.from(broken));
    }
  });

  it('are no longer than 64 KiB, and part no character', () => {
    const whole = Buffer.from(`a${'€'.repeat(50_000)}`);
    const chunks = chunksOf([whole]);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    expect(chunks.map(String).join('')).toBe(String(whole));
  });
});

describe('a cut', () => {
  it('parts no character and takes at most three bytes away', () => {
    fc.assert(
      fc.property(bytes, fc.nat(100), (whole, end) => {
        const boundary = characterBoundary(whole, end);
        expect(boundary).toBeLessThanOrEqual(end);
        expect(Math.min(end, whole.length) - boundary).toBeLessThanOrEqual(3);
        expect(String(whole.subarray(0, boundary)) + String(whole.subarray(boundary))).toBe(String(whole));
      }),
    );
  });
});
