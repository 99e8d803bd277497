import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { watchGateway } from '../watched-gateway.ts';
import {
  FULL_SPOT_BAR,
  FUTURES_BAR,
  FUTURES_BEST,
  FUTURES_TICKER,
  FUTURES_TRADE,
  SPOT_BEST,
  SPOT_TICKER,
  SPOT_TRADE,
} from './frames.ts';

describe('the venues of Gate', () => {
  it.each([
    ['gate', 'wss://api.gateio.ws/ws/v4/', 'spot'],
    ['gate-futures', 'wss://fx-ws.gateio.ws/v4/ws/usdt', 'futures'],
  ])('serve one market each: %s', (name, url, market) => {
    const [socket, ...others] = findVenue(name)?.sockets ?? [];
    expect(others).toEqual([]);
    expect(socket).toMatchObject({ kind: 'PUBLIC', url });
    const heartbeat = socket?.heartbeat;
    expect(heartbeat).toMatchObject({ kind: 'message', intervalMs: 15_000 });
    expect(heartbeat?.kind === 'message' && heartbeat.ping(1_700_000_000_999, 1)).toBe(
      `{"time":1700000000,"channel":"${market}.ping"}`,
    );
    expect(heartbeat?.kind === 'message' && heartbeat.isPong(`{"channel":"${market}.pong"}`)).toBe(true);
  });

  it('carry no bars of three minutes, and no symbol that cannot be one', () => {
    const [socket] = findVenue('gate')?.sockets ?? [];
    const symbol = 'BTC_USDT';
    expect(socket?.carries({ channel: 'bars', symbol, interval: 'M1' })).toBe(true);
    expect(socket?.carries({ channel: 'bars', symbol, interval: 'M3' })).toBe(false);
    expect(socket?.carries({ channel: 'ticks', symbol })).toBe(true);
    expect(socket?.carries({ channel: 'trades', symbol: 'BTCUSDT' })).toBe(false);
  });

  it('say their time in requests', () => {
    const [socket] = findVenue('gate')?.sockets ?? [];
    const conversation = socket?.converse(() => 1_700_000_000_999);
    const [request = '{}'] = conversation?.subscribe([{ channel: 'trades', symbol: 'BTC_USDT' }]) ?? [];
    expect(JSON.parse(request).time).toBe(1_700_000_000);
  });

  it.each([
    ['gate', undefined],
    ['gate-futures', '1'],
  ])(
    'connect with the header that asks for sizes with decimals, where sizes are contracts: %s',
    async (name, value) => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      const origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const venue = findVenue(name);
      const { gateway } = watchGateway(origin, { ...(venue && { venue }), urls: { public: origin } });
      const connected = once(server, 'connection');
      gateway.start();
      const [, request] = await connected;
      expect(request.headers['x-gate-size-decimal']).toBe(value);
      await gateway.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  );

  it('publish quotes, prints and bars of a spot session (rebuilt)', async () => {
    const frames = [SPOT_BEST, SPOT_TICKER, SPOT_TRADE, FULL_SPOT_BAR];
    await using desk = await replayGateway({ venue: 'gate', session: sessionOf(frames) });
    expect(desk.server.replay).toMatchObject({
      symbols: ['BTC_USDT', 'DIS_USDT', 'ETC_ETH'],
      channels: ['ticks', 'trades', 'bars'],
    });
    desk.play();
    await until(() => desk.quotes.length === 2 && desk.prints.length === 1 && desk.bars.length === 1);
    expect(desk.quotes.at(-1)).toMatchObject({
      symbol: 'ETC_ETH',
      bid: 0.010326,
      last: 0.0018716,
      volume24h: 1138.01,
    });
    expect(desk.prints).toMatchObject([{ symbol: 'DIS_USDT', price: '121.5800000000', side: 'SELL' }]);
    expect(desk.bars).toMatchObject([{ symbol: 'BTC_USDT', interval: 'M1', open: 86_525.1, isClosed: true }]);
  });

  it('publish quotes, prints and bars of a futures session (rebuilt)', async () => {
    const frames = [FUTURES_BEST, FUTURES_TICKER, FUTURES_TRADE, FUTURES_BAR.replace('1h_', '1m_')];
    await using desk = await replayGateway({ venue: 'gate-futures', session: sessionOf(frames) });
    desk.play();
    await until(() => desk.quotes.length === 2 && desk.prints.length === 1 && desk.bars.length === 1);
    expect(desk.quotes.at(-1)).toMatchObject({ symbol: 'PHB_USDT', bidSize: 814, last: 118.4 });
    expect(desk.prints).toMatchObject([{ symbol: 'ETH_USDT', tradeId: '1', size: '0.25', side: 'SELL' }]);
    expect(desk.bars).toMatchObject([{ symbol: 'BTC_USDT', high: 96.9, low: 89.5, volume: 27_525_555 }]);
  });

  it('go on without a symbol that the venue does not have', async () => {
    await using desk = await replayGateway({ venue: 'gate', session: sessionOf([SPOT_TRADE]) });
    desk.gateway.want([
      { channel: 'ticks', symbol: 'NOPE_USDT' },
      { channel: 'ticks', symbol: 'DIS_USDT' },
    ]);
    await until(() => desk.refused.length > 0);
    expect(desk.refused).toEqual(['ticks NOPE_USDT: 2 unknown currency pair: NOPE_USDT']);
    desk.play();
    await until(() => desk.prints.length === 1);
    expect(desk.gateway.status().connections[0]?.subscriptions).toEqual(['trades DIS_USDT', 'ticks DIS_USDT']);
  });
});
