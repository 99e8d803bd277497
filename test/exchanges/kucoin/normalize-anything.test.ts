import { describe, it } from 'vitest';
import { KucoinConversation } from '../../../src/exchanges/kucoin/conversation.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import * as frames from './kucoin-frames.ts';

describe('whatever comes in from KuCoin', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new KucoinConversation();
      conversation.subscribe([{ channel: 'trades', symbol: 'FOO-BAR' }]);
      return (text, receivedAt) => conversation.read(text, receivedAt);
    };
    expectSoundEvents(Object.values(frames), createReader, {
      types: ['READY', 'SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE'],
    });
  });
});
