import { describe, expect, it } from 'vitest';
import { BarSeries } from '../../../src/exchanges/bar-series.ts';
import { readFrame } from '../../../src/exchanges/kraken/normalize.ts';
import { readOddFrames } from '../odd-frames.ts';
import * as frames from './kraken-frames.ts';

describe('whatever comes in from Kraken', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = readOddFrames(Object.values(frames), () => {
      const bars = new BarSeries();
      return (text, receivedAt) => readFrame(text, receivedAt, bars);
    });
    // Neither kind of frame is there by chance only.
    for (const type of ['SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE']) {
      expect(seen.get(type)).toBeGreaterThan(10);
    }
  });
});
