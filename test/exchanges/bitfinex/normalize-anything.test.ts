import { describe, it } from 'vitest';
import { BitfinexConversation } from '../../../src/exchanges/bitfinex/conversation.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import * as frames from './bitfinex-frames.ts';

describe('whatever comes in from Bitfinex', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
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
    };
    expectSoundEvents(Object.values(frames), createReader, {
      types: [
        'SUBSCRIBED',
        'UNSUBSCRIBED',
        'REFUSED',
        'TROUBLE',
        'CLOSING',
        'ANSWER',
        'QUOTE',
        'PRINT',
        'BAR',
        'UNREADABLE',
      ],
    });
  });
});
