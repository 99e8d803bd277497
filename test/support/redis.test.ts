import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { runNode } from './process.ts';
import { describeOnRedis } from './redis.ts';
import { findRedisServer, startRedis } from './redis-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeOnRedis('the Redis of a suite', (redis) => {
  it('answers, freezes, dies and comes back empty', async () => {
    const { server, admin } = redis();
    await admin.set('key', 'value');
    server.freeze();
    const frozen = admin.get('key');
    server.thaw();
    expect(await frozen).toBe('value');
    await server.kill();
    await server.start();
    expect(await admin.get('key')).toBeNull();
    await admin.set('key', 'value');
  });

  it('ends with the process that has started it, however that ends', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const starter = runNode([fileURLToPath(new URL('redis-starting-process.ts', import.meta.url))], {
      cwd: folder.path,
    });
    const [, url = ''] = await starter.waitFor(/(redis:\S+)/);
    const client = new Redis(url, { retryStrategy: () => null });
    client.on('error', () => {});
    expect(await client.ping()).toBe('PONG');
    const ended = once(client, 'end');
    starter.child.kill('SIGKILL');
    await ended;
  });

  it('is known by the environment of who has started it', async () => {
    const { admin } = redis();
    const pid = /process_id:(\d+)/.exec(await admin.info('server'))?.[1];
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain(`PATH=${process.env.PATH}`);
  });

  it('is empty before each test', async () => {
    expect(await redis().admin.dbsize()).toBe(0);
  });
});

describe('the Redis for tests', () => {
  it('is a redis-server on PATH', async () => {
    using folder = temporaryFolder();
    const path = ['', join(folder.path, 'none'), folder.path].join(delimiter);
    expect(findRedisServer(path)).toBeUndefined();
    const program = join(folder.path, 'redis-server');
    writeFileSync(program, '#!/bin/sh\necho "cannot listen: $*"; exit 1\n');
    chmodSync(program, 0o755);
    expect(findRedisServer(path)).toBe(program);
    await expect(startRedis(program)).rejects.toThrow(
      /^redis-server ended .*\ncannot listen: --bind 127.0.0.1 --port \d+/,
    );
  });
});
