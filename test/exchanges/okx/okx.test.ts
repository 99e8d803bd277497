import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';

const symbol = 'BTC-USDT';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const bars: MarketTopic = { channel: 'bars', symbol, interval: 'H4' };

describe('the venue okx', () => {
  it('serves tickers and trades on the public socket and candles on the business socket', () => {
    const sockets = findVenue('okx')?.sockets ?? [];
    expect(sockets.map(({ kind, url }) => [kind, url])).toEqual([
      ['PUBLIC', 'wss://ws.okx.com:8443/ws/v5/public'],
      ['BUSINESS', 'wss://ws.okx.com:8443/ws/v5/business'],
    ]);
    const trades: MarketTopic = { channel: 'trades', symbol };
    const carried = sockets.map((socket) => [ticks, trades, bars].map((topic) => socket.carries(topic)));
    expect(carried).toEqual([
      [true, true, false],
      [false, false, true],
    ]);
  });

  it.each([[''], ['x'.repeat(65)]])('carries no symbol that cannot be one: %j', (odd) => {
    const sockets = findVenue('okx')?.sockets ?? [];
    expect(sockets.some((socket) => socket.carries({ channel: 'ticks', symbol: odd }))).toBe(false);
  });

  it('subscribes, hears and unsubscribes', () => {
    const business = findVenue('okx')?.sockets[1]?.converse(() => 0);
    expect(business?.subscribe([bars])).toEqual([
      '{"op":"subscribe","args":[{"channel":"candle4H","instId":"BTC-USDT"}]}',
    ]);
    expect(business?.unsubscribe([bars])).toEqual([
      '{"op":"unsubscribe","args":[{"channel":"candle4H","instId":"BTC-USDT"}]}',
    ]);
    const read = business?.read;
    expect([...(read?.('{"event":"subscribe","arg":{"channel":"candle4H","instId":"BTC-USDT"}}', 1) ?? [])]).toEqual([
      { type: 'SUBSCRIBED', topic: bars },
    ]);
  });

  it('keeps its connections alive by text, in time for the 30 s of the venue', () => {
    for (const { heartbeat } of findVenue('okx')?.sockets ?? []) {
      expect(heartbeat).toMatchObject({ kind: 'text', ping: 'ping', pong: 'pong' });
      expect('intervalMs' in heartbeat ? heartbeat.intervalMs : Number.NaN).toBeLessThan(30_000);
    }
  });
});

describe('an account at the venue okx', () => {
  const account = findVenue('okx')?.account;

  it('is pushed over the private socket and asked for at its REST API', () => {
    expect(account?.socket.url).toBe('wss://ws.okx.com:8443/ws/v5/private');
    expect(account?.rest.url).toBe('https://www.okx.com');
    expect(account?.socket.heartbeat).toEqual(findVenue('okx')?.sockets[0]?.heartbeat);
  });

  it('is subscribed to by channels, and by nothing when there are none', () => {
    expect(account?.socket.subscribe(['balances'])).toEqual(['{"op":"subscribe","args":[{"channel":"account"}]}']);
    expect(account?.socket.subscribe([])).toEqual([]);
  });

  it('is forgotten by a reader that begins anew', () => {
    const long = '{"arg":{"channel":"positions"},"data":[{"instId":"A","posId":"1","posSide":"long","pos":"1"}]}';
    const short = '{"arg":{"channel":"positions"},"data":[{"instId":"A","posId":"2","posSide":"short","pos":"1"}]}';
    const first = account?.socket.createReader();
    expect([...(first?.(long, 1) ?? [])]).toMatchObject([{ position: { volumeLong: 1, volumeShort: 0 } }]);
    expect([...(first?.(short, 1) ?? [])]).toMatchObject([{ position: { volumeLong: 1, volumeShort: 1 } }]);
    const second = account?.socket.createReader();
    expect([...(second?.(short, 1) ?? [])]).toMatchObject([{ position: { volumeLong: 0, volumeShort: 1 } }]);
  });
});

describe('findVenue', () => {
  it('knows the paper venue as one that speaks the protocol of OKX', () => {
    const paper = findVenue('paper');
    expect(paper?.name).toBe('paper');
    expect(paper?.sockets.map(({ kind }) => kind)).toEqual(['PUBLIC', 'BUSINESS']);
    const [paperAsks, okxAsks] = [paper, findVenue('okx')].map((each) =>
      each?.sockets[0]?.converse(() => 0).subscribe([ticks]),
    );
    expect(paperAsks).toEqual(okxAsks);
    expect(paper?.account?.socket.url).toBe('ws://127.0.0.1/ws/v5/private');
    expect(paper?.account?.rest.url).toBe('http://127.0.0.1');
  });

  it.each(['', 'OKX', 'constructor', '__proto__'])('knows no venue %j', (name) => {
    expect(findVenue(name)).toBeUndefined();
  });
});
