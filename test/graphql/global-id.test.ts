import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeId, decodeKey, encodeId, encodeKey } from '../../src/graphql/global-id.ts';

describe('global ids', () => {
  it('hold any key, and no two keys look alike', () => {
    const keys = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()), { maxLength: 4 });
    fc.assert(
      fc.property(keys, keys, (left, right) => {
        const id = encodeId('Account', encodeKey(...left));
        const read = decodeId(id);
        expect(read.typename).toBe('Account');
        expect(decodeKey(read.id)).toEqual(left);
        if (encodeKey(...left) !== encodeKey(...right)) expect(encodeId('Account', encodeKey(...right))).not.toBe(id);
      }),
    );
  });

  it.each(['', 'x', 'not an id', 'OnRlc3Q', '====', `${'A'.repeat(10_000)}`])('refuses %j', (id) => {
    expect(() => decodeId(id)).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it.each(['', '{}', '["a"', '[[]]', '[null]', 'null'])('finds no key in %j', (key) => {
    expect(decodeKey(key)).toBeUndefined();
  });
});
