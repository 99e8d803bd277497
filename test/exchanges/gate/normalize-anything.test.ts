import { describe, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/gate/conversation.ts';
import { expectSoundEvents } from '../sound-events.ts';
import {
  FULL_SPOT_BAR,
  FUTURES_BAR,
  FUTURES_BEST,
  FUTURES_TICKER,
  FUTURES_TRADE,
  SPOT_BAR,
  SPOT_BEST,
  SPOT_TICKER,
  SPOT_TRADE,
} from './frames.ts';

const ANSWERS = [
  '{"time":1,"id":1,"channel":"spot.trades","event":"subscribe","result":{"status":"success"}}',
  '{"time":1,"id":1,"channel":"spot.trades","event":"subscribe","error":{"code":2,"message":"unknown currency pair: A_B"},"result":{"status":"fail"}}',
  '{"time":1,"id":1,"channel":"spot.trades","event":"subscribe","error":{"code":3,"message":"internal"}}',
];
const ASKED: readonly MarketTopic[] = [{ channel: 'trades', symbol: 'A_B' }];

describe('whatever comes in from Gate', () => {
  it.each([
    ['spot', [SPOT_TRADE, SPOT_TICKER, SPOT_BEST, SPOT_BAR, FULL_SPOT_BAR]],
    ['futures', [FUTURES_TRADE, FUTURES_TICKER, FUTURES_BEST, FUTURES_BAR]],
  ] as const)('is read without a fault, into events of known types: %s', { timeout: 300_000 }, (market, frames) => {
    expectSoundEvents(
      [...frames, ...ANSWERS],
      () => {
        const conversation = converse(market, () => 0);
        conversation.subscribe(ASKED);
        return conversation.read;
      },
      { types: ['SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE'] },
    );
  });
});
