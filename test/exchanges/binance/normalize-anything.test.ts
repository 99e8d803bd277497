import { describe, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/binance/conversation.ts';
import { spotStreamsOf } from '../../../src/exchanges/binance/dialect.ts';
import { recordedFrames } from '../recorded-frames.ts';
import { expectSoundEvents } from '../sound-events.ts';

const ANSWERS = [
  '{"result":null,"id":1}',
  '{"error":{"code":2,"msg":"Invalid request"},"id":1}',
  '{"e":"serverShutdown","E":1770123456789}',
  '{"stream":"lrcbtc@ticker","data":{"e":"24hrTicker","E":1,"s":"LRCBTC","c":"1","Q":"2","o":"1","h":"3","l":"1","v":"5"}}',
];
const ASKED: readonly MarketTopic[] = [{ channel: 'trades', symbol: 'LRCBTC' }];

describe('whatever comes in from Binance', () => {
  it('is read without a fault, into events of known types', { timeout: 300_000 }, () => {
    // Of prints and bars the recording has few.
    const frames = recordedFrames('binance-2021-10-12.jsonl');
    const rare = frames.filter((frame) => !frame.includes('bookTicker'));
    expectSoundEvents(
      [...frames.slice(0, 10), ...rare, ...ANSWERS],
      () => {
        const conversation = converse(spotStreamsOf);
        conversation.subscribe(ASKED);
        return conversation.read;
      },
      { types: ['SUBSCRIBED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'CLOSING', 'UNREADABLE'] },
    );
  });
});
