import { findRedisServer, startRedis } from './redis-server.ts';

// Starts a Redis, prints where it is, and waits to be killed.
const server = await startRedis(findRedisServer() ?? '');
process.stdout.write(`${server.url}\n`);
setInterval(() => {}, 60_000);
