import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinCrc, partialCrcOf } from '../../src/execution/crc32.ts';

const anyBytes = fc.uint8Array({ maxLength: 300 }).chain((bytes) =>
  // Long ones too, of which the shift has many factors.
  fc.constantFrom(1, 1, 1_000).map((times) => Buffer.concat(Array.from({ length: times }, () => bytes))),
);

it('the CRC-32 of texts one behind the other is known from theirs', () => {
  fc.assert(
    fc.property(fc.array(anyBytes, { maxLength: 4 }), (texts) => {
      const joined = texts.reduce((crc, bytes) => joinCrc(crc, partialCrcOf(bytes)), 0);
      expect(joined).toBe(crc32(Buffer.concat(texts)));
    }),
  );
});
