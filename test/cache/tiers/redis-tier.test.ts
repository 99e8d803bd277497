import { afterEach, expect, it, vi } from 'vitest';
import { createRedisTier } from '../../../src/cache/tiers/redis-tier.ts';
import { decodeBars, decodeNavs, encodeBars, encodeNavs } from '../../../src/cache/tiers/series-encoding.ts';
import type { SeriesTier } from '../../../src/cache/tiers/series-tier.ts';
import type { BarHistory } from '../../../src/domain/series.ts';
import { RedisConnection } from '../../../src/transport/redis-connection.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeOnRedis } from '../../support/redis.ts';
import { findRedisServer, startRedis } from '../../support/redis-server.ts';
import { storedBars } from '../../support/stored-series.ts';
import { describeSeriesTier, type TierPlace } from './series-tier.contract.ts';

const KEY = 'deskgraph:cache:v1:bars:A';
const TWO_WEEKS_MS = 14 * 24 * 3600 * 1000;
const WAIT = { timeout: 10_000, interval: 10 };

const opened: RedisConnection[] = [];

afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});

interface RedisPlace extends TierPlace {
  readonly clock: ManualClock;
  readonly faults: Error[];
  readonly told: () => string[];
  readonly bars: (encode?: Parameters<TierPlace['bars']>[0]) => SeriesTier<BarHistory>;
}

