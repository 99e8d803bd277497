import { describe, expect, it } from 'vitest';
import { parseQifiText } from '../../src/cli/parse-qifi-text.ts';

describe('parseQifiText', () => {
  it('keeps the digits of whole numbers beyond 2^53', () => {
    expect(parseQifiText('{"a":[1567775573528050636,-9007199254740993,9007199254740991,0.03243370147807367]}')).toEqual(
      {
        a: [1567775573528050636n, -9007199254740993n, 9007199254740991, 0.03243370147807367],
      },
    );
  });

  it('leaves digits within texts, and numbers with a point or an exponent, as they are', () => {
    expect(parseQifiText('{"a":"1567775573528050636","b":1567775573528050688.0,"c":1e300}')).toEqual({
      a: '1567775573528050636',
      b: 2 ** 8 * 6124123334093948,
      c: 1e300,
    });
  });

  it("takes Python's NaN and Infinity for texts that are no figures, and leaves texts alone", () => {
    expect(parseQifiText('{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN, \\"NaN\\" NaN","NaN":1}')).toEqual({
      a: 'NaN',
      b: ['-Infinity', 'Infinity'],
      c: 'NaN, "NaN" NaN',
      NaN: 1,
    });
  });

  it.each([['{'], ['{"a":NaNs}'], ["{'a':1}"], ['{"a":NaN'], ['']])('throws on %s', (text) => {
    expect(() => parseQifiText(text)).toThrow(SyntaxError);
  });

  it('makes no prototype of a key', () => {
    const parsed = parseQifiText('{"__proto__":{"a":12345678901234567890}}');
    expect(Object.hasOwn(Object(parsed), '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});
