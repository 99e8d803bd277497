import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { BitfinexConversation } from '../../../src/exchanges/bitfinex/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import {
  CANDLE,
  CANDLE_SNAPSHOT,
  CANDLES_SUBSCRIBED,
  HEARTBEAT,
  NEXT_CANDLE,
  SAME_TRADE,
  TICKER,
  TICKER_SUBSCRIBED,
  TRADE,
  TRADE_SNAPSHOT,
  TRADES_SUBSCRIBED,
} from './bitfinex-frames.ts';

const RECEIVED_AT = 1_564_617_601_000;
const symbol = 'tBTCUSD';
const TOPICS: readonly MarketTopic[] = [
  { channel: 'ticks', symbol },
  { channel: 'trades', symbol },
  { channel: 'bars', symbol, interval: 'M1' },
];

/** What the texts say on a connection that is subscribed to everything. */
function read(...texts: readonly string[]): VenueEvent[] {
  const conversation = new BitfinexConversation();
  conversation.subscribe(TOPICS);
  for (const text of [TICKER_SUBSCRIBED, TRADES_SUBSCRIBED, CANDLES_SUBSCRIBED]) [...conversation.read(text, 0)];
  return texts.flatMap((text) => [...conversation.read(text, RECEIVED_AT)]);
}

function kinds(events: readonly VenueEvent[]): string[] {
  return events.map(({ type }) => type);
}

describe('a trade of Bitfinex', () => {
  const print = {
    symbol,
    tradeId: '382489563',
    timestamp: 1_564_617_600_709,
    receivedAt: RECEIVED_AT,
    price: '10087.98969503',
    size: '0.00705845',
    side: 'BUY',
  };

  it('is one print with the digits of the venue, which says it twice', () => {
    expect(read(TRADE, SAME_TRADE)).toEqual([{ type: 'PRINT', print }]);
  });

  it('of a negative amount was sold', () => {
    expect(read(TRADE.replace('0.00705845', '-2.50e-7'))).toEqual([
      { type: 'PRINT', print: { ...print, size: '0.000000250', side: 'SELL' } },
    ]);
  });

  it('of before the subscription is no news', () => {
    expect(read(TRADE_SNAPSHOT, '[89,[],2,1564617600600]')).toEqual([]);
  });

  it('has a long id as it is, further values or not, and without times of frames too', () => {
    const long = '[89,"te",[9007199254740993123,1564617600709,0.00705845,10087.98969503,"more"]]';
    expect(read(long)).toEqual([{ type: 'PRINT', print: { ...print, tradeId: '9007199254740993123' } }]);
  });

  it.each([
    ['no price', '[89,"te",[382489563,1564617600709,0.00705845]]'],
    ['a price of 0', '[89,"te",[382489563,1564617600709,0.00705845,0]]'],
    ['a negative price', '[89,"te",[382489563,1564617600709,0.00705845,-1]]'],
    ['an amount of 0', '[89,"te",[382489563,1564617600709,-0.0,10087.5]]'],
    ['an amount that is no number', '[89,"te",[382489563,1564617600709,"much",10087.5]]'],
    ['no list', '[89,"te",{}]'],
    ['another name', '[89,"tx",[382489563,1564617600709,0.00705845,10087.5]]'],
    ['no name', '[89,[382489563,1564617600709,0.00705845,10087.5]]'],
  ])('with %s cannot be read', (_, text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('a ticker of Bitfinex', () => {
  const quote = {
    symbol,
    timestamp: 1_564_617_600_790,
    receivedAt: RECEIVED_AT,
    last: 10_087.75,
    lastSize: null,
    bid: 10_087.5,
    bidSize: null,
    ask: 10_088.25,
    askSize: null,
    open24h: null,
    high24h: 10_250.5,
    low24h: 9900.125,
    volume24h: 4321.98765432,
  };

  it('is a quote without sizes, which are those of 25 levels together, at the time of the frame', () => {
    expect(read(TICKER)).toEqual([{ type: 'QUOTE', quote }]);
  });

  it('has no time when frames have none', () => {
    expect(read(TICKER.replace(',20,1564617600790', ''))).toEqual([
      { type: 'QUOTE', quote: { ...quote, timestamp: null } },
    ]);
  });

  it('without anybody who bids has no bid', () => {
    expect(read(TICKER.replace('10087.5,', '0,'))).toMatchObject([{ quote: { bid: null, ask: 10_088.25 } }]);
    expect(read(TICKER.replace('10087.5,', 'null,'))).toMatchObject([{ quote: { bid: null, ask: 10_088.25 } }]);
  });

  it.each([
    '[94952,[]]',
    '[94952,{}]',
    '[94952]',
    TICKER.replace('10087.5,', '-1,'),
    TICKER.replace('10250.5', '"high"'),
  ])('cannot be read when it is %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of Bitfinex', () => {
  const bar = {
    symbol,
    interval: 'M1',
    openTime: 1_564_617_600_000,
    open: 10_080.5,
    high: 10_092.25,
    low: 10_075.125,
    close: 10_087.75,
    volume: 12.34567891,
  };
  const flat = { open: 10_087.75, high: 10_087.75, low: 10_087.75, close: 10_087.75, volume: 1e-8 };
  const next = { ...bar, ...flat, openTime: 1_564_617_660_000 };

  it('is a bar, told as open, close, high, low, that has closed when the next is there', () => {
    expect(read(CANDLE, NEXT_CANDLE)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: false } },
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...next, isClosed: false } },
    ]);
  });

  it('is changed once more after the next has begun, which stays the last that is said', () => {
    expect(read(NEXT_CANDLE, CANDLE).slice(1)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...next, isClosed: false } },
    ]);
  });

  it('of a snapshot is news only when it is the newest', () => {
    expect(read(CANDLE_SNAPSHOT)).toEqual([{ type: 'BAR', bar: { ...bar, isClosed: false } }]);
    expect(read('[343351,[],3,1564617600601]')).toEqual([]);
  });

  it.each([
    '[343351,{}]',
    '[343351,[1564617600000]]',
    '[343351,["now",1,2,3,1,1]]',
    '[343351,[[1564617600000,1,null,3,1,1]]]',
    '[343351,[1564617600000,1,2,-3,1,1]]',
  ])('cannot be read when it is %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('a frame that Bitfinex does not send', () => {
  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '[null,"te",[]]',
    '[7,"te",[382489563,1564617600709,0.00705845,10087.98969503]]',
    '{"event":"auth"}',
    '{"event":"subscribed","channel":"book","chanId":7,"symbol":"tBTCUSD"}',
    '{"event":"subscribed","channel":"trades","symbol":"tBTCUSD"}',
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('cannot be read: %.60s', (text) => {
    const [event, ...others] = read(text);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /) });
  });

  it('is none of the heartbeats of channels, whose numbers need not be known yet', () => {
    expect(read(HEARTBEAT, '[7,"hb"]')).toEqual([]);
  });
});
