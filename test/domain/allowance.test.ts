import { expect, it } from 'vitest';
import { Allowance } from '../../src/domain/allowance.ts';

it('an allowance gives nothing back', () => {
  const allowance = new Allowance(10, 'bytes of output');
  for (const amount of [-1, Number.NEGATIVE_INFINITY, Number.NaN]) {
    expect(() => allowance.take(amount)).toThrow(RangeError);
  }
});

it('an allowance is used up to its limit and refused beyond it, with numbers', () => {
  const allowance = new Allowance(10, 'bytes of output');
  allowance.take(4);
  allowance.take(6);
  expect(() => allowance.take(1)).toThrow(
    expect.objectContaining({
      code: 'COST_LIMIT',
      message: 'the operation asks for 11 bytes of output or more, wanted at most 10',
    }),
  );
});
