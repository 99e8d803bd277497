import { beforeEach, describe, expect, it } from 'vitest';
import type { Bus, Reader } from '../src/bus/bus.ts';
import { createMemoryBus } from '../src/bus/memory-bus.ts';
import type { Gateway } from '../src/domain/gateway.ts';
import type { LiveBar } from '../src/domain/live-bar.ts';
import { type MarketTopic, marketKey } from '../src/domain/market-topic.ts';
import type { Print } from '../src/domain/market-trade.ts';
import type { Quote } from '../src/domain/tick.ts';
import type { MarketSink } from '../src/exchanges/gateways.ts';
import { marketSink } from '../src/market-sink.ts';
import { Puller } from './bus/reading.ts';
import { ManualClock } from './support/manual-clock.ts';

const TICKS: MarketTopic = { channel: 'ticks', symbol: 'BTC' };
const TRADES: MarketTopic = { channel: 'trades', symbol: 'BTC' };
const BARS: MarketTopic = { channel: 'bars', symbol: 'BTC', interval: 'M1' };
const KEY = marketKey('desk', 'BTC');
const BAR_KEY = marketKey('desk', 'BTC', 'M1');

const quote = (last: number, gateway = 'desk'): Quote => ({
  ...{ gateway, symbol: 'BTC', timestamp: null, receivedAt: 1, stale: false, last, lastSize: null },
  ...{ bid: null, bidSize: null, ask: null, askSize: null },
  ...{ open24h: null, high24h: null, low24h: null, volume24h: null },
});
const print = (tradeId: string): Print => ({
  ...{ gateway: 'desk', symbol: 'BTC', tradeId, timestamp: null, receivedAt: 1, price: '1', size: '2', side: null },
});
const bar = (openTime: number, interval: LiveBar['interval'] = 'M1'): LiveBar => ({
  ...{ gateway: 'desk', symbol: 'BTC', interval, openTime },
  ...{ open: 1, high: 1, low: 1, close: 1, volume: 1, isClosed: true },
});

let bus: Bus;
let sink: MarketSink;

beforeEach(() => {
  bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  sink = marketSink(bus);
});

async function read<Value>(reader: Reader<Value>): Promise<Puller<Value>> {
  const puller = new Puller(reader);
  await puller.drain(() => new Promise((resolve) => setImmediate(resolve)));
  return puller;
}

describe('the sink of market data', () => {
  it('publishes each kind under the key of its gateway, symbol and interval', async () => {
    const tape = bus.marketTrades.subscribe({ keys: [KEY] });
    sink.quote(quote(5));
    sink.quote(quote(6, 'other'));
    sink.print(print('a'));
    sink.bar(bar(60_000));
    sink.bar(bar(0, 'H1'));
    expect(bus.ticks.latest(KEY)).toMatchObject({ gateway: 'desk', last: 5, seq: 1 });
    expect(bus.ticks.latest(marketKey('other', 'BTC'))).toMatchObject({ last: 6, seq: 1 });
    expect(bus.liveBars.latest(BAR_KEY)).toMatchObject({ interval: 'M1', openTime: 60_000 });
    expect(bus.liveBars.latest(marketKey('desk', 'BTC', 'H1'))).toMatchObject({ interval: 'H1', openTime: 0 });
    expect((await read(tape)).values).toMatchObject([{ tradeId: 'a', seq: 1 }]);
  });

  it('publishes the state of a gateway under its name', () => {
    const gateway: Gateway = {
      ...{
        name: 'desk',
        venue: 'okx',
        accountCookie: null,
        tradingEnabled: false,
        hasComparedAccount: false,
        contractReport: null,
      },
      ...{ state: 'CONNECTED', stateReason: null, stateSince: 1, lastMessageAt: null, connections: [] },
    };
    sink.status(gateway);
    expect(bus.gatewayStatus.latest('desk')).toMatchObject(gateway);
  });

  it('keeps every bar apart for a reader that is behind', async () => {
    const reader = bus.liveBars.subscribe({ keys: [BAR_KEY] });
    for (const openTime of [0, 60_000, 60_000, 120_000]) sink.bar(bar(openTime));
    expect((await read(reader)).values.map(({ openTime, seq }) => [openTime, seq])).toEqual([
      [0, 1],
      [60_000, 3],
      [120_000, 4],
    ]);
  });

  it.each([
    [TICKS, () => bus.ticks.subscribe({ keys: [KEY] }), 'ticks BTC'],
    [TRADES, () => bus.marketTrades.subscribe({ keys: [KEY] }), 'trades BTC'],
    [BARS, () => bus.liveBars.subscribe({ keys: [BAR_KEY] }), 'bars BTC M1'],
  ])(
    'ends the readers of %j with the reason for which the venue refuses it, and no others',
    async (topic, subscribe, name) => {
      const own = subscribe();
      const others: Reader<unknown>[] = [bus.ticks, bus.marketTrades, bus.liveBars].map((each) =>
        each.subscribe({ keys: [marketKey('desk', 'ETH'), marketKey('desk', 'BTC', 'H1'), marketKey('other', 'BTC')] }),
      );
      sink.refused('desk', topic, 'no such symbol');
      const message = `the venue does not serve "${name}": no such symbol`;
      expect((await read<unknown>(own)).errors).toMatchObject([{ code: 'BAD_USER_INPUT', message }]);
      for (const other of others) expect((await read(other)).errors).toEqual([]);
    },
  );

  it('forgets the present state of what is dropped, and of nothing else', () => {
    sink.quote(quote(5));
    sink.bar(bar(0));
    sink.bar(bar(0, 'H1'));
    sink.dropped('desk', TRADES);
    sink.dropped('other', TICKS);
    expect(bus.ticks.latest(KEY)).toMatchObject({ last: 5 });
    sink.dropped('desk', TICKS);
    expect(bus.ticks.latest(KEY)).toBeUndefined();
    expect(bus.liveBars.latest(BAR_KEY)).toBeDefined();
    sink.dropped('desk', BARS);
    expect(bus.liveBars.latest(BAR_KEY)).toBeUndefined();
    expect(bus.liveBars.latest(marketKey('desk', 'BTC', 'H1'))).toBeDefined();
  });

  it.each(['interrupted', 'dropped'] as const)('counts the prints of a tape anew after it was %s', async (how) => {
    const tape = bus.marketTrades.subscribe({ keys: [KEY] });
    sink.print(print('a'));
    sink.print(print('b'));
    sink[how]('desk', TICKS);
    sink[how]('desk', TRADES);
    sink.print(print('c'));
    const [first, second, third] = (await read(tape)).values;
    expect([first?.seq, second?.seq, third?.seq]).toEqual([1, 2, 1]);
    expect(second?.epoch).toBe('first');
    expect(third?.epoch).not.toBe('first');
  });

  it('keeps the present state of what is only interrupted', () => {
    sink.quote(quote(5));
    sink.bar(bar(0));
    sink.interrupted('desk', TICKS);
    sink.interrupted('desk', BARS);
    expect(bus.ticks.latest(KEY)).toMatchObject({ last: 5, seq: 1 });
    expect(bus.liveBars.latest(BAR_KEY)).toMatchObject({ openTime: 0 });
  });
});
