import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../../src/async/clock.ts';
import { createRedisBus } from '../../../src/bus/redis/redis-bus.ts';
import { marketKey } from '../../../src/domain/market-topic.ts';
import type { Quote } from '../../../src/domain/tick.ts';
import { describeOnRedis } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';

const EXAMPLES = fileURLToPath(new URL('../../../docs/examples/', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const QUOTE: Quote = {
  ...{ gateway: 'okx', symbol: 'BTC-USDT', timestamp: null, receivedAt: 1, last: 30_000.5, lastSize: null },
  ...{ bid: null, bidSize: null, ask: null, askSize: null, open24h: null, high24h: null, low24h: null },
  ...{ volume24h: null, stale: false },
};

function runExample(name: string, port: number) {
  const child = spawn('python3', ['-I', '-B', `${EXAMPLES}${name}`, '127.0.0.1', String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describeOnRedis(`Python programs on the bus${hasPython ? '' : ' (skipped where no python3 is on PATH)'}`, (redis) => {
  const openBus = async () => {
    const { link } = linkTo(redis().server.url, 'deskgraph');
    const bus = createRedisBus({ link, epoch: 'one', clock: SYSTEM_CLOCK });
    await link.open();
    return { bus, link, [Symbol.asyncDispose]: () => link.close() };
  };

  it.runIf(hasPython)('publish ticks, which go stale when nothing more comes of them', async () => {
    await using opened = await openBus();
    const { ticks } = opened.bus;
    const publisher = runExample('publish_ticks.py', redis().server.port);
    const closed = once(publisher, 'close');
    publisher.stdin.end('沪深300 4000.5\n沪深300 4001\n');
    const published = (): unknown => ticks.latest(marketKey('python', '沪深300'));
    await vi.waitFor(() => expect(published()).toMatchObject({ last: 4001, seq: 2, bid: null, stale: false }), 5_000);
    expect(await closed).toEqual([0, null]);
    await vi.waitFor(() => expect(published()).toMatchObject({ last: 4001, stale: true }), { timeout: 6_000 });
  });

  it.runIf(hasPython)('read ticks', async () => {
    await using opened = await openBus();
    const lines = createInterface(runExample('read_ticks.py', redis().server.port).stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('subscribed deskgraph:bus:v1:ticks');
    opened.bus.ticks.publish(marketKey('okx', 'BTC-USDT'), QUOTE);
    expect((await lines.next()).value?.trim()).toBe('okx BTC-USDT 30000.5');
    opened.bus.ticks.forget(marketKey('okx', 'BTC-USDT'));
    opened.bus.ticks.publish(marketKey('okx', 'BTC-USDT'), { ...QUOTE, last: 7, stale: true });
    expect((await lines.next()).value).toBe('okx BTC-USDT 7 stale');
  });

  it('passes over ticks, prints and bars that are none', async () => {
    await using opened = await openBus();
    const { admin } = redis();
    const { ticks, liveBars, marketTrades } = opened.bus;
    const prints = marketTrades.subscribe();
    const tell = (topic: string, key: string, value: object) =>
      admin.publish(`deskgraph:bus:v1:${topic}`, JSON.stringify({ key, by: 'x', epoch: 'e', seq: 1, value }));
    const named = { gateway: 'g', symbol: 's', receivedAt: 1 };
    await tell('ticks', 'bad', { gateway: 'g', symbol: 's', receivedAt: 'now' });
    await tell('liveBars', 'bad', { ...named, interval: 'M1', open: '1' });
    await tell('marketTrades', 'bad', { ...named, price: 1, size: '1' });
    const bar = { openTime: 1, open: 1, high: 2, low: 1, close: 2, volume: 0 };
    await tell('liveBars', 'good', { ...named, interval: 'M1', ...bar });
    await tell('ticks', 'good', { ...named, last: 'x', bid: 2 });
    await tell('marketTrades', 'good', { ...named, price: '1.5', size: '2', side: 'SIDEWAYS' });
    expect((await prints.next()).value).toMatchObject({ price: '1.5', side: null, tradeId: null, seq: 1 });
    expect(ticks.present()).toMatchObject([{ last: null, bid: 2, stale: false }]);
    expect(liveBars.present()).toMatchObject([{ ...bar, isClosed: false }]);
    await prints.return();
  });

  it('passes over what stands under the key of another symbol, and times that no clock shows', async () => {
    await using opened = await openBus();
    const { admin } = redis();
    const { ticks, liveBars, marketTrades } = opened.bus;
    const [key, barKey] = [marketKey('g', 's'), marketKey('g', 's', 'M1')];
    const prints = marketTrades.subscribe({ keys: [key] });
    let seq = 0;
    const tell = (topic: string, told: string, value: object) => {
      seq += 1;
      return admin.publish(`deskgraph:bus:v1:${topic}`, JSON.stringify({ key: told, by: 'x', epoch: 'e', seq, value }));
    };
    const named = { gateway: 'g', symbol: 's', receivedAt: 1 };
    const bar = { interval: 'M1', openTime: 1, open: 1, high: 2, low: 1, close: 2, volume: 0 };
    for (const other of [{ symbol: 'other' }, { gateway: 'other' }, { receivedAt: 1e300 }, { receivedAt: -1 }]) {
      await tell('ticks', key, { ...named, last: 666, ...other });
      await tell('marketTrades', key, { ...named, price: '666', size: '1', ...other });
    }
    for (const other of [{ symbol: 'other' }, { interval: 'M5' }, { openTime: 1e300 }]) {
      await tell('liveBars', barKey, { ...named, ...bar, close: 666, ...other });
    }
    await tell('ticks', key, { ...named, last: 1, timestamp: 1e300 });
    await tell('liveBars', barKey, { ...named, ...bar });
    await tell('marketTrades', key, { ...named, price: '1', size: '1' });
    expect((await prints.next()).value).toMatchObject({ price: '1', seq: 1 });
    expect(ticks.present()).toMatchObject([{ last: 1, timestamp: null, seq: 1 }]);
    expect(liveBars.present()).toMatchObject([{ close: 2 }]);
    await prints.return();
  });
});
