import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../src/exchanges/iso-instant.ts';

describe('an instant of ISO 8601', () => {
  it.each([
    ['2014-11-07T08:19:28.464459Z', 1_415_348_368_464],
    ['2014-11-07T08:19:28Z', 1_415_348_368_000],
    ['1970-01-01T00:00:00.000000Z', 0],
    ['2023-10-04T16:25:00.000000000Z', 1_696_436_700_000],
  ])('%s is %i', (text, instant) => {
    expect(isoInstant(text)).toBe(instant);
  });

  it.each([
    '0001-01-01T00:00:00.000000Z',
    '1969-12-31T23:59:59Z',
    '2014-11-07',
    '2014-11-07T08:19:28.464459',
    '2014-11-07T08:19:28+09:00',
    '2014-13-07T08:19:28Z',
    '',
    1_415_348_368_464,
    null,
  ])('is not %j', (odd) => {
    expect(isoInstant(odd)).toBeUndefined();
  });
});
