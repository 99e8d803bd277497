import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { parseSession } from '../../../src/simulator/replay/parse-session.ts';
import { startScriptedVenue, until } from '../../support/scripted-venue.ts';
import { sessionPath } from '../recorded-frames.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { watchGateway } from '../watched-gateway.ts';

const symbol = 'BTCUSDT';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const bars: MarketTopic = { channel: 'bars', symbol, interval: 'M3' };

describe('the venue binance', () => {
  const [socket] = findVenue('binance')?.sockets ?? [];

  it('serves everything on one socket, and no symbol in small letters', () => {
    expect(findVenue('binance')?.sockets).toHaveLength(1);
    expect(socket).toMatchObject({ kind: 'PUBLIC', url: 'wss://stream.binance.com:9443/stream' });
    expect([ticks, trades, bars].map((topic) => socket?.carries(topic))).toEqual([true, true, true]);
    expect(socket?.carries({ channel: 'ticks', symbol: 'btcusdt' })).toBe(false);
  });

  it('stays below 300 connects in 5 minutes, 5 frames a second with a pong among them, 1,024 streams and 24 hours', () => {
    expect(socket?.limits).toEqual({
      connects: { most: 300, perMs: 300_000 },
      frames: { most: 4, perMs: 1000 },
      topics: 512,
      lifetimeMs: 86_400_000,
    });
    expect(socket?.heartbeat).toEqual({ kind: 'serverFrame' });
  });

  it('publishes the recorded session: 84 quotes, 2 prints and 2 bars', async () => {
    const session = parseSession(readFileSync(sessionPath('binance-2021-10-12.jsonl'), 'utf8'));
    await using desk = await replayGateway({ venue: 'binance', session });
    expect(desk.server.replay).toMatchObject({
      symbols: ['BLZETH', 'LRCBTC', 'NKNUSDT'],
      channels: ['ticks', 'trades', 'bars'],
    });
    desk.play();
    await until(() => desk.prints.length === 2 && desk.quotes.length === 84);
    expect(desk.prints.map(({ symbol, price, size, side }) => [symbol, price, size, side])).toEqual([
      ['NKNUSDT', '0.35280000', '58.00000000', 'BUY'],
      ['LRCBTC', '0.00000638', '177.00000000', 'BUY'],
    ]);
    expect(desk.quotes.at(0)).toMatchObject({ gateway: 'desk', symbol: 'NKNUSDT', bid: 0.3521, stale: false });
    expect(desk.bars.map(({ symbol, interval, close }) => [symbol, interval, close])).toEqual([
      ['NKNUSDT', 'M1', 0.3528],
      ['LRCBTC', 'M1', 0.00000638],
    ]);
    expect(desk.refused).toEqual([]);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });
});

describe('a server of Binance that shuts down', () => {
  it('is left for another connection, of which nothing is lost and nothing comes twice', async () => {
    const server = await startScriptedVenue();
    server.onText = (connection, text) => connection.send(`{"result":null,"id":${JSON.parse(text).id}}`);
    const venue = findVenue('binance');
    const { gateway, prints, untilState } = watchGateway(server.url, {
      ...(venue && { venue }),
      ...{ urls: { public: server.url }, symbols: [symbol], channels: ['trades'] },
    });
    const trade = (id: number): string =>
      `{"stream":"btcusdt@aggTrade","data":{"s":"BTCUSDT","a":${id},"p":"1","q":"2","T":3,"m":true}}`;
    gateway.start();
    await untilState('CONNECTED');
    const [first] = server.connections;
    first?.send(trade(1));
    first?.send('{"e":"serverShutdown","E":1770123456789}');
    first?.send(trade(2));
    await until(() => first?.isClosed === true);
    const second = server.connection;
    expect(second).not.toBe(first);
    expect(second.texts).toEqual(['{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":1}']);
    second.send(trade(2));
    second.send(trade(3));
    await until(() => prints.length === 3);
    expect(prints.map(({ tradeId }) => tradeId)).toEqual(['1', '2', '3']);
    expect(gateway.status()).toMatchObject({ state: 'CONNECTED', connections: [{ reconnects: 1 }] });
    await gateway.stop();
    await server.close();
  });
});

describe('the venue binance-usdm', () => {
  const sockets = findVenue('binance-usdm')?.sockets ?? [];

  it('serves quotes on one socket, prints and bars on the other, which the configuration calls market', () => {
    expect(sockets.map(({ kind, url, urlName }) => [kind, url, urlName])).toEqual([
      ['PUBLIC', 'wss://fstream.binance.com/public/stream', undefined],
      ['BUSINESS', 'wss://fstream.binance.com/market/stream', 'market'],
    ]);
    expect(sockets.map((socket) => [ticks, trades, bars].map((topic) => socket.carries(topic)))).toEqual([
      [true, false, false],
      [false, true, true],
    ]);
  });

  it('stays below 10 frames a second, 1,024 streams and 24 hours on each', () => {
    for (const { limits } of sockets) {
      expect(limits).toEqual({ frames: { most: 9, perMs: 1000 }, topics: 1024, lifetimeMs: 86_400_000 });
    }
  });

  it('publishes a session of both sockets (rebuilt)', async () => {
    const session = sessionOf([
      '{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":400900217,"E":1568014460893,"T":1568014460891,"s":"BTCUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}}',
      '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1568014460894,"a":5933014,"s":"BTCUSDT","p":"25.360","q":"100","f":100,"l":105,"T":1568014460890,"m":true}}',
      '{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1568014460895,"s":"BTCUSDT","k":{"t":1568014440000,"T":1568014499999,"s":"BTCUSDT","i":"1m","o":"25.1","c":"25.3","h":"25.4","l":"25.0","v":"1000","n":100,"x":false,"q":"1","V":"500","Q":"1","B":"0"}}}',
    ]);
    await using desk = await replayGateway({ venue: 'binance-usdm', session });
    desk.play();
    await until(() => desk.quotes.length === 1 && desk.prints.length === 1 && desk.bars.length === 1);
    expect(desk.quotes).toMatchObject([{ timestamp: 1_568_014_460_893, bid: 25.3519, askSize: 40.66, last: null }]);
    expect(desk.prints).toMatchObject([{ tradeId: '5933014', price: '25.360', size: '100', side: 'SELL' }]);
    expect(desk.bars).toMatchObject([{ open: 25.1, high: 25.4, low: 25, close: 25.3, volume: 1000 }]);
    const connections = desk.gateway.status().connections;
    expect(connections.map(({ kind, subscriptions }) => [kind, subscriptions])).toEqual([
      ['PUBLIC', ['ticks BTCUSDT']],
      ['BUSINESS', ['trades BTCUSDT', 'bars BTCUSDT M1']],
    ]);
  });
});
