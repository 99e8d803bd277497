import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeOnRedis, findRedisServer, startRedis } from './redis.ts';
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
      /^redis-server ended .*: cannot listen: --bind 127.0.0.1 --port \d+/,
    );
  });
});
