import { describe, expect, it } from 'vitest';
import { HtxConversation } from '../../../src/exchanges/htx/conversation.ts';
import { readOddFrames } from '../odd-frames.ts';
import * as frames from './htx-frames.ts';

const FRAMES = Object.values(frames).filter((each) => typeof each === 'string');

describe('whatever comes in from HTX', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = readOddFrames(FRAMES, () => {
      const conversation = new HtxConversation();
      conversation.subscribe(['foobar', 'btcusdt'].map((symbol) => ({ channel: 'trades', symbol })));
      return (text, receivedAt) => conversation.read(text, receivedAt);
    });
    // Neither kind of frame is there by chance only.
    for (const type of ['SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE']) {
      expect(seen.get(type)).toBeGreaterThan(10);
    }
  });
});
