import { describe, expect, it } from 'vitest';
import { KucoinConversation } from '../../../src/exchanges/kucoin/conversation.ts';
import { readOddFrames } from '../odd-frames.ts';
import * as frames from './kucoin-frames.ts';

describe('whatever comes in from KuCoin', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = readOddFrames(Object.values(frames), () => {
      const conversation = new KucoinConversation();
      conversation.subscribe([{ channel: 'trades', symbol: 'FOO-BAR' }]);
      return (text, receivedAt) => conversation.read(text, receivedAt);
    });
    // Neither kind of frame is there by chance only.
    for (const type of ['READY', 'SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE']) {
      expect(seen.get(type)).toBeGreaterThan(10);
    }
  });
});
