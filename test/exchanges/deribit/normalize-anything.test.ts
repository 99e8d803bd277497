import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeribitConversation } from '../../../src/exchanges/deribit/conversation.ts';
import { isTestRequest } from '../../../src/exchanges/deribit/dialect.ts';
import { anyFrame, expectSoundEvent, FRAME_RUNS } from '../any-frame.ts';
import { CANDLE, ERROR, HEARTBEAT, SUBSCRIBED, TEST_REQUEST, TICKER, TRADES } from './frames.ts';

const NEXT = CANDLE.replace('1655403420000', '1655403480000');
const FRAMES = [TICKER, TRADES, CANDLE, NEXT, SUBSCRIBED, ERROR, HEARTBEAT, TEST_REQUEST];

describe('whatever comes in from Deribit', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = new Map<string, number>();
    const property = fc.property(fc.array(anyFrame(FRAMES), { minLength: 1, maxLength: 5 }), (texts) => {
      const conversation = new DeribitConversation();
      conversation.subscribe([
        { channel: 'ticks', symbol: 'BTC-PERPETUAL' },
        { channel: 'trades', symbol: 'BTC-PERPETUAL' },
      ]);
      for (const text of texts) {
        isTestRequest(text);
        for (const event of conversation.read(text, 0)) {
          seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          expectSoundEvent(event);
        }
      }
    });
    fc.assert(property, { numRuns: FRAME_RUNS });
    const types = ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'REFUSED', 'TROUBLE', 'UNREADABLE'];
    for (const type of types) expect(seen.get(type), type).toBeGreaterThan(10);
  });
});
