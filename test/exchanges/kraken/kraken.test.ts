import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS, type LiveBarInterval } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { CANDLE, NEXT_CANDLE, PONG, TICKER, TRADE, TRADE_SNAPSHOT } from './kraken-frames.ts';

const symbol = 'BTC/USD';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const minutes: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };
const hours: MarketTopic = { channel: 'bars', symbol, interval: 'H1' };
const sockets = findVenue('kraken')?.sockets ?? [];

describe('the venue kraken', () => {
  it('serves everything that it has on one kind of socket', () => {
    expect(sockets.map(({ kind, url }) => [kind, url])).toEqual([['PUBLIC', 'wss://ws.kraken.com/v2']]);
    const isCarried = (topic: MarketTopic) => sockets[0]?.carries(topic);
    expect([ticks, trades].map(isCarried)).toEqual([true, true]);
    expect(LIVE_BAR_INTERVALS.filter((interval) => isCarried({ channel: 'bars', symbol, interval }))).toEqual(
      LIVE_BAR_INTERVALS.filter((interval) => interval !== 'M3'),
    );
    expect(isCarried({ channel: 'ticks', symbol: '' })).toBe(false);
  });

  it('keeps its connections alive by messages that the venue answers', () => {
    const heartbeat = sockets[0]?.heartbeat;
    if (heartbeat?.kind !== 'message') throw new Error('received another heartbeat');
    expect(heartbeat.ping(0, 7)).toBe('{"method":"ping","req_id":7}');
    expect([PONG, TRADE, '"pong"'].map(heartbeat.isPong)).toEqual([true, false, false]);
    expect(heartbeat.intervalMs + heartbeat.timeoutMs).toBeLessThan(60_000);
  });

  it('forgets the bars of what is unsubscribed', () => {
    const conversation = sockets[0]?.converse(() => 0);
    const read = (text: string) => [...(conversation?.read(text, 0) ?? [])];
    read(CANDLE);
    conversation?.unsubscribe([minutes]);
    expect(read(NEXT_CANDLE)).toMatchObject([{ bar: { isClosed: false } }]);
  });
});

describe('a gateway to a replayed session of Kraken', () => {
  it('publishes its ticks, prints and bars, over a second connection those of another length of the same pair', async () => {
    const hour = CANDLE.replace('"interval":1', '"interval":60').replace('16:25:00', '16:00:00');
    const session = sessionOf([TRADE_SNAPSHOT, TICKER, TRADE, CANDLE, hour, NEXT_CANDLE]);
    await using desk = await replayGateway({ venue: 'kraken', session, topics: [ticks, trades, minutes, hours] });
    expect(desk.gateway.status().connections.map((each) => [each.kind, each.index, each.subscriptions])).toEqual([
      ['PUBLIC', 0, ['ticks BTC/USD', 'trades BTC/USD', 'bars BTC/USD M1']],
      ['PUBLIC', 1, ['bars BTC/USD H1']],
    ]);
    desk.play();
    await until(() => desk.bars.length === 4);
    expect(desk.quotes).toMatchObject([{ gateway: 'desk', symbol, bid: 99.9, ask: 100.1, stale: false }]);
    expect(desk.prints).toMatchObject([{ gateway: 'desk', symbol, price: '100.10', size: '0.25', side: 'BUY' }]);
    const bars = desk.bars.map(({ interval, close, isClosed }) => `${interval} ${close} ${isClosed}`);
    expect(bars.toSorted()).toEqual(['H1 101.25 false', 'M1 101.25 false', 'M1 101.25 false', 'M1 101.25 true']);
    expect(desk.lines.filter(({ message }) => message.includes('read'))).toEqual([]);
  });

  it('has bars of one length of many pairs on one connection, and as many connections as a pair has lengths', async () => {
    const pairs = ['BTC/USD', 'ETH/USD', 'SOL/USD'];
    const bars = (interval: LiveBarInterval) =>
      pairs.map((pair): MarketTopic => ({ channel: 'bars', symbol: pair, interval }));
    const session = sessionOf(pairs.map((pair) => CANDLE.replace('BTC/USD', pair)));
    const topics = [...bars('M1'), ...bars('H1'), ...bars('D1').slice(1)];
    await using desk = await replayGateway({ venue: 'kraken', session, topics });
    expect(desk.gateway.status().connections.map(({ subscriptions }) => subscriptions.length)).toEqual([3, 3, 2]);
  });

  it('is refused a pair that the venue does not have', async () => {
    const odd: MarketTopic = { channel: 'trades', symbol: 'FOO/BAR' };
    await using desk = await replayGateway({ venue: 'kraken', session: sessionOf([TRADE]), topics: [trades, odd] });
    expect(desk.refused).toEqual(['trades FOO/BAR: Currency pair not supported FOO/BAR']);
  });
});
