import { expect, it } from 'vitest';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { Print } from '../../src/domain/market-trade.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { take } from './reading.ts';
import { type Note, positions, StoredEvents } from './stored-events.ts';

const PRINT: Print = {
  gateway: 'okx',
  symbol: 'BTC-USDT',
  tradeId: '7',
  timestamp: 1,
  receivedAt: 2,
  price: '30228.70',
  size: '0.1',
  side: 'BUY',
};

it('createMemoryBus carries what is published, counted in its epoch', async () => {
  const bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  const prints = bus.marketTrades.subscribe({ keys: ['k'] });
  bus.marketTrades.publish('k', PRINT);
  expect(await take(prints, 1)).toEqual([{ ...PRINT, seq: 1, epoch: 'first' }]);
  await prints.return();
  const { ticks, liveBars, marketTrades, gatewayStatus, runStatus } = bus;
  expect([ticks, liveBars, marketTrades, gatewayStatus, runStatus].map(({ readers }) => readers)).toEqual([
    0, 0, 0, 0, 0,
  ]);
});

it('createMemoryBus makes lossless topics over the history of others', async () => {
  const history = new StoredEvents();
  const bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  const topic = bus.losslessTopic<Note>({ history, tail: { maxEvents: 10, maxIdleStreams: 10 }, stallTimeoutMs: 5 });
  const reader = topic.subscribe({ stream: 's', after: 0, cursorOf: String });
  topic.publish('s', history.store('s', 4));
  expect(positions(await take(reader, 1))).toEqual([4]);
  await reader.return();
  expect(topic.readers).toBe(0);
});
