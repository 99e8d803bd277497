import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../src/domain/json-text.ts';
import { sizeOf, stepOfDecimals, wordOf } from '../../src/exchanges/contract-values.ts';

it('the numbers of an answer keep their digits on the way to sizes', () => {
  const row = Object(parseExactJson('{"tick":0.10,"step":1e-8,"size":100000000000000000001}'));
  expect(Object.values(row).map(sizeOf)).toEqual(['0.10', '0.00000001', '100000000000000000001']);
});

describe('a size of a contract', () => {
  it.each([
    ['0.10', '0.10'],
    ['1e-8', '0.00000001'],
    ['5E+2', '500'],
    ['.5', '0.5'],
  ])('%s is %s', (received, size) => expect(sizeOf(received)).toBe(size));

  it.each(['', '0', '0.000', '-1', 'NaN', 'a', 0.1, null, undefined, {}])('%s is none', (received) => {
    expect(sizeOf(received)).toBeNull();
  });
});

describe('a number of decimals', () => {
  it.each([
    ['2', '0.01'],
    ['0', '1'],
    ['-1', '10'],
    ['8', '0.00000001'],
    ['31', `0.${'0'.repeat(30)}1`],
  ])('%s is the step %s', (received, step) => expect(stepOfDecimals(received)).toBe(step));

  it.each(['', '1.5', '99', 'two', 2, null])('%s is no step', (received) => {
    expect(stepOfDecimals(received)).toBeNull();
  });
});

it('a word is a short text that is not empty', () => {
  expect(['BTC', '', 'x'.repeat(65), 5, null].map(wordOf)).toEqual(['BTC', null, null, null, null]);
});
