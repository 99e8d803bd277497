import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { findRedisServer, type RedisServer, startRedis } from './redis-server.ts';

/** What a suite has of its Redis: one of its own, emptied before each test. */
export interface RedisSuite {
  readonly server: RedisServer;
  /** For what tests do behind the back of what they test. */
  readonly admin: Redis;
}

/** A suite with a Redis of its own, or one that is skipped and says why. */
export function describeOnRedis(title: string, suite: (redis: () => RedisSuite) => void): void {
  const program = findRedisServer();
  if (program === undefined) {
    describe.skip(`${title} (skipped where no redis-server is on PATH)`, () => suite(nowhere));
    return;
  }
  describe(title, () => {
    let opened: RedisSuite | undefined;
    beforeAll(async () => {
      const server = await startRedis(program);
      const admin = new Redis(server.url);
      // While a test has taken the server away it tries again.
      admin.on('error', () => {});
      opened = { server, admin };
    });
    beforeEach(async () => {
      await opened?.admin.flushall();
    });
    afterAll(async () => {
      opened?.admin.disconnect();
      await opened?.server[Symbol.asyncDispose]();
    });
    suite(() => opened ?? nowhere());
  });
}

function nowhere(): never {
  throw new Error('there is no Redis');
}
