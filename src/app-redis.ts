import type { AppBase } from './app-base.ts';
import type { RedisConnection } from './transport/redis-connection.ts';

/** The Redis that processes share, if one is configured. It may be away: it is reached when it is there. */
export async function openRedis({ config, clock, logger, opened }: AppBase): Promise<RedisConnection | undefined> {
  if (config.redis === undefined) return undefined;
  // Loaded only where it is used.
  const { RedisConnection } = await import('./transport/redis-connection.ts');
  const connection = new RedisConnection({
    url: config.redis.url,
    clock,
    random: Math.random,
    onFault: ({ message }) => logger.warn({ reason: message }, 'Redis is away: nothing is shared'),
  });
  opened.defer(() => connection.close());
  void connection.open();
  return connection;
}

/** A Redis that is away leaves the server ready: it only loads more. */
export async function redisStates(connection: RedisConnection | undefined): Promise<Record<string, string>> {
  return connection === undefined ? {} : { redis: await connection.status() };
}