/** Each tier has a connection of its own, on a clock that stands still. */
function redisPlace(url: string, options: { readonly keyPrefix?: string } = {}): RedisPlace {
  const clock = new ManualClock();
  const faults: Error[] = [];
  const onFault = (fault: Error): void => void faults.push(fault);
  const shared = () => {
    const connection = new RedisConnection({ url, clock, random: () => 0, onFault });
    opened.push(connection);
    return { ...options, connection, clock, onFault };
  };
  return {
    clock,
    faults,
    told: () => faults.map(({ message }) => message),
    bars: (encode = encodeBars) => createRedisTier({ ...shared(), kind: 'bars', encode, decode: decodeBars }),
    navs: () => createRedisTier({ ...shared(), kind: 'navs', encode: encodeNavs, decode: decodeNavs }),
    damage: async (code, bytes) => {
      const connection = shared().connection;
      await connection.reach((client) => client.hset(`deskgraph:cache:v1:bars:${code}`, 'bytes', bytes));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

describeOnRedis('the Redis tier', (redis) => {
  describeSeriesTier(async () => redisPlace(redis().server.url));

  it('keeps the bytes beside the time at which they were asked for, for two weeks after the last write', async () => {
    const { server, admin } = redis();
    const tier = redisPlace(server.url).bars();
    await tier.write('A', storedBars('A'));
    expect(await admin.keys('*')).toEqual([KEY]);
    expect(await admin.hget(KEY, 'askedAt')).toBe(String(storedBars('A').askedAt));
    expect(await admin.hgetBuffer(KEY, 'bytes')).toEqual(encodeBars(storedBars('A')));
    expect(await admin.pttl(KEY)).toBeGreaterThan(TWO_WEEKS_MS - 60_000);
    await admin.pexpire(KEY, 60_000);
    await tier.write('A', storedBars('A', { hours: -1 }));
    expect(await admin.pttl(KEY)).toBeLessThanOrEqual(60_000);
    await tier.write('A', storedBars('A', { hours: 1 }));
    expect(await admin.pttl(KEY)).toBeGreaterThan(TWO_WEEKS_MS - 60_000);
  });

  it('forgets nothing of others, whatever its keys begin with', async () => {
    const { server, admin } = redis();
    const keyPrefix = 'a*[b]?\\';
    const tier = redisPlace(server.url, { keyPrefix }).bars();
    const codes = Array.from({ length: 1200 }, (_, index) => `C${index}`);
    await Promise.all(codes.map((code) => tier.write(code, storedBars(code))));
    const others = [
      'axb?\\:bars:A',
      'axb:bars:A',
      `${keyPrefix}:navs:A`,
      `${keyPrefix}:turn:bars:A`,
      `${keyPrefix}:barsA`,
    ];
    for (const key of others) await admin.set(key, 'x');
    expect(await admin.dbsize()).toBe(1205);
    await tier.clear(codes.slice(0, 700));
    expect(await admin.dbsize()).toBe(505);
    await tier.clear();
    expect((await admin.keys('*')).sort()).toEqual([...others].sort());
  });

  it('has nothing, and replaces it, where a key holds something else', async () => {
    const { server, admin } = redis();
    const { bars, told } = redisPlace(server.url);
    const tier = bars();
    const foreign = [
      () => admin.set(KEY, 'x'),
      () => admin.rpush(KEY, 'x'),
      () => admin.xadd(KEY, '*', 'bytes', 'x'),
      () => admin.hset(KEY, 'askedAt', '9'.repeat(400)),
      () => admin.hset(KEY, 'askedAt', 'nan', 'other', 'x'),
      () => admin.hset(KEY, 'askedAt', String(Date.UTC(2099, 0, 1))),
    ];
    for (const put of foreign) {
      await admin.del(KEY);
      await put();
      expect(await tier.read('A')).toBeUndefined();
      await tier.write('A', storedBars('A'));
      expect(await tier.read('A')).toEqual(storedBars('A'));
    }
    expect(told()).toEqual([]);
  });

  it('loses nothing that it has where Redis has no memory for more, and tells it once', async () => {
    const { server, admin } = redis();
    const { bars, told, clock } = redisPlace(server.url);
    const tier = bars();
    await tier.write('A', storedBars('A'));
    await admin.config('SET', 'maxmemory', '1');
    for (let writes = 0; writes < 3; writes++) await tier.write('A', storedBars('A', { hours: 1 }));
    await tier.write('B', storedBars('B'));
    expect(await tier.read('A')).toEqual(storedBars('A'));
    expect(told()).toEqual([expect.stringMatching(/^cannot write cached bars in Redis: OOM /)]);
    await admin.config('SET', 'maxmemory', '0');
    clock.advance(1000);
    await tier.write('A', storedBars('A', { hours: 1 }));
    expect(await tier.read('A')).toEqual(storedBars('A', { hours: 1 }));
  });

  it('is read where Redis is a replica that nobody may write to, and tells it once', async () => {
    const { server, admin } = redis();
    const { bars, told, clock } = redisPlace(server.url);
    const tier = bars();
    await tier.write('A', storedBars('A'));
    await admin.replicaof('127.0.0.1', '1');
    for (let writes = 0; writes < 3; writes++) await tier.write('A', storedBars('A', { hours: 1 }));
    await tier.clear();
    expect(await tier.read('A')).toEqual(storedBars('A'));
    expect(told()).toEqual([expect.stringMatching(/^cannot write cached bars in Redis: READONLY /)]);
    await admin.replicaof('NO', 'ONE');
    clock.advance(1000);
    await tier.write('A', storedBars('A', { hours: 1 }));
    expect(await tier.read('A')).toEqual(storedBars('A', { hours: 1 }));
  });

  it('is as if empty for a user who may do nothing', async () => {
    const { server, admin } = redis();
    await admin.call('ACL', 'SETUSER', 'guest', 'on', '>hunter2', '+ping', '+select');
    const { bars, told } = redisPlace(server.url.replace('//', '//guest:hunter2@'));
    const tier = bars();
    for (let times = 0; times < 3; times++) {
      await tier.write('A', storedBars('A'));
      expect(await tier.read('A')).toBeUndefined();
    }
    expect(told().map((message) => message.replace(/(NOPERM) .*/, '$1'))).toEqual([
      'cannot write cached bars in Redis: NOPERM',
      'cannot read cached bars in Redis: NOPERM',
    ]);
    expect(told().join()).not.toContain('hunter2');
    await admin.call('ACL', 'DELUSER', 'guest');
  });

  it('is as if empty while Redis is frozen or gone, and shares again what is written after that', async () => {
    const { server } = redis();
    const { bars, told, clock } = redisPlace(server.url);
    const tier = bars();
    await tier.write('A', storedBars('A'));
    server.freeze();
    const slow = tier.read('A');
    await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(0), WAIT);
    clock.advance(250);
    expect(await slow).toBeUndefined();
    // The clock stands still from here on: none of these waits.
    expect(await tier.read('A')).toBeUndefined();
    await tier.write('B', storedBars('B'));
    await tier.clear();
    server.thaw();
    await vi.waitFor(async () => {
      clock.advance(500);
      expect(await tier.read('A')).toEqual(storedBars('A'));
    }, WAIT);
    await server.kill();
    expect(await tier.read('A')).toBeUndefined();
    await server.start();
    await vi.waitFor(async () => {
      clock.advance(500);
      await tier.write('A', storedBars('A'));
      expect(await tier.read('A')).toEqual(storedBars('A'));
    }, WAIT);
    expect(await tier.read('B')).toBeUndefined();
    expect(told()).toEqual([
      'Redis is away: received no answer within 250 ms',
      expect.stringMatching(/^Redis is away: (Connection is closed\.|connect ECONNREFUSED .*)$/),
    ]);
  });

  it('is as if empty with a wrong password', async () => {
    await using server = await startRedis(findRedisServer() ?? '', ['--requirepass', 'right']);
    const { bars, told } = redisPlace(server.url.replace('//', '//:hunter2@'));
    const tier = bars();
    await tier.write('A', storedBars('A'));
    expect(await tier.read('A')).toBeUndefined();
    expect(told()).toEqual(['Redis is away: WRONGPASS invalid username-password pair or user is disabled.']);
  });
});
