import { randomUUID } from 'node:crypto';
import type { AppBase } from './app-base.ts';
import type { Bus } from './bus/bus.ts';
import { createMemoryBus } from './bus/memory-bus.ts';
import type { ProcessCalls } from './bus/redis/process-calls.ts';
import type { RedisBus } from './bus/redis/redis-bus.ts';
import type { RedisLink } from './bus/redis/redis-link.ts';

/** The bus, and what it runs on. */
export interface OpenBus {
  readonly bus: Bus;
  /** Undefined: nobody but this process is on the bus. */
  readonly shared: SharedBus | undefined;
}

/** What processes that share the bus have of each other. */
export interface SharedBus {
  readonly bus: RedisBus;
  readonly link: RedisLink;
  readonly calls: ProcessCalls;
}

/** The bus of this process alone, or with REDIS_URL of all that share the Redis, which may be away. */
export async function openBus({ config, clock, logger, opened }: AppBase): Promise<OpenBus> {
  const { redis } = config;
  const epoch = randomUUID();
  if (redis === undefined) return { bus: createMemoryBus({ epoch, clock }), shared: undefined };
  // Loaded only where it is used.
  const [{ RedisLink }, { createRedisBus }, { ProcessCalls }, { connectRedis }] = await Promise.all([
    import('./bus/redis/redis-link.ts'),
    import('./bus/redis/redis-bus.ts'),
    import('./bus/redis/process-calls.ts'),
    import('./transport/redis-client.ts'),
  ]);
  const link = new RedisLink({
    connect: (signal) => connectRedis(redis.url, signal),
    id: epoch,
    clock,
    random: Math.random,
    onFault: ({ message }) => logger.warn({ reason: message }, 'events come to no other process'),
  });
  opened.defer(() => link.close());
  const bus = createRedisBus({ link, epoch, clock });
  const calls = new ProcessCalls(link);
  void link.open();
  return { bus, shared: { bus, link, calls } };
}

/** A Redis that is away leaves the server ready: what this process has itself it still serves. */
export function busStates({ shared }: OpenBus): Record<string, string> {
  if (shared === undefined) return {};
  return { bus: shared.link.isUp ? 'ok' : 'unavailable' };
}
