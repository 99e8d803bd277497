import { describe, expect, it } from 'vitest';
import { isLasting, stretchFrom } from '../../src/async/stretch.ts';

describe('a stretch of time', () => {
  const stretch = stretchFrom(1_000_000_000, 5000);

  it('lasts until its end', () => {
    expect(isLasting(stretch, 1_000_000_000)).toBe(true);
    expect(isLasting(stretch, 1_000_004_999)).toBe(true);
    expect(isLasting(stretch, 1_000_005_000)).toBe(false);
  });

  it('lasts where a clock was corrected, and not where it was set back', () => {
    expect(isLasting(stretch, 1_000_000_000 - 60_000)).toBe(true);
    expect(isLasting(stretch, 1_000_000_000 - 60_001)).toBe(false);
  });
});
