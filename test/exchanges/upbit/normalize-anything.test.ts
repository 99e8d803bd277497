import { describe, it } from 'vitest';
import { UpbitConversation } from '../../../src/exchanges/upbit/conversation.ts';
import { writeList } from '../../../src/exchanges/upbit/dialect.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import { BOOK, CANDLE, ERROR, TICKER, TRADE } from './frames.ts';

const FRAMES = [
  ...[TRADE, TICKER, BOOK, CANDLE, CANDLE.replace('09:50:00', '09:51:00'), ERROR],
  ...[writeList('deskgraph-1', ['trade KRW-BTC']), writeList('deskgraph-2', [])],
];

describe('whatever comes in from Upbit', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new UpbitConversation();
      conversation.subscribe([
        { channel: 'trades', symbol: 'KRW-BTC' },
        { channel: 'ticks', symbol: 'KRW-ETH' },
      ]);
      return (text, receivedAt) => conversation.read(text, receivedAt);
    };
    expectSoundEvents(FRAMES, createReader, {
      types: ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'ANSWER', 'TROUBLE', 'UNREADABLE'],
    });
  });
});
