import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { DeribitConversation } from '../../../src/exchanges/deribit/conversation.ts';
import { writeError, writeResult, writeTest } from '../../../src/exchanges/deribit/dialect.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { answerTo } from '../../../src/transport/heartbeat.ts';
import { startScriptedVenue, until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { watchGateway } from '../watched-gateway.ts';
import { CANDLE, ERROR, SUBSCRIBED, TEST_REQUEST, TICKER, TRADES } from './frames.ts';

const symbol = 'BTC-PERPETUAL';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };

describe('the venue deribit', () => {
  it('serves all channels on one socket, and answers only test requests', () => {
    const [socket, ...others] = findVenue('deribit')?.sockets ?? [];
    if (socket === undefined) throw new Error('there is no socket');
    expect(others).toEqual([]);
    expect([socket.kind, socket.url]).toEqual(['PUBLIC', 'wss://www.deribit.com/ws/api/v2']);
    expect([ticks, trades].map((topic) => socket.carries(topic))).toEqual([true, true]);
    expect(answerTo(socket.heartbeat, TEST_REQUEST)).toBe(writeTest());
    expect(answerTo(socket.heartbeat, TICKER)).toBeUndefined();
  });
});

describe('a conversation with Deribit', () => {
  it('begins with the wish for heartbeats', () => {
    expect(new DeribitConversation().greeting).toEqual([
      '{"jsonrpc":"2.0","id":0,"method":"public/set_heartbeat","params":{"interval":10}}',
    ]);
  });

  it('takes for served what the answer to its request names, and for refused what it does not', () => {
    const conversation = new DeribitConversation();
    expect(conversation.subscribe([ticks, trades])).toEqual([
      '{"jsonrpc":"2.0","id":1,"method":"public/subscribe","params":{"channels":["ticker.BTC-PERPETUAL.100ms","trades.BTC-PERPETUAL.100ms"]}}',
    ]);
    expect(conversation.read(SUBSCRIBED, 1)).toEqual([
      { type: 'SUBSCRIBED', topic: ticks },
      {
        type: 'REFUSED',
        topic: trades,
        reason: 'the venue did not subscribe to trades.BTC-PERPETUAL.100ms',
      },
    ]);
    expect(conversation.read(SUBSCRIBED, 1)).toMatchObject([{ type: 'UNREADABLE' }]);
  });

  it('tells requests apart by their ids', () => {
    const conversation = new DeribitConversation();
    conversation.subscribe([ticks]);
    conversation.subscribe([trades]);
    conversation.unsubscribe([ticks]);
    expect(conversation.read(writeResult('2', ['trades.BTC-PERPETUAL.100ms']), 1)).toEqual([
      { type: 'SUBSCRIBED', topic: trades },
    ]);
    expect(conversation.read(writeResult('3', ['ticker.BTC-PERPETUAL.100ms']), 1)).toEqual([
      { type: 'UNSUBSCRIBED', topic: ticks },
    ]);
  });

  it('asks for channels one by one when the venue cannot read them together', () => {
    const conversation = new DeribitConversation();
    conversation.subscribe([ticks, trades]);
    const asked = conversation.read(ERROR, 1).map((event) => event.type === 'ANSWER' && JSON.parse(event.text));
    expect(asked).toMatchObject([
      { id: 2, method: 'public/subscribe', params: { channels: ['ticker.BTC-PERPETUAL.100ms'] } },
      { id: 3, method: 'public/subscribe', params: { channels: ['trades.BTC-PERPETUAL.100ms'] } },
    ]);
    expect(conversation.read(ERROR.replace('"id":1', '"id":2'), 1)).toEqual([
      { type: 'REFUSED', topic: ticks, reason: '-32602 Invalid params' },
    ]);
    expect(conversation.read(writeResult('3', ['trades.BTC-PERPETUAL.100ms']), 1)).toEqual([
      { type: 'SUBSCRIBED', topic: trades },
    ]);
  });

  it('takes any other error for one that may pass', () => {
    const conversation = new DeribitConversation();
    conversation.subscribe([ticks]);
    expect(conversation.read(writeError('1', 10_028, 'too_many_requests'), 1)).toEqual([
      { type: 'TROUBLE', reason: '10028 too_many_requests' },
    ]);
  });

  it('does not close a bar whose last candles may have been missed', () => {
    const conversation = new DeribitConversation();
    conversation.read(CANDLE, 1);
    conversation.unsubscribe([{ channel: 'bars', symbol: 'BTC_USDC-PERPETUAL', interval: 'M1' }]);
    expect(conversation.read(CANDLE.replace('1655403420000', '1655403480000'), 1)).toMatchObject([
      { type: 'BAR', bar: { isClosed: false } },
    ]);
  });
});

describe('a gateway to Deribit', () => {
  it('asks for heartbeats first of all, and answers a test request', async () => {
    const server = await startScriptedVenue();
    const venue = findVenue('deribit');
    if (venue === undefined) throw new Error('there is no venue');
    const watched = watchGateway('', { venue, urls: { public: server.url }, symbols: [symbol], channels: ['ticks'] });
    watched.gateway.start();
    await until(() => server.connections.length === 1 && server.connection.texts.length === 2);
    const methods = server.connection.texts.map((text) => JSON.parse(text).method);
    expect(methods).toEqual(['public/set_heartbeat', 'public/subscribe']);
    server.connection.send(TEST_REQUEST);
    await until(() => server.connection.texts.length === 3);
    expect(server.connection.texts.at(-1)).toBe(writeTest());
    expect(watched.gateway.status().connections[0]?.lastSentText).toBe(writeTest());
    await watched.gateway.stop();
    await server.close();
  });

  it('publishes quotes, prints and bars of a replayed session', async () => {
    const ofOne = (frame: string) => frame.replaceAll('BTC_USDC-PERPETUAL', symbol);
    const frames = [TICKER, TRADES, CANDLE, CANDLE.replace('1655403420000', '1655403480000')].map(ofOne);
    await using desk = await replayGateway({ venue: 'deribit', session: sessionOf(frames) });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes).toMatchObject([
      { gateway: 'desk', symbol, bid: 7750, ask: 7750.5, last: 7750.5, stale: false },
    ]);
    expect(desk.prints).toMatchObject([{ tradeId: 'USDC-2436803', price: '21026.50', size: '0.049', side: 'BUY' }]);
    expect(desk.bars.map(({ openTime, isClosed }) => [openTime, isClosed])).toEqual([
      [1_655_403_420_000, false],
      [1_655_403_420_000, true],
      [1_655_403_480_000, false],
    ]);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });

  it('is told what the venue does not have', async () => {
    await using desk = await replayGateway({ venue: 'deribit', session: sessionOf([TICKER]) });
    desk.gateway.want([
      { channel: 'trades', symbol: 'NO-SUCH' },
      { channel: 'bars', symbol, interval: 'H4' },
    ]);
    await until(() => desk.refused.length === 2);
    expect(desk.refused).toEqual([
      'bars BTC-PERPETUAL H4: the venue does not offer it',
      'trades NO-SUCH: the venue did not subscribe to trades.NO-SUCH.100ms',
    ]);
  });
});
