import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { CoinbaseConversation } from '../../../src/exchanges/coinbase/conversation.ts';
import { writeRefusal, writeRequests, writeSubscriptions } from '../../../src/exchanges/coinbase/dialect.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { heartbeatAt, matchAt, NOON, TICKER } from './frames.ts';

const symbol = 'BTC-USD';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const bars: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };
const BOTH = ['matches BTC-USD', 'heartbeat BTC-USD'];

function barsOf(conversation: CoinbaseConversation, ...texts: readonly string[]) {
  const events = texts.flatMap((text) => conversation.read(text, 1));
  return events.flatMap((event) => (event.type === 'BAR' ? [[event.bar.openTime - NOON, event.bar.isClosed]] : []));
}

describe('the venue coinbase', () => {
  it('serves all channels on one socket', () => {
    const [socket, ...others] = findVenue('coinbase')?.sockets ?? [];
    expect(others).toEqual([]);
    expect([socket?.kind, socket?.url]).toEqual(['PUBLIC', 'wss://ws-feed.exchange.coinbase.com/']);
    expect([ticks, trades, bars].map((topic) => socket?.carries(topic))).toEqual([true, true, true]);
    expect(socket?.carries({ ...ticks, symbol: 'btcusd' })).toBe(false);
  });
});

describe('a conversation with Coinbase', () => {
  it('asks for something at once, since the venue ends a connection that does not within 5 s', () => {
    expect(new CoinbaseConversation().greeting).toEqual([
      '{"type":"subscribe","channels":[{"name":"heartbeat","product_ids":["BTC-USD"]}]}',
    ]);
  });

  it('takes a topic for served when the venue lists all its channels', () => {
    const conversation = new CoinbaseConversation();
    expect(conversation.subscribe([trades, bars])).toEqual(writeRequests('subscribe', BOTH));
    expect(conversation.read(writeSubscriptions(['matches BTC-USD']), 1)).toEqual([
      { type: 'SUBSCRIBED', topic: trades },
    ]);
    expect(conversation.isServed(bars)).toBe(false);
    expect(conversation.read(writeSubscriptions(BOTH), 1)).toContainEqual({ type: 'SUBSCRIBED', topic: bars });
    expect(conversation.isServed(bars)).toBe(true);
  });

  it('has the heartbeat of its greeting served for bars that come later, and again after they went', () => {
    const conversation = new CoinbaseConversation();
    conversation.read(writeSubscriptions(['heartbeat BTC-USD']), 1);
    for (const _ of ['first', 'second']) {
      conversation.subscribe([bars]);
      expect(conversation.read(writeSubscriptions(BOTH), 1)).toEqual([{ type: 'SUBSCRIBED', topic: bars }]);
      expect(conversation.unsubscribe([bars])).toEqual(writeRequests('unsubscribe', ['matches BTC-USD']));
      expect(conversation.read(writeSubscriptions(['heartbeat BTC-USD']), 1)).toEqual([]);
    }
  });

  it('asks for the matches once, and gives them up when nobody needs them any more', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([trades]);
    conversation.read(writeSubscriptions(BOTH), 1);
    expect(conversation.subscribe([bars])).toEqual(writeRequests('subscribe', ['heartbeat BTC-USD']));
    expect(conversation.unsubscribe([trades])).toEqual([]);
    expect(conversation.unsubscribe([bars])).toEqual(writeRequests('unsubscribe', ['matches BTC-USD']));
  });

  it('hears that the venue serves a topic no longer', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([ticks, bars]);
    conversation.read(writeSubscriptions([...BOTH, 'ticker BTC-USD']), 1);
    expect(conversation.read(writeSubscriptions(['ticker BTC-USD']), 1)).toEqual([
      { type: 'UNSUBSCRIBED', topic: bars },
    ]);
    expect(barsOf(conversation, heartbeatAt(0), matchAt(60, 1, '1', '1'))).toEqual([]);
  });

  it('gives up all topics of a product that there is not', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([ticks, trades, bars]);
    const reason = 'Failed to subscribe: BTC-USD is not a valid product';
    expect(conversation.read(writeRefusal(symbol), 1)).toEqual(
      [ticks, trades, bars].map((topic) => ({ type: 'REFUSED', topic, reason })),
    );
    expect(conversation.read(writeRefusal(symbol), 1)).toEqual([{ type: 'TROUBLE', reason }]);
  });

  it('builds no bar whose beginning it may have missed, whatever the greeting heard before', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([bars]);
    conversation.read(heartbeatAt(0), 1);
    conversation.read(writeSubscriptions(BOTH), 1);
    const replayed = matchAt(-600, 1, '8', '1', 'last_match');
    expect(barsOf(conversation, replayed, matchAt(61, 2, '9', '1'), matchAt(119, 3, '9', '1'))).toEqual([]);
    expect(barsOf(conversation, matchAt(120, 4, '7', '1'), heartbeatAt(180))).toEqual([
      [120_000, false],
      [120_000, true],
    ]);
  });

  it('builds bars from matches that come already', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([trades]);
    conversation.read(writeSubscriptions(BOTH), 1);
    const hours: MarketTopic = { channel: 'bars', symbol, interval: 'H1' };
    conversation.subscribe([bars, hours]);
    conversation.read(writeSubscriptions(BOTH), 1);
    expect(barsOf(conversation, matchAt(0, 1, '5', '1'), matchAt(60, 2, '5', '1'))).toEqual([[60_000, false]]);
  });

  it('ends a bar with a ticker, too, but begins none', () => {
    const conversation = new CoinbaseConversation();
    conversation.subscribe([bars]);
    conversation.read(writeSubscriptions(BOTH), 1);
    const tickerAt = (seconds: number) => {
      const time = new Date(NOON + seconds * 1000).toISOString();
      return JSON.stringify({ ...JSON.parse(TICKER), product_id: symbol, time });
    };
    expect(barsOf(conversation, tickerAt(-600), matchAt(1, 1, '5', '1'), tickerAt(2))).toEqual([]);
    expect(barsOf(conversation, matchAt(60, 1, '5', '1'), tickerAt(120))).toEqual([
      [60_000, false],
      [60_000, true],
    ]);
  });
});

