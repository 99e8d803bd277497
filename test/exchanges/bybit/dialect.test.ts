import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/bybit/conversation.ts';
import {
  channelsOf,
  contentOf,
  isPong,
  isSymbol,
  parseAnswer,
  writePing,
} from '../../../src/exchanges/bybit/dialect.ts';
import {
  acknowledge,
  answerPing,
  parseRequest,
  refuseChannel,
  refuseRequest,
} from '../../../src/exchanges/bybit/server-dialect.ts';
import { hear } from '../conversing.ts';

const symbol = 'BTCUSDT';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const otherTrades: MarketTopic = { channel: 'trades', symbol: 'NOPEUSDT' };

function answer(reqId: string, message = '', op = 'subscribe') {
  return { success: message === '', ret_msg: message, conn_id: 'x', req_id: reqId, op };
}

describe('the channels of Bybit', () => {
  it('are two for quotes of the spot market, and one for all else', () => {
    expect(channelsOf(ticks, 'spot')).toEqual(['orderbook.1.BTCUSDT', 'tickers.BTCUSDT']);
    expect(channelsOf(ticks, 'linear')).toEqual(['tickers.BTCUSDT']);
    expect(channelsOf(trades, 'inverse')).toEqual(['publicTrade.BTCUSDT']);
  });

  it('have every length of a live bar, and are read back', () => {
    const names = LIVE_BAR_INTERVALS.flatMap((interval) => channelsOf({ channel: 'bars', symbol, interval }, 'spot'));
    expect(names.map((name) => name.split('.')[1])).toEqual(['1', '3', '5', '15', '30', '60', '240', 'D']);
    expect(names.map((name) => contentOf(name)?.interval)).toEqual([...LIVE_BAR_INTERVALS]);
  });

  it.each([
    ['BTCUSDT', true],
    ['BTC-26MAR27', true],
    ['BTCUSDH27', true],
    ['币安人生USDT', true],
    ['', false],
    ['BTC.USDT', false],
    ['B'.repeat(33), false],
  ])('are there for the symbol %j: %j', (name, isOne) => {
    expect(isSymbol(name)).toBe(isOne);
  });
});

