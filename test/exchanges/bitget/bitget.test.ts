import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { KLINES, NEXT_KLINE, TICKER, TRADE } from './frames.ts';

describe('the venue bitget', () => {
  it('serves all channels on one socket, which lives by texts', () => {
    const [socket, ...others] = findVenue('bitget')?.sockets ?? [];
    expect(others).toEqual([]);
    expect([socket?.kind, socket?.url]).toEqual(['PUBLIC', 'wss://ws.bitget.com/v3/ws/public']);
    expect(socket?.heartbeat).toMatchObject({ kind: 'text', ping: 'ping', pong: 'pong' });
    expect(socket?.carries({ channel: 'trades', symbol: 'BTCUSDT' })).toBe(true);
    expect(socket?.carries({ channel: 'bars', symbol: 'BTCUSDT', interval: 'D1' })).toBe(false);
  });
});

describe('a gateway to the replay of a session of Bitget', () => {
  it('publishes quotes, prints and bars, and nothing of the past', async () => {
    const history = TRADE.replace('"update"', '"snapshot"');
    const frames = [history, TICKER, TRADE, KLINES, NEXT_KLINE];
    await using desk = await replayGateway({ venue: 'bitget', session: sessionOf(frames) });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes).toMatchObject([{ gateway: 'desk', symbol: 'BTCUSDT', bid: 119_811.26, ask: 119_831.18 }]);
    expect(desk.prints).toMatchObject([{ tradeId: '1432912488536195072', price: '76671.22', side: 'SELL' }]);
    expect(desk.bars.map(({ openTime, isClosed }) => [openTime, isClosed])).toEqual([
      [1_755_564_480_000, false],
      [1_755_564_480_000, true],
      [1_755_564_540_000, false],
    ]);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });

  it('is told what the venue does not have', async () => {
    await using desk = await replayGateway({ venue: 'bitget', session: sessionOf([TICKER]) });
    desk.gateway.want([{ channel: 'trades', symbol: 'NOSUCH' }]);
    await until(() => desk.refused.length === 1);
    expect(desk.refused).toEqual(["trades NOSUCH: 30001 instType:spot,topic:publicTrade,symbol:NOSUCH doesn't exist"]);
  });
});
