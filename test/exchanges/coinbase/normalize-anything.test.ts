import { describe, it } from 'vitest';
import { CoinbaseConversation } from '../../../src/exchanges/coinbase/conversation.ts';
import { writeSubscriptions } from '../../../src/exchanges/coinbase/dialect.ts';
import type { FrameReader } from '../../../src/exchanges/venue.ts';
import { expectSoundEvents } from '../sound-events.ts';
import { HEARTBEAT, heartbeatAt, MATCH, matchAt, REFUSAL, TICKER } from './frames.ts';

const FRAMES = [
  ...[MATCH, TICKER, HEARTBEAT, REFUSAL, matchAt(61, 7, '100.5', '0.25'), matchAt(125, 8, '99', '1'), heartbeatAt(130)],
  writeSubscriptions(['matches BTC-USD', 'heartbeat BTC-USD', 'ticker NO-SUCH']),
];

describe('whatever comes in from Coinbase', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    const createReader = (): FrameReader => {
      const conversation = new CoinbaseConversation();
      conversation.subscribe([
        { channel: 'bars', symbol: 'BTC-USD', interval: 'M1' },
        { channel: 'ticks', symbol: 'NO-SUCH' },
      ]);
      const acknowledged = writeSubscriptions(['matches BTC-USD', 'heartbeat BTC-USD']);
      for (const text of [acknowledged, heartbeatAt(0)]) conversation.read(text, 0);
      return (text, receivedAt) => conversation.read(text, receivedAt);
    };
    expectSoundEvents(FRAMES, createReader, {
      types: ['PRINT', 'QUOTE', 'BAR', 'SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'UNREADABLE'],
    });
  });
});
