import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { BitfinexConversation } from '../../../src/exchanges/bitfinex/conversation.ts';
import { hear } from '../conversing.ts';
import {
  CANDLE,
  CANDLES_SUBSCRIBED,
  CONFIGURED,
  INFO,
  LIMIT,
  NEXT_CANDLE,
  PAUSED,
  PONG,
  REFUSED,
  RESTARTING,
  RESUMED,
  TICKER,
  TICKER_SUBSCRIBED,
  TRADE,
  TRADES_SUBSCRIBED,
  UNSUBSCRIBED,
} from './bitfinex-frames.ts';

const symbol = 'tBTCUSD';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const minutes: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };

describe('a conversation with Bitfinex', () => {
  it('begins with the wish for the times of frames', () => {
    expect(new BitfinexConversation().greeting).toEqual(['{"event":"conf","flags":98304}']);
  });

  it('asks for each topic by itself, and again for those that have no number yet', () => {
    const conversation = new BitfinexConversation();
    expect(conversation.subscribe([ticks, trades, minutes])).toEqual([
      '{"event":"subscribe","channel":"ticker","symbol":"tBTCUSD"}',
      '{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}',
      '{"event":"subscribe","channel":"candles","key":"trade:1m:tBTCUSD"}',
    ]);
    expect(hear(conversation, TICKER_SUBSCRIBED)).toEqual([{ type: 'SUBSCRIBED', topic: ticks }]);
    expect(hear(conversation, CANDLES_SUBSCRIBED)).toEqual([{ type: 'SUBSCRIBED', topic: minutes }]);
    expect(conversation.subscribe([ticks, trades, minutes])).toEqual([
      '{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}',
    ]);
    expect([ticks, trades].map((topic) => conversation.isServed(topic))).toEqual([true, false]);
  });

  it('ends a channel by its number', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([trades]);
    hear(conversation, TRADES_SUBSCRIBED);
    expect(conversation.unsubscribe([trades, ticks])).toEqual(['{"event":"unsubscribe","chanId":89}']);
    // What was under way still comes.
    expect(hear(conversation, TRADE)).toMatchObject([{ type: 'PRINT' }]);
    expect(hear(conversation, UNSUBSCRIBED)).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
    expect(hear(conversation, TRADE)).toMatchObject([{ type: 'UNREADABLE' }]);
  });

  it('ends a channel that had no number when it was given up as soon as it has one', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([trades]);
    expect(conversation.unsubscribe([trades])).toEqual([]);
    expect(hear(conversation, TRADES_SUBSCRIBED)).toEqual([
      { type: 'ANSWER', text: '{"event":"unsubscribe","chanId":89}' },
    ]);
    expect(conversation.isServed(trades)).toBe(false);
  });

  it('asks anew for what it has just given up, and knows its new number when the old one ends', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([trades]);
    hear(conversation, TRADES_SUBSCRIBED);
    conversation.unsubscribe([trades]);
    expect(conversation.subscribe([trades])).toEqual(['{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}']);
    expect(hear(conversation, TRADES_SUBSCRIBED.replace('89', '90'))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
    expect(hear(conversation, UNSUBSCRIBED)).toEqual([]);
    expect(hear(conversation, TRADE.replace('89', '90'))).toMatchObject([{ type: 'PRINT' }]);
  });

  it('gives each connection numbers of its own', () => {
    const [first, second] = [new BitfinexConversation(), new BitfinexConversation()];
    first.subscribe([trades]);
    second.subscribe([ticks]);
    hear(first, TRADES_SUBSCRIBED);
    hear(second, TICKER_SUBSCRIBED.replace('94952', '89'));
    expect(hear(first, TRADE)).toMatchObject([{ type: 'PRINT' }]);
    expect(hear(second, TICKER.replace('94952', '89'))).toMatchObject([{ type: 'QUOTE' }]);
  });

  it('forgets the bars of what it gives up', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([minutes]);
    hear(conversation, CANDLES_SUBSCRIBED);
    hear(conversation, CANDLE);
    conversation.unsubscribe([minutes]);
    expect(hear(conversation, NEXT_CANDLE)).toMatchObject([{ bar: { isClosed: false } }]);
  });

  it('subscribes to everything anew after a pause', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([ticks, trades]);
    hear(conversation, TRADES_SUBSCRIBED);
    expect(hear(conversation, PAUSED)).toEqual([{ type: 'TROUBLE', reason: 'the venue pauses for maintenance' }]);
    // The ticker has not been acknowledged: it is asked for again anyway.
    expect(hear(conversation, RESUMED)).toEqual([
      { type: 'ANSWER', text: '{"event":"unsubscribe","chanId":89}' },
      { type: 'ANSWER', text: '{"event":"subscribe","channel":"trades","symbol":"tBTCUSD"}' },
    ]);
    expect(hear(conversation, UNSUBSCRIBED)).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
    expect(hear(conversation, TRADES_SUBSCRIBED.replace('89', '90'))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
  });

  it.each<[string, unknown[]]>([
    [RESTARTING, [{ type: 'CLOSING', reason: 'Stopping. Please try to reconnect' }]],
    ['{"event":"info","code":20051}', [{ type: 'CLOSING', reason: 'the venue restarts' }]],
    [INFO, []],
    [INFO.replace('"status":1', '"status":0'), [{ type: 'TROUBLE', reason: 'the venue is in maintenance' }]],
    [CONFIGURED, []],
    [CONFIGURED.replace('OK', 'FAILED'), [{ type: 'TROUBLE', reason: 'the times of frames are not to be had' }]],
    [PONG, []],
    [REFUSED, [{ type: 'REFUSED', topic: { channel: 'trades', symbol: 'tFOOBAR' }, reason: '10300 symbol: invalid' }]],
    [
      '{"event":"error","msg":"Unknown pair","code":10001,"channel":"candles","key":"trade:1D:tFOOBAR"}',
      [
        {
          type: 'REFUSED',
          topic: { channel: 'bars', symbol: 'tFOOBAR', interval: 'D1' },
          reason: '10001 Unknown pair',
        },
      ],
    ],
    [LIMIT, [{ type: 'TROUBLE', reason: '10305 subscribe: limit' }]],
    [LIMIT.replace('10305', '10300'), [{ type: 'TROUBLE', reason: '10300 subscribe: limit' }]],
    [REFUSED.replace('10300', '10301'), [{ type: 'TROUBLE', reason: '10301 symbol: invalid' }]],
    ['{"event":"error","msg":"unsubscribe: invalid","code":10400,"chanId":7}', []],
    ['{"event":"error","msg":"event: invalid","code":10000}', [{ type: 'TROUBLE', reason: '10000 event: invalid' }]],
  ])('understands %s', (text, events) => {
    expect(hear(new BitfinexConversation(), text)).toEqual(events);
  });

  it('is subscribed when the venue says that it is already', () => {
    const conversation = new BitfinexConversation();
    conversation.subscribe([ticks]);
    hear(conversation, TICKER_SUBSCRIBED);
    const twice = LIMIT.replace('10305', '10301').replace('limit', 'dup');
    expect(hear(conversation, twice)).toEqual([{ type: 'SUBSCRIBED', topic: ticks }]);
  });
});
