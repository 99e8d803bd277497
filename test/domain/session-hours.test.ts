import { describe, expect, it } from 'vitest';
import { parseHours } from '../../src/domain/session-hours.ts';

describe('parseHours', () => {
  it.each([
    ['09:30-16:00', [[570, 960]]],
    [
      '09:30-12:00 13:00-16:00',
      [
        [570, 720],
        [780, 960],
      ],
    ],
    ['<17:00-16:00', [[-420, 960]]],
    ['21:00-02:30', [[1260, 1590]]],
  ])('reads %s as minutes of the day', (text, periods) => {
    expect(parseHours(text)).toEqual(periods.map(([from, to]) => ({ from, to })));
  });

  it.each([
    '',
    '9:30-16:00',
    '09:30',
    '09:30-16:60',
    '24:00-25:00',
    '13:00-16:00 09:30-12:00',
    '09:30-12:00 11:00-13:00',
  ])('refuses %j', (text) => {
    expect(parseHours(text)).toBeUndefined();
  });
});
