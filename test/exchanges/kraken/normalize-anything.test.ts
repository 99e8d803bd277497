import { describe, it } from 'vitest';
import { BarSeries } from '../../../src/exchanges/bar-series.ts';
import { readFrame } from '../../../src/exchanges/kraken/normalize.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import * as frames from './kraken-frames.ts';

describe('whatever comes in from Kraken', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const bars = new BarSeries();
      return (text, receivedAt) => readFrame(text, receivedAt, bars);
    };
    expectSoundEvents(Object.values(frames), createReader, {
      types: ['SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE'],
    });
  });
});
