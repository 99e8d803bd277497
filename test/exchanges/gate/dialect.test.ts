import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/gate/conversation.ts';
import {
  batchesOf,
  channelsOf,
  hasInterval,
  isPong,
  isSymbol,
  writePing,
} from '../../../src/exchanges/gate/dialect.ts';
import {
  acknowledge,
  answerPing,
  parseRequest,
  refuseRequest,
  refuseSymbol,
} from '../../../src/exchanges/gate/server-dialect.ts';
import type { VenueConversation } from '../../../src/exchanges/venue.ts';
import { hear } from '../conversing.ts';

const symbol = 'BTC_USDT';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const otherTrades: MarketTopic = { channel: 'trades', symbol: 'NOPE_USDT' };
const bars: MarketTopic = { channel: 'bars', symbol, interval: 'M5' };

function start(): VenueConversation {
  return converse('spot', () => 1_700_000_000_999);
}

function done(id: number, event = 'subscribe') {
  return { time: 1, id, channel: 'spot.trades', event, result: { status: 'success' } };
}

function failed(id: number, message: string, code = 2) {
  return { ...done(id), error: { code, message }, result: { status: 'fail' } };
}

describe('the channels of Gate', () => {
  it('are two for quotes and one for all else', () => {
    expect(channelsOf(ticks, 'spot')).toEqual(['spot.book_ticker BTC_USDT', 'spot.tickers BTC_USDT']);
    expect(channelsOf(trades, 'futures')).toEqual(['futures.trades BTC_USDT']);
    expect(channelsOf(bars, 'spot')).toEqual(['spot.candlesticks 5m BTC_USDT']);
  });

  it('have bars of every length but three minutes', () => {
    expect(LIVE_BAR_INTERVALS.filter((interval) => !hasInterval(interval))).toEqual(['M3']);
    const names = LIVE_BAR_INTERVALS.filter(hasInterval).flatMap((interval) =>
      channelsOf({ channel: 'bars', symbol, interval }, 'spot'),
    );
    expect(names.map((name) => name.split(' ')[1])).toEqual(['1m', '5m', '15m', '30m', '1h', '4h', '1d']);
  });

  it.each([
    ['BTC_USDT', true],
    ['币安人生_USDT', true],
    ['BTC_USDT_20261225', true],
    ['BTC', false],
    ['BTC USDT_X', false],
    ['_USDT', false],
    [7, false],
  ])('are there for the symbol %j: %j', (name, isOne) => {
    expect(isSymbol(name)).toBe(isOne);
  });

  it('are asked for by name, at most 100 symbols at once, and bars one by one', () => {
    const many = Array.from({ length: 101 }, (_, index) => `spot.trades S${index}_USDT`);
    const batches = batchesOf(['spot.candlesticks 1m A_B', 'spot.tickers A_B', ...many, 'spot.candlesticks 5m A_B']);
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 1, 100, 1]);
    expect(batches.flat().toSorted()).toEqual(
      ['spot.candlesticks 1m A_B', 'spot.candlesticks 5m A_B', 'spot.tickers A_B', ...many].toSorted(),
    );
  });
});

