import { describe, it } from 'vitest';
import { DeribitConversation } from '../../../src/exchanges/deribit/conversation.ts';
import { isTestRequest } from '../../../src/exchanges/deribit/dialect.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import { CANDLE, ERROR, HEARTBEAT, SUBSCRIBED, TEST_REQUEST, TICKER, TRADES } from './frames.ts';

const NEXT = CANDLE.replace('1655403420000', '1655403480000');
const FRAMES = [TICKER, TRADES, CANDLE, NEXT, SUBSCRIBED, ERROR, HEARTBEAT, TEST_REQUEST];

describe('whatever comes in from Deribit', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new DeribitConversation();
      conversation.subscribe([
        { channel: 'ticks', symbol: 'BTC-PERPETUAL' },
        { channel: 'trades', symbol: 'BTC-PERPETUAL' },
      ]);
      return (text, receivedAt) => {
        isTestRequest(text);
        return conversation.read(text, receivedAt);
      };
    };
    expectSoundEvents(FRAMES, createReader, {
      types: ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'REFUSED', 'TROUBLE', 'UNREADABLE'],
      rare: ['ANSWER'],
    });
  });
});