describe('a gateway to the replay of a session of Coinbase', () => {
  it('publishes quotes, prints and the bars that it builds', async () => {
    const frames = [
      matchAt(-30, 1, '99', '1', 'last_match'),
      heartbeatAt(0),
      TICKER.replace('BTC-USDT', 'BTC-USD'),
      matchAt(1, 2, '100.10', '0.5'),
      matchAt(60, 3, '100.20', '0.25'),
      matchAt(70, 4, '100.90', '0.10'),
      matchAt(80, 5, '99.50', '0.10'),
      matchAt(119.9, 6, '100.00', '0.05'),
      heartbeatAt(120),
    ];
    await using desk = await replayGateway({ venue: 'coinbase', session: sessionOf(frames) });
    desk.play();
    await until(() => desk.bars.some(({ isClosed }) => isClosed));
    expect(desk.quotes).toMatchObject([{ gateway: 'desk', symbol, bid: 22_345.67, ask: 22_349.68, stale: false }]);
    expect(desk.prints.map(({ tradeId, price, size, side }) => [tradeId, price, size, side])).toEqual([
      ['2', '100.10', '0.5', 'SELL'],
      ['3', '100.20', '0.25', 'SELL'],
      ['4', '100.90', '0.10', 'SELL'],
      ['5', '99.50', '0.10', 'SELL'],
      ['6', '100.00', '0.05', 'SELL'],
    ]);
    expect(desk.bars.at(-1)).toEqual({
      ...{ gateway: 'desk', symbol, interval: 'M1', openTime: NOON + 60_000, isClosed: true },
      ...{ open: 100.2, high: 100.9, low: 99.5, close: 100, volume: 0.5 },
    });
    expect(desk.bars).toHaveLength(5);
    expect(desk.lines.filter(({ message }) => message.includes('cannot'))).toEqual([]);
  });

  it('is told what the venue does not have', async () => {
    const frames = [heartbeatAt(0), matchAt(1, 2, '100.10', '0.5')];
    await using desk = await replayGateway({ venue: 'coinbase', session: sessionOf(frames) });
    desk.gateway.want([{ channel: 'trades', symbol: 'NO-SUCH' }]);
    await until(() => desk.refused.length > 0);
    expect(desk.refused).toEqual(['trades NO-SUCH: Failed to subscribe: NO-SUCH is not a valid product']);
  });
});
