import { describe, expect, it } from 'vitest';
import { toFigure } from '../../src/sources/figure.ts';
import { jsonOf, textOf } from '../../src/sources/reply.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const json = (text: string): unknown => jsonOf({ bytes: bytes(text) });
/** 贵州茅台 */
const NAME_IN_GB18030 = Uint8Array.from([0xb9, 0xf3, 0xd6, 0xdd, 0xc3, 0xa9, 0xcc, 0xa8]);

describe('the text of a reply', () => {
  it('is UTF-8 where nothing else is said', () => {
    expect(textOf({ bytes: bytes('贵州茅台') })).toBe('贵州茅台');
    expect(textOf({ bytes: bytes('贵州茅台'), contentType: 'application/json;charset=UTF-8' })).toBe('贵州茅台');
  });

  it.each(['text/html; charset=GB18030', 'text/plain; charset="gbk"', 'x; charset=gb2312', undefined, 'text/plain'])(
    'is GB18030 where %j says so or it is no UTF-8',
    (contentType) => {
      expect(textOf({ bytes: NAME_IN_GB18030, contentType })).toBe('贵州茅台');
    },
  );

  it('is what can be read of it where the charset is wrong or nobody knows it', () => {
    expect(textOf({ bytes: NAME_IN_GB18030, contentType: 'text/plain; charset=utf-8' })).toContain('\uFFFD');
    expect(textOf({ bytes: bytes('x'), contentType: 'text/plain; charset=martian' })).toBe('x');
  });
});

describe('the JSON of a reply', () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    ['\uFEFF [1, 2]\n', [1, 2]],
    ['kline_day={"a":"}];"}', { a: '}];' }],
    ['var _=([{"d":1}]);', [{ d: 1 }]],
    ["/*<script>location.href='//sina.com';</script>*/\nvar _=([]);", []],
    ['/* {not} [this] */ cb({"a":1})', { a: 1 }],
    ['var _=(null);', null],
    ['null', null],
  ])('is found in %j', (text, value) => {
    expect(json(text)).toEqual(value);
  });

  it.each([
    ['<html>{"a":1}</html>', 'received a page of HTML'],
    [' <?xml version="1.0"?>', 'received a page of HTML'],
    ['', 'no JSON'],
    ['{"a":1', 'no JSON'],
    ['{"a":1}}', 'no JSON'],
    ['{"a":1} and more', 'no JSON'],
    ['[1,2', 'no JSON'],
    ["{'a':1}", 'no JSON'],
    ['alert(1)', 'no JSON'],
    ['var x = nullable;', 'no JSON'],
    ['\0\u0001\u0002', 'no JSON'],
  ])('is not found in %j', (text, message) => {
    expect(() => json(text)).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('is not found in ten megabytes of anything, and the error stays short', () => {
    for (const filler of ['x', '[', '{"a":', '\uFFFD', '/*']) {
      const text = filler.repeat(Math.ceil(10_000_000 / filler.length));
      expect(() => json(text)).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,80}$/) }));
    }
  });
});

describe('a figure', () => {
  it('of a hundred thousand digits is none, and takes no time', () => {
    const digits = '1'.repeat(100_000);
    expect([digits, `${digits}x`, `${digits}.${digits}x`].map(toFigure)).toEqual([Infinity, Infinity, Infinity]);
  });

  it.each([
    [12.5, 12.5],
    ['12.50', 12.5],
    [' -3 ', -3],
    ['1e3', 1000],
    ['.5', 0.5],
    [7n, 7],
    [null, Number.NaN],
    [undefined, Number.NaN],
    ['', Number.NaN],
    ['-', Number.NaN],
    ['--', Number.NaN],
    ['NaN', Number.NaN],
  ])('of %s is %s', (value, figure) => {
    expect(toFigure(value)).toBe(figure);
  });

  it.each(['1e999', '1,234', '0x10', '12.5%', 'Infinity', '1 2', true, {}, [1], Number.NaN, JSON.parse('1e999')])(
    'of %s is a fault',
    (value) => {
      expect(toFigure(value)).toBe(Number.POSITIVE_INFINITY);
    },
  );
});
