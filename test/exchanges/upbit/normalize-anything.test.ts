import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpbitConversation } from '../../../src/exchanges/upbit/conversation.ts';
import { writeList } from '../../../src/exchanges/upbit/dialect.ts';
import { anyFrame, expectSoundEvent, FRAME_RUNS } from '../any-frame.ts';
import { BOOK, CANDLE, ERROR, TICKER, TRADE } from './frames.ts';

const FRAMES = [
  ...[TRADE, TICKER, BOOK, CANDLE, CANDLE.replace('09:50:00', '09:51:00'), ERROR],
  ...[writeList('deskgraph-1', ['trade KRW-BTC']), writeList('deskgraph-2', [])],
];

describe('whatever comes in from Upbit', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = new Map<string, number>();
    const property = fc.property(fc.array(anyFrame(FRAMES), { minLength: 1, maxLength: 5 }), (texts) => {
      const conversation = new UpbitConversation();
      conversation.subscribe([
        { channel: 'trades', symbol: 'KRW-BTC' },
        { channel: 'ticks', symbol: 'KRW-ETH' },
      ]);
      for (const text of texts) {
        for (const event of conversation.read(text, 0)) {
          seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          expectSoundEvent(event);
        }
      }
    });
    fc.assert(property, { numRuns: FRAME_RUNS });
    const types = ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'ANSWER', 'TROUBLE', 'UNREADABLE'];
    for (const type of types) expect(seen.get(type), type).toBeGreaterThan(10);
  });
});
