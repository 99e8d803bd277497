import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CoinbaseConversation } from '../../../src/exchanges/coinbase/conversation.ts';
import { createBitgetReplay } from '../../../src/simulator/replay/bitget-replay.ts';
import { createCoinbaseReplay } from '../../../src/simulator/replay/coinbase-replay.ts';
import { createDeribitReplay } from '../../../src/simulator/replay/deribit-replay.ts';
import type { SessionFrame } from '../../../src/simulator/replay/parse-session.ts';
import { type ReplayServer, startReplayServer } from '../../../src/simulator/replay/replay-server.ts';
import { createUpbitReplay } from '../../../src/simulator/replay/upbit-replay.ts';
import * as bitget from '../../exchanges/bitget/frames.ts';
import * as coinbase from '../../exchanges/coinbase/frames.ts';
import * as deribit from '../../exchanges/deribit/frames.ts';
import * as upbit from '../../exchanges/upbit/frames.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/scripted-venue.ts';
import { connect } from './venue-client.ts';

const sessionOf = (...texts: readonly string[]): SessionFrame[] =>
  texts.map((text, index) => ({ time: index + 1, direction: 'in', text }));

const REPLAYS = [
  {
    venue: 'Coinbase',
    create: createCoinbaseReplay,
    texts: [coinbase.HEARTBEAT, coinbase.MATCH, coinbase.TICKER, coinbase.REFUSAL],
    path: '/',
    symbols: ['BTC-USD', 'BTC-USDT', 'SKL-BTC'],
  },
  {
    venue: 'Deribit',
    create: createDeribitReplay,
    texts: [deribit.HEARTBEAT, deribit.TICKER, deribit.TRADES, deribit.CANDLE, deribit.SUBSCRIBED],
    path: '/ws/api/v2',
    symbols: ['BTC-PERPETUAL', 'BTC_USDC-PERPETUAL'],
  },
  {
    venue: 'Upbit',
    create: createUpbitReplay,
    texts: [upbit.TRADE, upbit.TICKER, upbit.BOOK, upbit.CANDLE, upbit.ERROR],
    path: '/websocket/v1',
    symbols: ['BTC-ETH', 'KRW-DOGE', 'KRW-USDT'],
  },
  {
    venue: 'Bitget',
    create: createBitgetReplay,
    texts: [bitget.TRADE, bitget.TICKER, bitget.KLINES, bitget.REFUSAL],
    path: '/v3/ws/public',
    symbols: ['BTCUSDT'],
  },
];

describe.each(REPLAYS)('a replay of $venue', ({ venue, create, texts, path, symbols }) => {
  it('says what it has, and sends no answers again', () => {
    const replay = create(sessionOf(...texts));
    expect(replay).toMatchObject({ paths: { public: path }, symbols, channels: ['ticks', 'trades', 'bars'] });
    expect(replay.pushes.map(({ text }) => text)).toEqual(
      texts.filter((text) => !/"error"|"id":|"method":"heartbeat"/.test(text)),
    );
  });

  it('refuses a session without data', () => {
    for (const text of ['{}', 'hello', '[]', '{"type":"subscriptions","channels":[]}']) {
      expect(() => create(sessionOf(text))).toThrow(`received a session without a frame of a ${venue} channel`);
    }
  });

  it('answers whatever comes in', () => {
    const replay = create(sessionOf(...texts));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...texts)), (request) => {
        const { texts: answers } = replay.answer(request, path, new Set());
        expect(answers.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a replay server of Coinbase', () => {
  let server: ReplayServer | undefined;
  afterEach(() => server?.close());

  it('does not begin with the greeting that every client sends', async () => {
    const clock = new ManualClock();
    const session = sessionOf(coinbase.HEARTBEAT, coinbase.matchAt(0, 1, '1', '1'));
    server = await startReplayServer({ session, venue: 'coinbase', port: 0, speed: 1, loop: false, clock });
    const client = await connect(`${server.url}/`);
    const conversation = new CoinbaseConversation();
    for (const text of conversation.greeting) client.send(text);
    await until(() => client.received.length === 1);
    expect(clock.pending).toBe(0);
    for (const text of conversation.subscribe([{ channel: 'trades', symbol: 'BTC-USD' }])) client.send(text);
    await until(() => clock.pending === 1);
    clock.advance(1000);
    await until(() => client.received.length === 4);
    expect(client.received.slice(2)).toEqual(session.map(({ text }) => text));
    await client.close();
  });
});
