import { describe, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/bybit/conversation.ts';
import { expectSoundEvents } from '../sound-events.ts';
import { BAR, BEST_DELTA, BEST_SNAPSHOT, LINEAR_TICKER, SPOT_TICKER, TICKER_DELTA, TRADE } from './frames.ts';

const ANSWERS = [
  '{"success":true,"ret_msg":"","conn_id":"x","req_id":"1","op":"subscribe"}',
  '{"success":false,"ret_msg":"Invalid symbol :[tickers.A]","conn_id":"x","req_id":"1","op":"subscribe"}',
  '{"success":false,"ret_msg":"too many visits","conn_id":"x","req_id":"1","op":"subscribe"}',
];
const ASKED: readonly MarketTopic[] = [{ channel: 'ticks', symbol: 'A' }];

describe('whatever comes in from Bybit', () => {
  it('is read without a fault, into events of known types', { timeout: 300_000 }, () => {
    expectSoundEvents(
      [TRADE, BEST_DELTA, BEST_SNAPSHOT, TICKER_DELTA, SPOT_TICKER, LINEAR_TICKER, BAR, ...ANSWERS],
      () => {
        const conversation = converse('linear');
        conversation.subscribe(ASKED);
        return conversation.read;
      },
      { types: ['SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'UNREADABLE'] },
    );
  });
});
