import { describe, it } from 'vitest';
import { BitgetConversation } from '../../../src/exchanges/bitget/conversation.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import { KLINES, NEXT_KLINE, REFUSAL, TICKER, TRADE } from './frames.ts';

const SUBSCRIBED = '{"event":"subscribe","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"}}';
const FRAMES = [TRADE, TICKER, KLINES, NEXT_KLINE, REFUSAL, SUBSCRIBED];

describe('whatever comes in from Bitget', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new BitgetConversation();
      return (text, receivedAt) => conversation.read(text, receivedAt);
    };
    expectSoundEvents(FRAMES, createReader, {
      types: ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'REFUSED', 'TROUBLE', 'UNREADABLE'],
    });
  });
});