describe('a conversation with Gate', () => {
  it('subscribes with its time in seconds, and is served when all requests were acknowledged', () => {
    const conversation = start();
    expect(conversation.subscribe([ticks, bars])).toEqual([
      '{"time":1700000000,"id":1,"channel":"spot.book_ticker","event":"subscribe","payload":["BTC_USDT"]}',
      '{"time":1700000000,"id":2,"channel":"spot.tickers","event":"subscribe","payload":["BTC_USDT"]}',
      '{"time":1700000000,"id":3,"channel":"spot.candlesticks","event":"subscribe","payload":["5m","BTC_USDT"]}',
    ]);
    expect(hear(conversation, done(2))).toEqual([]);
    expect(hear(conversation, done(3))).toEqual([{ type: 'SUBSCRIBED', topic: bars }]);
    expect(hear(conversation, done(1))).toEqual([{ type: 'SUBSCRIBED', topic: ticks }]);
    expect(conversation.isServed?.(ticks)).toBe(true);
  });

  it('ends subscriptions', () => {
    const conversation = start();
    conversation.subscribe([trades]);
    expect(conversation.unsubscribe([trades])).toEqual([
      '{"time":1700000000,"id":2,"channel":"spot.trades","event":"unsubscribe","payload":["BTC_USDT"]}',
    ]);
    expect(hear(conversation, done(2, 'unsubscribe'))).toEqual([{ type: 'UNSUBSCRIBED', topic: trades }]);
  });

  it('takes an answer without an id for that to the oldest request', () => {
    const conversation = start();
    conversation.subscribe([trades]);
    conversation.subscribe([bars]);
    expect(hear(conversation, { ...done(1), id: undefined })).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
    expect(hear(conversation, { ...done(1), id: undefined })).toEqual([{ type: 'SUBSCRIBED', topic: bars }]);
  });

  it.each([['unknown currency pair: NOPE_USDT'], ['unknown currency pair NOPE_USDT'], ['Unknown channel spot.trades']])(
    'finds the symbol that there is not, for which a whole request was refused: %s',
    (message) => {
      const conversation = start();
      conversation.subscribe([trades, otherTrades]);
      expect(hear(conversation, failed(1, message)).map((event) => 'text' in event && JSON.parse(event.text))).toEqual([
        { time: 1_700_000_000, id: 2, channel: 'spot.trades', event: 'subscribe', payload: ['BTC_USDT'] },
        { time: 1_700_000_000, id: 3, channel: 'spot.trades', event: 'subscribe', payload: ['NOPE_USDT'] },
      ]);
      expect(hear(conversation, done(2))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
      expect(hear(conversation, failed(3, message))).toEqual([
        { type: 'REFUSED', topic: otherTrades, reason: `2 ${message}` },
      ]);
    },
  );

  it('is served what it is subscribed to already', () => {
    const conversation = start();
    conversation.subscribe([trades]);
    expect(hear(conversation, failed(1, 'Alert sub BTC_USDT'))).toEqual([{ type: 'SUBSCRIBED', topic: trades }]);
  });

  it.each([
    [3, 'internal error'],
    [2, 'too many requests'],
    [1, 'unknown body'],
  ])('is in trouble after any other error: %d %s', (code, message) => {
    const conversation = start();
    conversation.subscribe([trades]);
    expect(hear(conversation, failed(1, message, code))).toEqual([{ type: 'TROUBLE', reason: `${code} ${message}` }]);
    expect(conversation.subscribe([trades])).toHaveLength(1);
  });
});

describe('the heartbeat of Gate', () => {
  it('asks with its time, and is answered in words of the market', () => {
    expect(writePing('spot', 1_700_000_000)).toBe('{"time":1700000000,"channel":"spot.ping"}');
    const pong = '{"time":1700000000,"channel":"spot.pong","event":"","result":null}';
    expect(isPong('spot', pong)).toBe(true);
    expect(isPong('futures', pong)).toBe(false);
    expect(isPong('spot', '{"channel":"spot.trades","event":"update","result":{"x":"spot.pong"}}')).toBe(false);
  });
});

describe('the other end of the socket', () => {
  it('reads what is written, and answers so that it is understood', () => {
    const conversation = start();
    const [request = ''] = conversation.subscribe([bars]);
    const parsed = parseRequest(request);
    expect(parsed).toEqual({
      event: 'subscribe',
      channel: 'spot.candlesticks',
      id: '1',
      channels: ['spot.candlesticks 5m BTC_USDT'],
    });
    if (parsed === undefined) return;
    expect([...conversation.read(refuseSymbol(parsed, 'BTC_USDT'), 1)]).toMatchObject([{ type: 'REFUSED' }]);
    conversation.subscribe([bars]);
    expect([...conversation.read(acknowledge({ ...parsed, id: '2' }), 1)]).toEqual([
      { type: 'SUBSCRIBED', topic: bars },
    ]);
    expect([...conversation.read(refuseRequest(), 1)]).toMatchObject([{ type: 'TROUBLE' }]);
  });

  it('answers pings', () => {
    const ping = parseRequest(writePing('futures', 7));
    expect(ping).toMatchObject({ event: 'ping' });
    expect(ping && isPong('futures', answerPing(ping))).toBe(true);
  });

  it.each([
    [''],
    ['[]'],
    ['{"channel":"spot.trades"}'],
    ['{"channel":"spot.trades","event":"subscribe"}'],
    ['{"channel":"spot.trades","event":"subscribe","payload":[]}'],
    ['{"channel":"spot.trades","event":"subscribe","payload":[null]}'],
    ['{"event":"subscribe","payload":["A_B"]}'],
  ])('does not know what %s asks for', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });
});
