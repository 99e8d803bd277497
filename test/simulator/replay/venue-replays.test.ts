import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBinanceReplay, createBinanceUsdmReplay } from '../../../src/simulator/replay/binance-replay.ts';
import { createBybitReplay } from '../../../src/simulator/replay/bybit-replay.ts';
import { createGateReplay } from '../../../src/simulator/replay/gate-replay.ts';
import type { SessionFrame } from '../../../src/simulator/replay/parse-session.ts';

function session(text: string, asked?: string): SessionFrame[] {
  const frames: SessionFrame[] = [{ time: 5, direction: 'in', text }];
  return asked === undefined ? frames : [{ time: 2, direction: 'out', text: asked }, ...frames];
}

const BINANCE = '{"stream":"btcusdt@aggTrade","data":{"s":"BTCUSDT"}}';
const BYBIT = '{"topic":"publicTrade.BTCUSDT","data":[]}';
const GATE = '{"channel":"spot.candlesticks","event":"update","result":{"n":"1m_BTC_USDT"}}';

const binance = createBinanceReplay(session(BINANCE));
const usdm = createBinanceUsdmReplay(session(BINANCE));
const bybit = createBybitReplay('spot')(session(BYBIT));
const gate = createGateReplay('spot')(session(GATE));

describe('a replay of Binance', () => {
  const asking = '{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","nope@depth"],"id":7}';

  it('acknowledges whatever is asked for, as the venue does', () => {
    const texts = ['{"result":null,"id":7}'];
    expect(binance.answer(asking, '/stream')).toEqual({ texts, subscribed: ['btcusdt@aggTrade', 'nope@depth'] });
    expect(binance.answer(asking.replace('SUB', 'UNSUB'), '/stream')).toEqual({
      texts,
      unsubscribed: ['btcusdt@aggTrade', 'nope@depth'],
    });
  });

  it('sends nothing over the socket of USD-M futures that does not serve it, though it acknowledges', () => {
    const texts = ['{"result":null,"id":7}'];
    expect(usdm.answer(asking, '/public/stream')).toEqual({ texts, subscribed: ['nope@depth'] });
    expect(usdm.answer(asking, '/market/stream')).toEqual({ texts, subscribed: ['btcusdt@aggTrade'] });
    expect(usdm.paths).toEqual({ public: '/public/stream', market: '/market/stream' });
  });
});

describe('a replay of Bybit or Gate', () => {
  it('refuses a whole request for one symbol that was not recorded', () => {
    const request = '{"req_id":"1","op":"subscribe","args":["tickers.BTCUSDT","tickers.NOPE"]}';
    const { texts, subscribed } = bybit.answer(request, '');
    expect([JSON.parse(texts[0] ?? '').ret_msg, subscribed]).toEqual([
      'error:handler not found,topic:tickers.NOPE',
      undefined,
    ]);
    const channels = '{"id":1,"channel":"spot.tickers","event":"subscribe","payload":["BTC_USDT","NOPE_USDT"]}';
    const refusal = gate.answer(channels, '');
    expect([JSON.parse(refusal.texts[0] ?? '').error, refusal.subscribed]).toEqual([
      { code: 2, message: 'unknown currency pair: NOPE_USDT' },
      undefined,
    ]);
  });

  it('serves what was recorded, and is quiet about the other channels of its symbols', () => {
    expect(bybit.answer('{"op":"subscribe","args":["publicTrade.BTCUSDT","tickers.BTCUSDT"]}', '')).toMatchObject({
      subscribed: ['publicTrade.BTCUSDT', 'tickers.BTCUSDT'],
    });
    expect(bybit.answer('{"op":"unsubscribe","args":["tickers.BTCUSDT"]}', '')).toMatchObject({
      unsubscribed: ['tickers.BTCUSDT'],
    });
    const bars = '{"channel":"spot.candlesticks","event":"subscribe","payload":["1m","BTC_USDT"]}';
    expect(gate.answer(bars, '')).toMatchObject({ subscribed: ['spot.candlesticks 1m BTC_USDT'] });
    expect(gate.answer(bars.replace('subscribe', 'unsubscribe'), '')).toMatchObject({
      unsubscribed: ['spot.candlesticks 1m BTC_USDT'],
    });
    expect(gate.pushes.map(({ subscription }) => subscription)).toEqual(['spot.candlesticks 1m BTC_USDT']);
  });
});

describe('a replay', () => {
  it.each([
    ['Binance', createBinanceReplay, BINANCE, '{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":1}'],
    ['Bybit', createBybitReplay('linear'), BYBIT, '{"op":"subscribe","args":["publicTrade.BTCUSDT"]}'],
    ['Gate', createGateReplay('spot'), GATE, '{"channel":"spot.trades","event":"subscribe","payload":["A_B"]}'],
  ])('of %s counts from the first subscription, else from the first frame', (venue, create, frame, asked) => {
    expect(create(session(frame)).pushes.map(({ afterMs }) => afterMs)).toEqual([0]);
    expect(create(session(frame, asked)).pushes.map(({ afterMs }) => afterMs)).toEqual([3000]);
    expect(() => create(session('{"result":null,"id":1}'))).toThrow(
      `received a session without a frame of a ${venue} channel`,
    );
  });

  it('answers whatever is asked without a throw', () => {
    const requests = [BINANCE, BYBIT, GATE, '{"op":"ping"}', '{"channel":"spot.ping"}'];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...requests)), (text) => {
        for (const replay of [binance, usdm, bybit, gate]) {
          expect(replay.answer(text, '/stream').texts).toHaveLength(1);
        }
      }),
    );
  });
});
