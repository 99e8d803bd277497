import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/transport/retry-after.ts';

const NOW = Date.UTC(2026, 10, 20, 4);

describe('retryAfterMs', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 04:01:30 GMT', 90_000],
    ['Fri, 20 Nov 2026 03:59:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
    ['', 0],
  ])('reads %j', (header, wanted) => {
    expect(retryAfterMs(header, NOW)).toBe(wanted);
  });

  it('is nothing without the header', () => {
    expect(retryAfterMs(undefined, NOW)).toBe(0);
  });

  it('waits no longer than a day, since a timer of months would fire at once', () => {
    expect(retryAfterMs('99999999999999999999', NOW)).toBe(86_400_000);
  });
});