describe('a conversation with Bybit', () => {
  it('subscribes and is served when the request with its id was acknowledged', () => {
    const conversation = converse('spot');
    expect(conversation.subscribe([ticks, trades])).toEqual([
      '{"req_id":"1","op":"subscribe","args":["orderbook.1.BTCUSDT","tickers.BTCUSDT","publicTrade.BTCUSDT"]}',
    ]);
    expect(hear(conversation, answer('1'))).toEqual([
      { type: 'SUBSCRIBED', topic: ticks },
      { type: 'SUBSCRIBED', topic: trades },
    ]);
    expect(conversation.isServed?.(ticks)).toBe(true);
    expect(conversation.unsubscribe([trades])).toEqual([
      '{"req_id":"2","op":"unsubscribe","args":["publicTrade.BTCUSDT"]}',
    ]);
    expect(hear(conversation, answer('2', '', 'unsubscribe'))).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
  });

  it('takes an answer without an id for that to the oldest request', () => {
    const conversation = converse('linear');
    conversation.subscribe([ticks]);
    conversation.subscribe([trades]);
    expect(hear(conversation, { success: true, ret_msg: '', conn_id: 'x', op: 'subscribe' })).toEqual([
      { type: 'SUBSCRIBED', topic: ticks },
    ]);
    expect(hear(conversation, answer(''))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
    expect(hear(conversation, answer(''))).toEqual([]);
  });

  it('asks for many channels in requests of at most 10', () => {
    const topics = Array.from({ length: 12 }, (_, index): MarketTopic => ({ channel: 'ticks', symbol: `S${index}` }));
    const requests = converse('spot').subscribe(topics);
    expect(requests.map((request) => parseRequest(request)?.args.length)).toEqual([10, 10, 4]);
    expect(requests.flatMap((request) => parseRequest(request)?.args)).toEqual(
      topics.flatMap((topic) => channelsOf(topic, 'spot')),
    );
  });

  it.each([['error:handler not found,topic:publicTrade.NOPEUSDT'], ['Invalid symbol :[publicTrade.NOPEUSDT]']])(
    'finds the channel that there is not, for which a whole request was refused: %s',
    (reason) => {
      const conversation = converse('spot');
      conversation.subscribe([trades, otherTrades]);
      const again = hear(conversation, answer('1', reason));
      expect(again).toEqual([
        { type: 'ANSWER', text: '{"req_id":"2","op":"subscribe","args":["publicTrade.BTCUSDT"]}' },
        { type: 'ANSWER', text: '{"req_id":"3","op":"subscribe","args":["publicTrade.NOPEUSDT"]}' },
      ]);
      expect(hear(conversation, answer('2'))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
      expect(hear(conversation, answer('3', reason))).toEqual([{ type: 'REFUSED', topic: otherTrades, reason }]);
    },
  );

  it('gives up the other channel of a topic of which one is not there', () => {
    const conversation = converse('spot');
    conversation.subscribe([ticks]);
    const reason = 'Invalid symbol :[tickers.BTCUSDT]';
    hear(conversation, answer('1', reason));
    expect(hear(conversation, answer('2'))).toEqual([]);
    expect(hear(conversation, answer('3', reason))).toEqual([
      { type: 'REFUSED', topic: ticks, reason },
      { type: 'ANSWER', text: '{"req_id":"4","op":"unsubscribe","args":["orderbook.1.BTCUSDT"]}' },
    ]);
    expect(hear(conversation, answer('4', '', 'unsubscribe'))).toEqual([]);
  });

  it('does not ask again for what was given up meanwhile', () => {
    const conversation = converse('spot');
    conversation.subscribe([trades, otherTrades]);
    conversation.unsubscribe([otherTrades]);
    expect(hear(conversation, answer('1', 'Invalid symbol :[publicTrade.NOPEUSDT]'))).toEqual([
      { type: 'ANSWER', text: '{"req_id":"3","op":"subscribe","args":["publicTrade.BTCUSDT"]}' },
    ]);
  });

  it('is served what it is subscribed to already', () => {
    const conversation = converse('spot');
    const reason = 'error:already subscribed,topic:publicTrade.BTCUSDT';
    conversation.subscribe([trades, otherTrades]);
    expect(hear(conversation, answer('1', reason)).map(({ type }) => type)).toEqual(['ANSWER', 'ANSWER']);
    expect(hear(conversation, answer('2', reason))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
  });

  it('is in trouble after any other failure, and asks again', () => {
    const conversation = converse('spot');
    conversation.subscribe([trades]);
    expect(hear(conversation, answer('1', 'too many visits'))).toEqual([
      { type: 'TROUBLE', reason: 'too many visits' },
    ]);
    expect(conversation.subscribe([trades])).toEqual([
      '{"req_id":"2","op":"subscribe","args":["publicTrade.BTCUSDT"]}',
    ]);
  });

  it('hears nothing in a refusal to give up what it never had', () => {
    const conversation = converse('spot');
    conversation.subscribe([trades]);
    conversation.unsubscribe([trades]);
    expect(hear(conversation, answer('2', 'error:handler not found,topic:x', 'unsubscribe'))).toEqual([]);
  });
});

describe('the heartbeat of Bybit', () => {
  it.each([
    ['{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"ping"}', true],
    ['{"req_id":"1","op":"pong","args":["1757405570352"],"conn_id":"x"}', true],
    ['{"success":true,"ret_msg":"pong","conn_id":"x","req_id":"","op":"subscribe"}', false],
    ['{"topic":"publicTrade.A","data":["pong"]}', false],
    ['{"success":true,"ret_msg":"","conn_id":"x","req_id":"1","op":"subscribe"}', false],
    ['"pong"', false],
  ])('is answered by %s: %j', (text, isOne) => {
    expect(isPong(text)).toBe(isOne);
  });

  it('asks with a number, and the other end answers', () => {
    expect(writePing(7)).toBe('{"req_id":"7","op":"ping"}');
    expect(parseRequest(writePing(7))).toEqual({ op: 'ping', reqId: '7', args: [] });
    expect(isPong(answerPing('7'))).toBe(true);
  });
});

describe('the other end of the socket', () => {
  const request = { op: 'subscribe', reqId: '7', args: ['publicTrade.A'] } as const;

  it('answers in words that are understood', () => {
    expect(parseAnswer(JSON.parse(acknowledge(request)))).toMatchObject({ outcome: 'DONE', id: '7' });
    expect(parseAnswer(JSON.parse(refuseChannel(request, 'publicTrade.A')))).toMatchObject({ outcome: 'REFUSED' });
    expect(parseAnswer(JSON.parse(refuseRequest()))).toMatchObject({ outcome: 'FAILED', id: undefined });
  });

  it.each([
    [''],
    ['[]'],
    ['{"op":"auth"}'],
    ['{"op":"subscribe"}'],
    ['{"op":"subscribe","args":[]}'],
    ['{"op":"subscribe","args":[1]}'],
  ])('does not know what %s asks for', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });
});
