import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { writeAdmission } from '../../../src/exchanges/kucoin/dialect.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { replying, startHttpServer } from '../../support/http-server.ts';
import { startScriptedVenue, until } from '../../support/scripted-venue.ts';
import { readList } from '../contract-reading.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { watchGateway } from '../watched-gateway.ts';
import { CANDLE, MATCH, NEXT_CANDLE, SNAPSHOT, TICKER, WELCOME } from './kucoin-frames.ts';

const symbol = 'DAPPT-BTC';
const ticks: MarketTopic = { channel: 'ticks', symbol: 'SNX-BTC' };
const trades: MarketTopic = { channel: 'trades', symbol };
const minutes: MarketTopic = { channel: 'bars', symbol, interval: 'M1' };
const venue = findVenue('kucoin');
const [socket] = venue?.sockets ?? [];

describe('the venue kucoin', () => {
  it('serves everything on one socket, whose address has to be asked for', () => {
    expect(venue?.sockets).toHaveLength(1);
    expect([ticks, trades].every((topic) => socket?.carries(topic))).toBe(true);
    expect(LIVE_BAR_INTERVALS.every((interval) => socket?.carries({ channel: 'bars', symbol, interval }))).toBe(true);
    expect(socket?.carries({ channel: 'ticks', symbol: 'A,B' })).toBe(false);
    expect(socket?.admission).toMatchObject({
      method: 'POST',
      url: 'https://api.kucoin.com',
      target: '/api/v1/bullet-public',
    });
  });

  it('forgets the figures and bars of what is unsubscribed', () => {
    const conversation = socket?.converse(() => 0);
    const read = (text: string) => [...(conversation?.read(text, 0) ?? [])];
    read(CANDLE);
    read(SNAPSHOT);
    conversation?.unsubscribe([minutes, ticks]);
    expect(read(NEXT_CANDLE)).toMatchObject([{ bar: { isClosed: false } }]);
    expect(read(TICKER)).toMatchObject([{ quote: { open24h: null } }]);
  });
});

describe('a gateway to KuCoin', () => {
  it('asks for an address before each connection, and sends nothing before the venue has said welcome', async () => {
    const server = await startScriptedVenue();
    await using rest = await startHttpServer((request, response) => {
      const token = `token ${rest.seen.indexOf(request) + 1}`;
      response.end(writeAdmission(server.url, token));
    });
    const desk = watchGateway(server.url, { ...(venue && { venue }), urls: { rest: rest.url } });
    desk.gateway.want([trades]);
    desk.gateway.start();
    for (const connections of [1, 2]) {
      await until(() => server.connections.length === connections);
      const { connection } = server;
      expect(rest.seen.map(({ path }) => path)).toEqual(Array(connections).fill('/api/v1/bullet-public'));
      expect(new URL(connection.path, server.url).searchParams.get('token')).toBe(`token ${connections}`);
      // What had been sent unasked would have come before the answer to this.
      connection.ping('settle');
      await until(() => connection.pongs.includes('settle'));
      expect(connection.texts).toEqual([]);
      connection.send(WELCOME);
      await until(() => connection.texts.length > 0);
      expect(connection.texts).toEqual([
        `{"id":"1","type":"subscribe","topic":"/market/match:${symbol}","privateChannel":false,"response":true}`,
      ]);
      connection.close(1001, 'going away');
      await desk.untilState('DISCONNECTED');
      desk.passDelay();
    }
    await desk.gateway.stop();
    await server.close();
  });

  it('pings at the pace that the venue told with the address, with a text for an id', async () => {
    const server = await startScriptedVenue();
    const admission = writeAdmission(server.url, 'a').replace('"pingInterval":18000', '"pingInterval":25000');
    await using rest = await startHttpServer(replying(admission));
    const desk = watchGateway(server.url, { ...(venue && { venue }), urls: { rest: rest.url } });
    desk.gateway.start();
    await until(() => server.connections.length === 1);
    server.connection.send(WELCOME);
    await desk.untilState('CONNECTED');
    desk.clock.advance(24_999);
    expect(server.connection.texts).toEqual([]);
    desk.clock.advance(1);
    await until(() => server.connection.texts.length === 1);
    expect(server.connection.texts).toEqual([`{"id":"${desk.clock.now()}","type":"ping"}`]);
    await desk.gateway.stop();
    await server.close();
  });
});

describe('a gateway to a replayed session of KuCoin', () => {
  it('publishes its ticks, prints and bars', async () => {
    const session = sessionOf([TICKER, SNAPSHOT, MATCH, CANDLE, NEXT_CANDLE]);
    await using desk = await replayGateway({ venue: 'kucoin', session, topics: [ticks, trades, minutes] });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes.at(-1)).toMatchObject({ symbol: 'SNX-BTC', bid: 0.00028678, open24h: 0.00028466, stale: false });
    expect(desk.prints).toMatchObject([{ gateway: 'desk', symbol, price: '0.0000001117', size: '81.8814' }]);
    expect(desk.bars.map(({ close, isClosed }) => [close, isClosed])).toEqual([
      [0.0000001126, false],
      [0.0000001126, true],
      [0.0000001126, false],
    ]);
  });

  it('is refused the one symbol that the venue does not have, and served the others', async () => {
    const odd: MarketTopic = { channel: 'trades', symbol: 'FOO-BAR' };
    const session = sessionOf([MATCH, TICKER]);
    const topics: MarketTopic[] = [odd, trades, { channel: 'trades', symbol: 'SNX-BTC' }];
    await using desk = await replayGateway({ venue: 'kucoin', session, topics });
    expect(desk.refused).toEqual(['trades FOO-BAR: 404 topic /market/match:FOO-BAR is not found']);
    desk.play();
    await until(() => desk.prints.length === 1);
  });

  it('is told over HTTP where the socket is, and which pairs there are', async () => {
    const session = sessionOf([MATCH]);
    await using desk = await replayGateway({ venue: 'kucoin', session, topics: [trades] });
    const answer = await fetch(`${desk.restUrl}/api/v1/bullet-public`, { method: 'POST' });
    const address = socket?.admission?.read(await answer.text(), 'x')?.url;
    expect(address).toBe(`${desk.restUrl.replace('http', 'ws')}/endpoint?token=replay&connectId=x`);
    expect((await fetch(`${desk.restUrl}/api/v1/bullet-public`)).status).toBe(404);
    const symbols = await fetch(`${desk.restUrl}/api/v2/symbols`);
    expect(readList(venue?.contracts, await symbols.text())).toMatchObject({
      value: { items: [{ symbol, base: 'DAPPT', quote: 'BTC', listed: true }] },
    });
  });
});
