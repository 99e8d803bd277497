import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { UpbitConversation } from '../../../src/exchanges/upbit/conversation.ts';
import { parseRequest, symbolOf, writeList } from '../../../src/exchanges/upbit/dialect.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { createUpbitReplay } from '../../../src/simulator/replay/upbit-replay.ts';
import { until } from '../../support/scripted-venue.ts';
import { replayGateway, sessionOf } from '../replayed-gateway.ts';
import { BOOK, CANDLE, ERROR, TICKER, TRADE } from './frames.ts';

const trades = (symbol: string): MarketTopic => ({ channel: 'trades', symbol });
const ticks = (symbol: string): MarketTopic => ({ channel: 'ticks', symbol });

const asked = (texts: readonly string[]) => texts.map((text) => parseRequest(text)?.channels);
const answers = (events: readonly VenueEvent[]) =>
  events.flatMap((event) => (event.type === 'ANSWER' ? [event.text] : []));

describe('the venue upbit', () => {
  it('serves all channels on one socket', () => {
    const [socket, ...others] = findVenue('upbit')?.sockets ?? [];
    expect(others).toEqual([]);
    expect([socket?.kind, socket?.url]).toEqual(['PUBLIC', 'wss://api.upbit.com/websocket/v1']);
    expect(socket?.carries(ticks('KRW-BTC'))).toBe(true);
    expect(socket?.carries({ channel: 'bars', symbol: 'KRW-BTC', interval: 'D1' })).toBe(false);
  });
});

describe('a conversation with Upbit', () => {
  it('names with each request all that it is subscribed to, and asks for the list', () => {
    const conversation = new UpbitConversation();
    expect(conversation.subscribe([trades('KRW-BTC')])).toEqual([
      '[{"ticket":"deskgraph-1"},{"type":"trade","codes":["KRW-BTC"],"isOnlyRealtime":true}]',
      '[{"ticket":"deskgraph-1"},{"method":"LIST_SUBSCRIPTIONS"}]',
    ]);
    expect(asked(conversation.subscribe([ticks('KRW-ETH')]))).toEqual([
      ['trade KRW-BTC', 'ticker KRW-ETH', 'orderbook KRW-ETH'],
      undefined,
    ]);
    expect(asked(conversation.unsubscribe([trades('KRW-BTC')]))).toEqual([
      ['ticker KRW-ETH', 'orderbook KRW-ETH'],
      undefined,
    ]);
  });

  it('ends the last subscription with a request that leaves nothing', () => {
    const conversation = new UpbitConversation();
    conversation.subscribe([trades('KRW-BTC')]);
    expect(conversation.unsubscribe([trades('KRW-BTC')])).toEqual([
      '[{"ticket":"deskgraph-2"},{"type":"ticker","codes":["KRW-BTC"],"isOnlySnapshot":true}]',
      '[{"ticket":"deskgraph-2"},{"method":"LIST_SUBSCRIPTIONS"}]',
    ]);
    expect(conversation.unsubscribe([trades('KRW-BTC')])).toEqual([]);
  });

  it('takes a topic for served when all of it is listed, so that a quiet market is no failure', () => {
    const conversation = new UpbitConversation();
    conversation.subscribe([ticks('KRW-BTC'), trades('KRW-BTC')]);
    expect(conversation.read(writeList('deskgraph-1', ['ticker KRW-BTC', 'trade KRW-BTC']), 1)).toEqual([
      { type: 'SUBSCRIBED', topic: trades('KRW-BTC') },
    ]);
    expect(conversation.read(writeList('deskgraph-1', ['ticker KRW-BTC', 'orderbook KRW-BTC']), 1)).toEqual([
      { type: 'UNSUBSCRIBED', topic: trades('KRW-BTC') },
      { type: 'SUBSCRIBED', topic: ticks('KRW-BTC') },
    ]);
  });

  it('finds the pair that does not exist among several, and keeps the others', () => {
    const conversation = new UpbitConversation();
    conversation.subscribe(['KRW-A', 'KRW-NO', 'KRW-B'].map(trades));
    const first = answers(conversation.read(ERROR, 1));
    expect(asked(first)).toEqual([['trade KRW-A'], undefined]);
    // To the request that was refused: nothing new.
    expect(conversation.read(writeList('deskgraph-1', []), 1)).toEqual([]);
    const second = conversation.read(writeList('deskgraph-2', ['trade KRW-A']), 1);
    expect(second[0]).toEqual({ type: 'SUBSCRIBED', topic: trades('KRW-A') });
    expect(asked(answers(second))).toEqual([['trade KRW-A', 'trade KRW-NO'], undefined]);
    const third = conversation.read(ERROR, 1);
    expect(conversation.read(writeList('deskgraph-3', ['trade KRW-A']), 1)).toEqual([]);
    expect(third[0]).toEqual({ type: 'REFUSED', topic: trades('KRW-NO'), reason: 'INVALID_PARAM a code is wrong' });
    expect(asked(answers(third))).toEqual([['trade KRW-A', 'trade KRW-B'], undefined]);
    expect(conversation.read(writeList('deskgraph-4', ['trade KRW-A', 'trade KRW-B']), 1)).toEqual([
      { type: 'SUBSCRIBED', topic: trades('KRW-B') },
    ]);
  });

  it('has in the end what exists of what is wanted, and refuses the rest, whatever is wanted when', () => {
    const pairs = ['KRW-A', 'KRW-B', 'KRW-C', 'KRW-NO', 'KRW-NONE'];
    const exists = (symbol: string) => !symbol.startsWith('KRW-NO');
    const session = ['KRW-A', 'KRW-B', 'KRW-C'].map((code) => TRADE.replace('KRW-DOGE', code));
    const frames = session.map((text) => ({ time: 0, direction: 'in' as const, text }));
    const step = fc.record({
      isWanted: fc.boolean(),
      symbols: fc.subarray(pairs, { minLength: 1 }),
      answersFirst: fc.nat({ max: 4 }),
    });
    const property = fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const replay = createUpbitReplay(frames);
      const conversation = new UpbitConversation();
      const [wanted, served, subscriptions, queue] = [
        new Set<string>(),
        new Set<string>(),
        new Set<string>(),
        [] as string[],
      ];
      const answerOne = (): void => {
        const { texts, subscribed = [], unsubscribed = [] } = replay.answer(queue.shift() ?? '', '', subscriptions);
        for (const each of subscribed) subscriptions.add(each);
        for (const each of unsubscribed) subscriptions.delete(each);
        for (const event of texts.flatMap((text) => conversation.read(text, 1))) {
          if (event.type === 'ANSWER') queue.push(event.text);
          if (event.type === 'SUBSCRIBED') served.add(event.topic.symbol);
          if (event.type === 'UNSUBSCRIBED') served.delete(event.topic.symbol);
          if (event.type === 'REFUSED') wanted.delete(event.topic.symbol);
        }
      };
      for (const { isWanted, symbols, answersFirst } of steps) {
        for (let count = 0; count < answersFirst && queue.length > 0; count += 1) answerOne();
        const changing = symbols.filter((symbol) => wanted.has(symbol) !== isWanted);
        for (const symbol of changing) {
          served.delete(symbol);
          if (isWanted) wanted.add(symbol);
          else wanted.delete(symbol);
        }
        const topics = changing.map(trades);
        if (topics.length > 0)
          queue.push(...(isWanted ? conversation.subscribe(topics) : conversation.unsubscribe(topics)));
      }
      // As a gateway does, until what is wanted has been acknowledged or refused.
      for (let tries = 0; tries < 3; tries += 1) {
        for (let count = 0; queue.length > 0; count += 1) {
          expect(count).toBeLessThan(200);
          answerOne();
        }
        const missing = [...wanted].filter((symbol) => !served.has(symbol));
        queue.push(...conversation.subscribe(missing.map(trades)));
      }
      expect([...wanted].filter((symbol) => !exists(symbol))).toEqual([]);
      expect([...subscriptions].map(symbolOf).sort()).toEqual([...wanted].sort());
    });
    fc.assert(property);
  });
});

