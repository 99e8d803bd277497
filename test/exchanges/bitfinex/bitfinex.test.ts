import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import {
  CANDLE_SNAPSHOT,
  CANDLES_SUBSCRIBED,
  HEARTBEAT,
  NEXT_CANDLE,
  PONG,
  SAME_TRADE,
  TICKER,
  TICKER_SUBSCRIBED,
  TRADE,
  TRADE_SNAPSHOT,
  TRADES_SUBSCRIBED,
} from './bitfinex-frames.ts';

const symbol = 'tBTCUSD';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const minutes: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };
const venue = findVenue('bitfinex');
const [socket] = venue?.sockets ?? [];

describe('the venue bitfinex', () => {
  it('serves everything that it has on one socket, 25 topics on a connection', () => {
    expect(venue?.sockets.map(({ kind, url }) => [kind, url])).toEqual([['PUBLIC', 'wss://api-pub.bitfinex.com/ws/2']]);
    expect([ticks, trades].every((topic) => socket?.carries(topic))).toBe(true);
    const carried = LIVE_BAR_INTERVALS.filter((interval) => socket?.carries({ channel: 'bars', symbol, interval }));
    expect(carried).toEqual(['M1', 'M5', 'M15', 'M30', 'H1', 'D1']);
    expect(socket?.carries({ channel: 'ticks', symbol: 'fUSD' })).toBe(false);
    expect(socket?.limits).toEqual({ connects: { most: 20, perMs: 60_000 }, topics: 25 });
  });

  it('keeps its connections alive by messages that the venue answers', () => {
    const heartbeat = socket?.heartbeat;
    if (heartbeat?.kind !== 'message') throw new Error('received another heartbeat');
    expect(heartbeat.ping(0, 1234)).toBe('{"event":"ping","cid":1234}');
    expect([PONG, TRADE, '["pong"]'].map(heartbeat.isPong)).toEqual([true, false, false]);
  });
});

describe('a gateway to a replayed session of Bitfinex', () => {
  const acknowledged = [TICKER_SUBSCRIBED, HEARTBEAT, TRADES_SUBSCRIBED, CANDLES_SUBSCRIBED];

  it('publishes its ticks, prints and bars', async () => {
    const data = [TRADE_SNAPSHOT, TICKER, TRADE, SAME_TRADE, CANDLE_SNAPSHOT, NEXT_CANDLE];
    const session = sessionOf([...acknowledged, ...data]);
    await using desk = await replayGateway({ venue: 'bitfinex', session, topics: [ticks, trades, minutes] });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes).toMatchObject([{ gateway: 'desk', symbol, bid: 10_087.5, bidSize: null, ask: 10_088.25 }]);
    expect(desk.prints).toMatchObject([{ symbol, tradeId: '382489563', price: '10087.98969503', side: 'BUY' }]);
    expect(desk.bars.map(({ volume, isClosed }) => [volume, isClosed])).toEqual([
      [12.34567891, false],
      [12.34567891, true],
      [1e-8, false],
    ]);
    expect(
      desk.lines.filter(({ fields }) => 'reason' in fields && String(fields.reason).startsWith('received')),
    ).toEqual([]);
  });

  it('is refused a symbol that the venue does not have, and served a channel that is quiet', async () => {
    const session = sessionOf([TRADES_SUBSCRIBED, TRADE]);
    const odd: MarketTopic = { channel: 'ticks', symbol: 'tFOOBAR' };
    await using desk = await replayGateway({ venue: 'bitfinex', session, topics: [ticks, trades, odd] });
    expect(desk.refused).toEqual(['ticks tFOOBAR: 10300 symbol: invalid']);
    desk.play();
    await until(() => desk.prints.length === 1);
  });
});
