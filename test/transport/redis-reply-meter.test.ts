import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisReplyMeter } from '../../src/transport/redis-reply-meter.ts';

type Reply = string | number | null | readonly Reply[];

/** As Redis writes it. */
function written(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n');
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (typeof reply !== 'string') return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(written)]);
  const text = Buffer.from(reply);
  return Buffer.concat([Buffer.from(`$${text.length}\r\n`), text, Buffer.from('\r\n')]);
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\r\n', '*9999999999\r\n', '$1\r\n', '*1\r\n*1\r\n*1\r\n'),
);
const anyWord = fc.oneof(anyText, fc.integer(), fc.constant(null));
const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  anyWord,
  fc.array(fc.oneof(anyWord, fc.array(anyWord, { maxLength: 4 })), { maxLength: 4 }),
);

const measured = (...texts: string[]) => {
  const meter = new RedisReplyMeter();
  return () => {
    for (const text of texts) meter.measure(Buffer.from(text));
  };
};

describe('replies of Redis', () => {
  it('are all let through, wherever they are cut and whatever their texts hold', () => {
    fc.assert(
      fc.property(fc.array(anyReply), fc.array(fc.nat(20)), (replies, cuts) => {
        const meter = new RedisReplyMeter();
        const bytes = Buffer.concat(replies.map(written));
        let at = 0;
        for (const length of cuts) {
          meter.measure(bytes.subarray(at, at + length));
          at += length;
        }
        meter.measure(bytes.subarray(at));
        // Nothing is left open: a list of two levels still fits.
        meter.measure(Buffer.from('*1\r\n*1\r\n+OK\r\n'));
      }),
    );
  });

  it('may each have as many bytes as an entry, and together no more', () => {
    const half = 40 * 1024 * 1024;
    const text = `$${half}\r\n${'x'.repeat(half)}\r\n`;
    expect(measured(text, text, text)).not.toThrow();
    expect(measured('*2\r\n', text, `$${half}\r\n`)).toThrow('received a reply of 83886080 bytes');
  });

  it.each([
    ['a line that ends with another sign', '+OK\n'],
    ['a return within a line', '+OK\r$1073741824\r\n'],
    ['a length that is no number', '$1x\r\n'],
    ['a length below nothing', '*-2\r\n'],
    ['lists three deep', '*1\r\n*1\r\n*1\r\n'],
  ])('are refused with %s', (_, text) => {
    expect(measured(text)).toThrow(/^received .+, wanted /);
    expect(measured(...text)).toThrow(/^received .+, wanted /);
  });
});
