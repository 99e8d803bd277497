import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson, parseJson, parseObject } from '../../src/domain/json-text.ts';

describe('parseExactJson', () => {
  it.each([
    ['{"id":100182534526255757567432481,"price":9.2E-7}', { id: '100182534526255757567432481', price: '9.2E-7' }],
    ['[1.10,-0,0,-1e+5,true,null]', ['1.10', '-0', '0', '-1e+5', true, null]],
    ['{"a:1,":"2,\\"3","b\\\\":4}', { 'a:1,': '2,"3', 'b\\': '4' }],
    ['7', '7'],
  ])('keeps the numbers of %s as they are written', (text, expected) => {
    expect(parseExactJson(text)).toEqual(expected);
  });

  it.each(['', '{', '{"a":1', '"abc\\', '[1,]', 'pong', '{"a":1}}'])('has no answer for %j', (text) => {
    expect(parseExactJson(text)).toBeUndefined();
  });

  it('says what JSON.parse says but for numbers', () => {
    const numbersAsText = (value: unknown): unknown => {
      if (typeof value === 'number') return JSON.stringify(value);
      if (Array.isArray(value)) return value.map(numbersAsText);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, numbersAsText(each)]));
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExactJson(text)).toEqual(numbersAsText(parseJson(text)));
      }),
    );
  });

  it('takes a text of quotes without an end no longer than another', () => {
    const startedAt = performance.now();
    expect(parseExactJson(`"${'\\"'.repeat(1_000_000)}`)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('reads a string of 8 MiB, and never throws, be there nothing but escapes', () => {
    const long = 'a'.repeat(8 * 1024 * 1024);
    expect(parseExactJson(`["${long}",1]`)).toEqual([long, '1']);
    expect(() => parseExactJson(`"${'\\n'.repeat(4 * 1024 * 1024)}"`)).not.toThrow();
  });
});

describe('parseObject', () => {
  it.each(['[]', 'null', '1', 'x'])('has no answer for %s', (text) => {
    expect(parseObject(text)).toBeUndefined();
  });
});
