import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitgetConversation } from '../../../src/exchanges/bitget/conversation.ts';
import { anyFrame, expectSoundEvent, FRAME_RUNS } from '../any-frame.ts';
import { KLINES, NEXT_KLINE, REFUSAL, TICKER, TRADE } from './frames.ts';

const SUBSCRIBED = '{"event":"subscribe","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"}}';
const FRAMES = [TRADE, TICKER, KLINES, NEXT_KLINE, REFUSAL, SUBSCRIBED];

describe('whatever comes in from Bitget', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = new Map<string, number>();
    const property = fc.property(fc.array(anyFrame(FRAMES), { minLength: 1, maxLength: 5 }), (texts) => {
      const conversation = new BitgetConversation();
      for (const text of texts) {
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
