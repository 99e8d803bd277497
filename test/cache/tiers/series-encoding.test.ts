import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBars, decodeNavs, encodeBars, encodeNavs } from '../../../src/cache/tiers/series-encoding.ts';
import { anyStoredBars, anyStoredNavs } from '../../support/any-stored-series.ts';
import { storedBars, storedNavs } from '../../support/stored-series.ts';

const KINDS = [
  { kind: 'bars', encoded: anyStoredBars.map(encodeBars), one: encodeBars(storedBars('A')), decode: decodeBars },
  { kind: 'NAVs', encoded: anyStoredNavs.map(encodeNavs), one: encodeNavs(storedNavs('A')), decode: decodeNavs },
] as const;

/** The bytes with their checksum made right, as somebody would who writes such bytes on purpose. */
function signed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** The bytes with another head of the same columns. */
function withHead(bytes: Buffer, head: string): Buffer {
  const columnsAt = 16 + bytes.readUInt32LE(8);
  const changed = Buffer.concat([bytes.subarray(0, 16), Buffer.from(head), bytes.subarray(columnsAt)]);
  changed.writeUInt32LE(Buffer.byteLength(head), 8);
  return signed(changed);
}

function headOf(bytes: Buffer): Record<string, unknown> {
  return JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(8)));
}

describe('encoded bars', () => {
  it('are decoded to what they were, whatever the figures', () => {
    fc.assert(
      fc.property(anyStoredBars, (stored) => {
        const bytes = encodeBars(stored);
        const back = decodeBars(bytes);
        expect(back).toEqual(stored);
        // Tells NaNs and zeros apart as well.
        expect(back && encodeBars(back).equals(bytes)).toBe(true);
      }),
    );
  });

  it('cannot have columns of several lengths', () => {
    const { value, askedAt } = storedBars('A');
    const columns = { ...value.columns, close: new Float64Array(2) };
    expect(() => encodeBars({ value: { ...value, columns }, askedAt })).toThrow(
      'received a column of 2 rows, wanted 3',
    );
  });

  it('cannot have more events than anybody would read', () => {
    const { value, askedAt } = storedBars('A');
    const [event] = value.events;
    const events = Array.from({ length: 30_000 }, () => event ?? { day: 0, kind: 'SPLIT' as const, ratio: 1, cash: 0 });
    expect(() => encodeBars({ value: { ...value, events }, askedAt })).toThrow(
      /^received a head of \d+ bytes, wanted /,
    );
    const padded = JSON.stringify(headOf(encodeBars({ value, askedAt }))).padEnd(1024 * 1024 + 1);
    expect(decodeBars(withHead(encodeBars({ value, askedAt }), padded.slice(0, -1)))).toEqual({ value, askedAt });
    expect(decodeBars(withHead(encodeBars({ value, askedAt }), padded))).toBeUndefined();
  });

  it('are no NAVs', () => {
    expect(decodeNavs(encodeBars(storedBars('A')))).toBeUndefined();
  });

  it('have their numbers in little-endian order at places that only depend on the length of the head', () => {
    const bytes = encodeBars(storedBars('A'));
    const at = 16 + bytes.readUInt32LE(8);
    expect(bytes.toString('latin1', 0, 4)).toBe('DGSC');
    expect(bytes.readUInt32LE(12)).toBe(3);
    expect([0, 4, 8].map((offset) => bytes.readInt32LE(at + offset))).toEqual([16_436, 16_437, 16_438]);
    expect(bytes.readDoubleLE(at + 12)).toBe(1);
    expect(bytes.length).toBe(at + 3 * 52 + 4);
  });
});

describe('encoded NAVs', () => {
  it('are decoded to what they were, whatever the figures', () => {
    fc.assert(
      fc.property(anyStoredNavs, (stored) => {
        const bytes = encodeNavs(stored);
        const back = decodeNavs(bytes);
        expect(back).toEqual(stored);
        // Tells NaNs and zeros apart as well.
        expect(back && encodeNavs(back).equals(bytes)).toBe(true);
      }),
    );
  });

  it('are no bars', () => {
    expect(decodeBars(encodeNavs(storedNavs('A')))).toBeUndefined();
  });
});

describe.each(KINDS)('bytes that are no $kind', ({ encoded, one, decode }) => {
  it('are found out by any single byte that is another', () => {
    const anyDamage = fc.tuple(encoded, fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anyDamage, ([bytes, place, change]) => {
        const at = place % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
        expect(decode(bytes)).toBeUndefined();
      }),
    );
  });

  it('are found out wherever they are cut', () => {
    for (let length = 0; length < one.length; length++) expect(decode(one.subarray(0, length))).toBeUndefined();
  });

  it('are found out when something is behind them', () => {
    expect(decode(Buffer.concat([one, Buffer.alloc(1)]))).toBeUndefined();
    expect(decode(Buffer.concat([one, one]))).toBeUndefined();
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decode(Buffer.from(bytes))).toBeUndefined();
      }),
    );
    for (const text of ['', 'DGSC', '{}', '<html>', 'x'.repeat(1000)])
      expect(decode(Buffer.from(text))).toBeUndefined();
  });

  it.each([
    ['another magic', 3],
    ['another version', 4],
    ['another kind', 5],
    ['another number of columns', 6],
  ])('are those of %s, also with a right checksum', (_, at) => {
    const bytes = Buffer.from(one);
    bytes.writeUInt8(bytes.readUInt8(at) + 1, at);
    expect(decode(signed(bytes))).toBeUndefined();
  });

  it.each([
    ['the head', 8],
    ['rows', 12],
  ])('are those that claim another length of %s, however long', (_, at) => {
    for (const claimed of [0, 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1]) {
      const bytes = Buffer.from(one);
      bytes.writeUInt32LE(claimed, at);
      expect(decode(signed(bytes))).toBeUndefined();
    }
  });

  it.each([
    ['code', 5],
    ['code', undefined],
    ['askedAt', 'today'],
    ['askedAt', null],
    ['fetchedAt', [1]],
    ['renewal', 'NEVER'],
    ['events', {}],
    ['events', [{ day: 1.5, kind: 'SPLIT', ratio: 1, cash: 0 }]],
    ['events', [{ day: 1, kind: 'SPLIT', ratio: null, cash: 0 }]],
    ['events', [null]],
    ['extra', 1],
  ])('are those of which the head says another kind of %s: %j', (key, value) => {
    const bytes = withHead(one, JSON.stringify({ ...headOf(one), [key]: value }));
    expect(decode(bytes)).toBeUndefined();
  });

  it('are those of which the head is no JSON of use', () => {
    expect(decode(withHead(one, JSON.stringify(headOf(one))))).toEqual(decode(one));
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const head of [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      nested,
      JSON.stringify(headOf(one)).replace('"askedAt":1', '"askedAt":1e999,"b":1'),
    ])
      expect(decode(withHead(one, head))).toBeUndefined();
  });
});

describe('decoded columns', () => {
  it('hold on to no memory but their own', () => {
    const pooled = Buffer.concat([Buffer.alloc(3), encodeBars(storedBars('A'))]).subarray(3);
    const columns = decodeBars(pooled)?.value.columns;
    expect(Object.values(columns ?? {}).map(({ buffer }) => buffer.byteLength)).toEqual([12, 24, 24, 24, 24, 24, 24]);
    pooled.fill(0);
    expect(columns).toEqual(storedBars('A').value.columns);
  });
});
