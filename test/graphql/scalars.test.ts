import fc from 'fast-check';
import { GraphQLScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { formatDay } from '../../src/domain/day.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

const schema = buildSchema();

function scalar(name: string): GraphQLScalarType {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLScalarType)) throw new Error(`${name} is no scalar`);
  return type;
}

describe('scalars', () => {
  it.each([
    ['Date', '2024-02-30'],
    ['Date', '2024-1-5'],
    ['Date', '2024-01-05T00:00:00Z'],
    ['Date', 20240105],
    ['DateTime', '2024-02-30T00:00:00Z'],
    ['DateTime', '2024-01-05'],
    ['DateTime', '2024-01-05T25:00:00Z'],
    ['DateTime', '2024-01-05T00:00:00'],
    ['DateTime', 1704412800000],
    ['Decimal', 1.5],
    ['Decimal', '1e5'],
    ['Decimal', 'NaN'],
    ['Decimal', '01.5'],
    ['Decimal', '.5'],
    ['Decimal', '1'.repeat(65)],
    ['BigInt', 1],
    ['BigInt', '1.0'],
    ['BigInt', '9'.repeat(20)],
    ['SafeInt', 2 ** 53],
    ['SafeInt', 1.5],
    ['SafeInt', '1'],
    ['Cursor', ''],
    ['Cursor', 'a b'],
    ['Cursor', 'x'.repeat(513)],
  ])('%s refuses %j with a message that shows it', (name, received) => {
    const message = expect.stringContaining(`received "${String(received).slice(0, 10)}`);
    const code = name === 'Cursor' ? 'STREAM_BAD_CURSOR' : 'BAD_USER_INPUT';
    const refusal = expect.objectContaining({ code, message });
    expect(() => scalar(name).parseValue(received)).toThrowError(refusal);
  });

  it.each([
    ['Date', '2024-02-29'],
    ['Decimal', '-64250.10'],
    ['Decimal', '0.00000001'],
    ['BigInt', '1579141800000000123'],
    ['SafeInt', 2 ** 53 - 1],
    ['Cursor', 'e1-42.abc_~'],
    ['DateTime', '2026-11-20T07:00:00.123Z'],
  ])('%s writes %j as it reads it', (name, text) => {
    expect(scalar(name).serialize(scalar(name).parseValue(text))).toBe(text);
  });

  it('reads an instant in any zone and writes it in UTC', () => {
    const instant = scalar('DateTime').parseValue('2026-11-20T15:00:00+08:00');
    expect(scalar('DateTime').serialize(instant)).toBe('2026-11-20T07:00:00.000Z');
  });

  it('Date accepts exactly what it writes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = (): unknown => scalar('Date').parseValue(text);
        if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return;
        expect(read).toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), (day) => {
        expect(scalar('Date').parseValue(formatDay(day))).toBe(day);
      }),
    );
  });
});
