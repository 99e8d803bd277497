import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { until } from '../../support/scripted-venue.ts';
import { connectToReplay, sessionOf } from '../replayed-session.ts';
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
    await using replayed = await connectToReplay('bybit', sessionOf(frames));
    const { server, watched, play } = replayed;
    expect(server.replay).toMatchObject({ symbols: ['BTCUSDT', 'LTCUSDT'], channels: ['ticks', 'trades', 'bars'] });
    play();
    await until(() => watched.quotes.length === 3 && watched.prints.length === 1 && watched.bars.length === 1);
    expect(watched.quotes.at(-1)).toMatchObject({ symbol: 'BTCUSDT', bid: 28_552, ask: 28_553, last: 21_109.77 });
    expect(watched.prints).toMatchObject([{ symbol: 'LTCUSDT', price: '94.53', size: '0.4', side: 'BUY' }]);
    expect(watched.bars).toMatchObject([{ interval: 'M1', open: 16_649.5, high: 16_677, low: 16_608, volume: 2.081 }]);
    expect(watched.gateway.status().connections).toHaveLength(1);
  });

  it('publish quotes of a linear and of an inverse session (rebuilt)', async () => {
    await using linear = await connectToReplay('bybit-linear', sessionOf([LINEAR_TICKER]));
    await using inverse = await connectToReplay('bybit-inverse', sessionOf([TICKER_DELTA]));
    linear.play();
    inverse.play();
    await until(() => linear.watched.quotes.length + inverse.watched.quotes.length === 2);
    expect(linear.watched.quotes).toMatchObject([{ symbol: 'BTCUSDT', bid: 17_215.5, last: 17_216 }]);
    expect(inverse.watched.quotes).toMatchObject([{ symbol: 'BTCUSD', ask: 28_560.5, askSize: 70_817 }]);
  });

  it('go on without a symbol that the venue does not have', async () => {
    await using replayed = await connectToReplay('bybit', sessionOf([TRADE]));
    const { watched, play } = replayed;
    watched.gateway.want([
      { channel: 'trades', symbol: 'NOPEUSDT' },
      { channel: 'bars', symbol: 'LTCUSDT', interval: 'H1' },
    ]);
    await until(() => watched.refused.length > 0);
    expect(watched.refused).toEqual(['trades NOPEUSDT: error:handler not found,topic:publicTrade.NOPEUSDT']);
    play();
    await until(() => watched.prints.length === 1);
    expect(watched.gateway.status().connections[0]?.subscriptions).toEqual(['trades LTCUSDT', 'bars LTCUSDT H1']);
  });
});
