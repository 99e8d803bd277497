import { describe, expect, it } from 'vitest';
import { BitfinexConversation } from '../../../src/exchanges/bitfinex/conversation.ts';
import { readOddFrames } from '../odd-frames.ts';
import * as frames from './bitfinex-frames.ts';

describe('whatever comes in from Bitfinex', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = readOddFrames(Object.values(frames), () => {
      const conversation = new BitfinexConversation();
      const symbol = 'tBTCUSD';
      conversation.subscribe([
        { channel: 'ticks', symbol },
        { channel: 'trades', symbol },
        { channel: 'bars', symbol, interval: 'M1' },
      ]);
      for (const text of [frames.TICKER_SUBSCRIBED, frames.TRADES_SUBSCRIBED, frames.CANDLES_SUBSCRIBED]) {
        conversation.read(text, 0).next();
      }
      return (text, receivedAt) => conversation.read(text, receivedAt);
    });
    // Neither kind of frame is there by chance only.
    const types = ['SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'CLOSING', 'ANSWER', 'QUOTE', 'PRINT', 'BAR'];
    for (const type of [...types, 'UNREADABLE']) expect(seen.get(type)).toBeGreaterThan(10);
  });
});
