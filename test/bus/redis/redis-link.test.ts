import { expect, it, vi } from 'vitest';
import { describeOnRedis } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';

const PUBLISHERS = 'deskgraph:bus:v1:publishers';

describeOnRedis('RedisLink', (redis) => {
  it('gives a Redis up that takes nothing of what is sent, before much waits for it', async () => {
    await using opened = linkTo(redis().server.url, 'a', { beatMs: 60_000, deadlineMs: 60_000, lifeMs: 60_000 });
    const { link, faults } = opened;
    await link.open();
    redis().server.freeze();
    try {
      for (let count = 0; count < 40_000; count++) link.send(['PUBLISH', 'channel', 'text']);
      await new Promise((resolve) => setImmediate(resolve));
      expect(link.isUp).toBe(true);
      for (let count = 0; count < 20_000; count++) link.send(['PUBLISH', 'channel', 'text']);
      await new Promise((resolve) => setImmediate(resolve));
      expect(link.isUp).toBe(false);
      expect(faults).toEqual([expect.stringContaining('commands wait for an answer')]);
    } finally {
      redis().server.thaw();
    }
  });

  it('gives a Redis up that does not end to be sent large texts', async () => {
    await using opened = linkTo(redis().server.url, 'a', { beatMs: 60_000, deadlineMs: 60_000, lifeMs: 60_000 });
    const { link } = opened;
    await link.open();
    redis().server.freeze();
    try {
      for (let count = 0; count < 33; count++) link.send(['PUBLISH', 'channel', 'x'.repeat(1024 * 1024)]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(link.isUp).toBe(false);
    } finally {
      redis().server.thaw();
    }
  });

  it('complains once of a Redis that refuses to be written, and is there when it does no more', async () => {
    const { admin } = redis();
    await using opened = linkTo(redis().server.url, 'a');
    const { link, faults } = opened;
    let attempts = 0;
    link.add({
      channel: 'deskgraph:bus:v1:part',
      receive: () => undefined,
      synchronise: async (client) => {
        attempts += 1;
        await client.hset('hash', 'field', 'text');
      },
      live: () => undefined,
      lose: () => undefined,
    });
    await admin.config('SET', 'maxmemory', '1');
    try {
      await link.open();
      await vi.waitFor(() => expect(attempts).toBeGreaterThan(2), { timeout: 5_000 });
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    await vi.waitFor(() => expect(link.isUp).toBe(true), { timeout: 5_000 });
    expect(faults).toEqual([expect.stringMatching(/^Redis is away: OOM/)]);
  });

  it('comes back to those who live after it gave no sign for too long', async () => {
    await using opened = linkTo(redis().server.url, 'a');
    const { admin } = redis();
    const { link } = opened;
    const synchronised: boolean[] = [];
    link.add({
      channel: 'deskgraph:bus:v1:part',
      receive: () => undefined,
      synchronise: async (_client, { isJoining }) => void synchronised.push(isJoining),
      live: () => undefined,
      lose: () => undefined,
    });
    await link.open();
    expect(synchronised).toEqual([true]);
    await admin.zadd(PUBLISHERS, 1, 'a');
    await vi.waitFor(() => expect(synchronised).toEqual([true, true]));
    await vi.waitFor(async () => expect(Number(await admin.zscore(PUBLISHERS, 'a'))).toBeGreaterThan(1));
    await admin.zadd(PUBLISHERS, Date.now() / 1000 + 60, 'another');
    await vi.waitFor(() => expect(synchronised).toEqual([true, true, false]));
  });

  it('leaves in good order', async () => {
    const { link } = linkTo(redis().server.url, 'a');
    await link.open();
    expect(await redis().admin.zrange(PUBLISHERS, 0, -1)).toEqual(['a']);
    const waiting = linkTo('redis://127.0.0.1:1', 'b').link;
    const up = waiting.awaitUp();
    await waiting.close();
    await expect(up).rejects.toThrow('the bus is closed');
    await link.close();
    expect(await redis().admin.zrange(PUBLISHERS, 0, -1)).toEqual([]);
    link.send(['PUBLISH', 'channel', 'text']);
    await expect(link.ask((client) => client.ping())).rejects.toThrow('Redis is away');
  });
});
