import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoinbaseConversation } from '../../../src/exchanges/coinbase/conversation.ts';
import { writeSubscriptions } from '../../../src/exchanges/coinbase/dialect.ts';
import { anyFrame, expectSoundEvent, FRAME_RUNS } from '../any-frame.ts';
import { HEARTBEAT, heartbeatAt, MATCH, matchAt, REFUSAL, TICKER } from './frames.ts';

const FRAMES = [
  ...[MATCH, TICKER, HEARTBEAT, REFUSAL, matchAt(61, 7, '100.5', '0.25'), matchAt(125, 8, '99', '1'), heartbeatAt(130)],
  writeSubscriptions(['matches BTC-USD', 'heartbeat BTC-USD', 'ticker NO-SUCH']),
];

describe('whatever comes in from Coinbase', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const seen = new Map<string, number>();
    const property = fc.property(fc.array(anyFrame(FRAMES), { minLength: 1, maxLength: 5 }), (texts) => {
      const conversation = new CoinbaseConversation();
      conversation.subscribe([
        { channel: 'bars', symbol: 'BTC-USD', interval: 'M1' },
        { channel: 'ticks', symbol: 'NO-SUCH' },
      ]);
      const acknowledged = writeSubscriptions(['matches BTC-USD', 'heartbeat BTC-USD']);
      for (const text of [acknowledged, heartbeatAt(0), ...texts]) {
        for (const event of conversation.read(text, 0)) {
          seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          expectSoundEvent(event);
        }
      }
    });
    fc.assert(property, { numRuns: FRAME_RUNS });
    const types = ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'UNREADABLE'];
    for (const type of types) expect(seen.get(type), type).toBeGreaterThan(10);
  });
});
