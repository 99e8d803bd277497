import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { BAR, BEST_DELTA, BEST_SNAPSHOT, LINEAR_TICKER, SPOT_TICKER, TICKER_DELTA, TRADE } from './frames.ts';

describe('the venues of Bybit', () => {
  it.each([
    ['bybit', 'wss://stream.bybit.com/v5/public/spot'],
    ['bybit-linear', 'wss://stream.bybit.com/v5/public/linear'],
    ['bybit-inverse', 'wss://stream.bybit.com/v5/public/inverse'],
  ])('serve one market each: %s', (name, url) => {
    const sockets = findVenue(name)?.sockets ?? [];
    expect(sockets.map((socket) => [socket.kind, socket.url])).toEqual([['PUBLIC', url]]);
    expect(sockets[0]?.limits).toEqual({ connects: { most: 500, perMs: 300_000 }, topics: 200 });
    expect(sockets[0]?.carries({ channel: 'bars', symbol: 'BTCUSDT', interval: 'M3' })).toBe(true);
    expect(sockets[0]?.carries({ channel: 'ticks', symbol: 'BTC/USDT' })).toBe(false);
  });

  it('stay below 21,000 characters of channels with as many of the longest symbols as a connection takes', () => {
    const [socket] = findVenue('bybit')?.sockets ?? [];
    const topics = Array.from({ length: socket?.limits?.topics ?? 0 }, (_, index) => {
      return { channel: 'ticks', symbol: `${index}`.padEnd(32, 'X') } as const;
    });
    const requests = socket?.converse(() => 0).subscribe(topics) ?? [];
    const lengths = requests.map((request) => JSON.stringify(JSON.parse(request).args).length);
    expect(lengths.reduce((total, length) => total + length, 0)).toBeLessThan(21_000);
  });

  it('keep their connections alive by a numbered ping every 20 s', () => {
    const heartbeat = findVenue('bybit')?.sockets[0]?.heartbeat;
    expect(heartbeat).toMatchObject({ kind: 'message', intervalMs: 20_000 });
    expect(heartbeat?.kind === 'message' ? heartbeat.ping(1, 3) : '').toBe('{"req_id":"3","op":"ping"}');
  });

  it('publish quotes, prints and bars of a spot session (rebuilt)', async () => {
    const frames = [BEST_SNAPSHOT, SPOT_TICKER, TRADE, BEST_DELTA, BAR.replaceAll('kline.5.', 'kline.1.')];
    await using desk = await replayGateway({ venue: 'bybit', session: sessionOf(frames) });
    expect(desk.server.replay).toMatchObject({
      symbols: ['BTCUSDT', 'LTCUSDT'],
      channels: ['ticks', 'trades', 'bars'],
    });
    desk.play();
    await until(() => desk.quotes.length === 3 && desk.prints.length === 1 && desk.bars.length === 1);
    expect(desk.quotes.at(-1)).toMatchObject({ symbol: 'BTCUSDT', bid: 28_552, ask: 28_553, last: 21_109.77 });
    expect(desk.prints).toMatchObject([{ symbol: 'LTCUSDT', price: '94.53', size: '0.4', side: 'BUY' }]);
    expect(desk.bars).toMatchObject([{ interval: 'M1', open: 16_649.5, high: 16_677, low: 16_608, volume: 2.081 }]);
    expect(desk.gateway.status().connections).toHaveLength(1);
  });

  it('publish quotes of a linear and of an inverse session (rebuilt)', async () => {
    await using linear = await replayGateway({ venue: 'bybit-linear', session: sessionOf([LINEAR_TICKER]) });
    await using inverse = await replayGateway({ venue: 'bybit-inverse', session: sessionOf([TICKER_DELTA]) });
    linear.play();
    inverse.play();
    await until(() => linear.quotes.length + inverse.quotes.length === 2);
    expect(linear.quotes).toMatchObject([{ symbol: 'BTCUSDT', bid: 17_215.5, last: 17_216 }]);
    expect(inverse.quotes).toMatchObject([{ symbol: 'BTCUSD', ask: 28_560.5, askSize: 70_817 }]);
  });

  it('go on without a symbol that the venue does not have', async () => {
    await using desk = await replayGateway({ venue: 'bybit', session: sessionOf([TRADE]) });
    desk.gateway.want([
      { channel: 'trades', symbol: 'NOPEUSDT' },
      { channel: 'bars', symbol: 'LTCUSDT', interval: 'H1' },
    ]);
    await until(() => desk.refused.length > 0);
    expect(desk.refused).toEqual(['trades NOPEUSDT: error:handler not found,topic:publicTrade.NOPEUSDT']);
    desk.play();
    await until(() => desk.prints.length === 1);
    expect(desk.gateway.status().connections[0]?.subscriptions).toEqual(['trades LTCUSDT', 'bars LTCUSDT H1']);
  });
});
