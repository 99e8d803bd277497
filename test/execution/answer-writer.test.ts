import { describe, expect, it } from 'vitest';
import type { AnswerPiece } from '../../src/execution/answer-piece.ts';
import { AnswerWriter } from '../../src/execution/answer-writer.ts';

const writer = new AnswerWriter();
const piece = (json: string): AnswerPiece => ({ bytes: Buffer.from(json), series: undefined });
const items = (json: string): object => writer.list([piece(json)]);
const write = (data: Record<string, unknown>): string =>
  Buffer.concat(writer.write({ data }).map(({ bytes }) => bytes)).toString('utf8');

describe('an answer', () => {
  it('holds lists that are JSON already, as they are and where they stand', () => {
    const data = { a: items('1,2'), b: [{ c: items(''), d: 'x' }, { c: items('"ü"') }], e: null };
    expect(write(data)).toBe('{"data":{"a":[1,2],"b":[{"c":[],"d":"x"},{"c":["ü"]}],"e":null}}');
  });

  it('is pieces of which none is a copy', () => {
    const list = piece('1,2');
    const pieces = writer.write({ data: { a: writer.list([list]), b: writer.list([list, list]) } });
    expect(pieces.filter((piece) => piece === list)).toHaveLength(3);
    expect(writer.write({ data: { a: 1 } })).toHaveLength(1);
  });

  it('is the same whoever writes it', () => {
    const data = { a: items('1,{"b":[]}') };
    expect(JSON.stringify({ data })).toBe(write(data));
  });

  it('may hold any text beside its lists', () => {
    const text = '\u0001 "] [" \\u0001 \u2028 \ud800';
    expect(write({ [text]: text, a: items('1') })).toBe(
      `{"data":{${JSON.stringify(text)}:${JSON.stringify(text)},"a":[1]}}`,
    );
  });

  it('that cannot be written fails, and the next one does not', () => {
    expect(() => writer.write({ data: { a: items('1'), b: 1n } })).toThrow(/BigInt/);
    expect(JSON.stringify({ a: items('1') })).toBe('{"a":[1]}');
    expect(write({ a: items('1') })).toBe('{"data":{"a":[1]}}');
  });
});
