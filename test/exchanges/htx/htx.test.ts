import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import type { SessionFrame } from '../../../src/simulator/replay/parse-session.ts';
import { binaryFrameText } from '../../../src/transport/frame-text.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { type WatchedGateway, watchGateway } from '../watched-gateway.ts';
import { BEST, CANDLE, DAY, NEXT_CANDLE, PING, recordedFrames, TRADE } from './htx-frames.ts';

const symbol = 'btcusdt';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const minutes: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };
const trades = (of: string): MarketTopic => ({ channel: 'trades', symbol: of });
const venue = findVenue('htx');
const [socket] = venue?.sockets ?? [];

describe('the venue htx', () => {
  it('serves everything that it has on one socket', () => {
    expect(venue?.sockets.map(({ kind, url }) => [kind, url])).toEqual([['PUBLIC', 'wss://api.huobi.pro/ws']]);
    expect([ticks, trades(symbol)].every((topic) => socket?.carries(topic))).toBe(true);
    const carried = LIVE_BAR_INTERVALS.filter((interval) => socket?.carries({ channel: 'bars', symbol, interval }));
    expect(carried).toEqual(['M1', 'M5', 'M15', 'M30', 'H1', 'H4']);
    expect(socket?.carries({ channel: 'ticks', symbol: 'BTC-USDT' })).toBe(false);
  });

  it('forgets the figures and bars of what is unsubscribed', () => {
    const conversation = socket?.converse(() => 0);
    const read = (text: string) => [...(conversation?.read(text, 0) ?? [])];
    read(CANDLE);
    read(DAY);
    conversation?.unsubscribe([minutes, ticks]);
    expect(read(NEXT_CANDLE)).toMatchObject([{ bar: { isClosed: false } }]);
    expect(read(BEST)).toMatchObject([{ quote: { open24h: null } }]);
  });
});

describe('the recorded frames of HTX', () => {
  const frames = recordedFrames();

  it('are 60, each of which unpacks to the recorded text', () => {
    const hashes = frames.map(({ bytes }) => createHash('sha256').update(binaryFrameText(bytes)).digest('hex'));
    expect(hashes).toHaveLength(60);
    expect(hashes).toEqual(frames.map(({ sha256 }) => sha256));
  });

  it('bring the four trades that were made meanwhile, and none of the eleven of before', () => {
    const conversation = socket?.converse(() => 0);
    const texts = frames.map(({ bytes }) => binaryFrameText(bytes)).filter((text) => text.includes('trade.detail'));
    const events = texts.flatMap((text) => [...(conversation?.read(text, 0) ?? [])]);
    expect(texts.join().match(/"tradeId"/g)).toHaveLength(15);
    expect(
      events.map((event) => event.type === 'PRINT' && [event.print.symbol, event.print.tradeId, event.print.price]),
    ).toEqual([
      ['fil3susdt', '5957204', '0.00013303'],
      ['fil3susdt', '5957205', '0.00013302'],
      ['fil3susdt', '5957206', '0.00013303'],
      ['xvgeth', '100037656928', '0.00002758'],
    ]);
  });
});

describe('a gateway to HTX', () => {
  let server: ScriptedVenue;
  let desk: WatchedGateway;

  beforeEach(async () => {
    server = await startScriptedVenue();
    desk = watchGateway(server.url, { ...(venue && { venue }), urls: { public: server.url } });
    desk.gateway.start();
    await until(() => server.connections.length === 1);
  });
  afterEach(async () => {
    await desk.gateway.stop();
    await server.close();
  });

  it('answers a packed ping with the same number within 50 ms', async () => {
    const delays: number[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      const sentAt = performance.now();
      server.connection.send(gzipSync(PING.replace('643', `64${number}`)));
      await until(() => server.connection.texts.length === number);
      delays.push(performance.now() - sentAt);
      expect(server.connection.texts.at(-1)).toBe(`{"pong":161867807364${number}}`);
    }
    // The machine may be busy with something else during one of them.
    expect(Math.min(...delays)).toBeLessThan(50);
  });

  it('publishes what packed frames bring, as they were recorded', async () => {
    desk.gateway.want([trades('fil3susdt'), trades('xvgeth')]);
    await until(() => server.connection.texts.length === 2);
    for (const { bytes } of recordedFrames()) server.connection.send(bytes);
    await until(() => desk.prints.length === 4);
    expect(desk.prints.map(({ tradeId }) => tradeId)).toEqual(['5957204', '5957205', '5957206', '100037656928']);
    expect(desk.prints.at(-1)).toEqual({
      gateway: 'desk',
      symbol: 'xvgeth',
      tradeId: '100037656928',
      timestamp: 1_618_678_071_903,
      receivedAt: desk.clock.now(),
      price: '0.00002758',
      size: '811.23',
      side: 'BUY',
    });
  });
});

describe('a gateway to a replayed session of HTX', () => {
  it('publishes its ticks, prints and bars, and answers its pings', async () => {
    const session = sessionOf([BEST, DAY, TRADE, CANDLE, NEXT_CANDLE]);
    await using desk = await replayGateway({ venue: 'htx', session, topics: [ticks, trades('trioeth'), minutes] });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes.at(-1)).toMatchObject({ symbol, bid: 7541.16, ask: 7543.59, last: 7542.01, stale: false });
    expect(desk.prints).toMatchObject([{ symbol: 'trioeth', price: '0.00000092', size: '20995.88' }]);
    expect(desk.bars.map(({ close, isClosed }) => [close, isClosed])).toEqual([
      [7542.01, false],
      [7542.01, true],
      [7542.01, false],
    ]);
    await until(() => desk.gateway.status().connections[0]?.lastSentText?.startsWith('{"pong":') === true);
  });

  it('has the recorded trades in it, and no symbol that was not recorded', async () => {
    const session = recordedFrames().map(({ time, bytes }): SessionFrame => {
      return { time, direction: 'in', text: binaryFrameText(bytes) };
    });
    const topics = [trades('fil3susdt'), trades('xvgeth'), trades('foobar')];
    await using desk = await replayGateway({ venue: 'htx', session, topics });
    expect(desk.refused).toEqual(['trades foobar: bad-request invalid topic market.foobar.trade.detail']);
    desk.play();
    await until(() => desk.prints.length === 4);
  });
});