describe('a gateway to the replay of a session of Upbit', () => {
  it('publishes quotes, prints and bars', async () => {
    const ofOne = (frame: string) => frame.replace(/"code":"[^"]*"/, '"code":"KRW-BTC"');
    const later = CANDLE.replace('09:50:00', '09:51:00');
    const snapshot = TRADE.replace('REALTIME', 'SNAPSHOT');
    const frames = [snapshot, TICKER, BOOK, TRADE, CANDLE, later].map(ofOne);
    await using desk = await replayGateway({ venue: 'upbit', session: sessionOf(frames) });
    desk.play();
    await until(() => desk.bars.length === 3);
    expect(desk.quotes.at(-1)).toMatchObject({ gateway: 'desk', symbol: 'KRW-BTC', last: 0.02161249, ask: 0.02295077 });
    expect(desk.prints).toMatchObject([{ tradeId: '1614729599000000', price: '58.4', side: 'SELL' }]);
    expect(desk.bars.map(({ openTime, isClosed }) => [openTime, isClosed])).toEqual([
      [Date.UTC(2025, 3, 22, 9, 50), false],
      [Date.UTC(2025, 3, 22, 9, 50), true],
      [Date.UTC(2025, 3, 22, 9, 51), false],
    ]);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });

  it('is told what the venue does not have, and keeps the rest', async () => {
    const frames = [TRADE];
    await using desk = await replayGateway({ venue: 'upbit', session: sessionOf(frames) });
    desk.gateway.want([trades('KRW-NO'), trades('KRW-NONE')]);
    await until(() => desk.refused.length === 2);
    expect(desk.refused).toEqual([
      'trades KRW-NO: INVALID_PARAM the request has a code that does not exist',
      'trades KRW-NONE: INVALID_PARAM the request has a code that does not exist',
    ]);
    desk.play();
    await until(() => desk.prints.length === 1);
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });
});
