import { expect, it, vi } from 'vitest';
import { RedisTapeTopic } from '../../../src/bus/redis/redis-tape-topic.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import { describeOnRedis, type RedisSuite } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';
import { brief, type Price, Puller, price, take } from '../reading.ts';

async function openProcess({ server }: RedisSuite, id: string) {
  const { link } = linkTo(server.url, id);
  const topic = new RedisTapeTopic<Price>({ link, name: 'tape', epoch: id });
  await link.open();
  return { link, topic, [Symbol.asyncDispose]: () => link.close() };
}

describeOnRedis('a tape of several processes', (redis) => {
  it('brings every value in order to the readers of another process, numbered there', async () => {
    await using publisher = await openProcess(redis(), 'a');
    await using other = await openProcess(redis(), 'b');
    const reader = other.topic.subscribe();
    for (let amount = 1; amount <= 300; amount++) publisher.topic.publish('k', price('k', amount));
    const taken = await take(reader, 300);
    expect(taken.map(brief)).toEqual(Array.from({ length: 300 }, (_, at) => `k ${at + 1} #${at + 1}`));
    expect(new Set(taken.map(({ epoch }) => epoch)).size).toBe(1);
    await reader.return();
  });

  it('begins another epoch where values were lost, and none where nothing was', async () => {
    const { server, admin } = redis();
    await using publisher = await openProcess(redis(), 'a');
    await using other = await openProcess(redis(), 'b');
    const reader = other.topic.subscribe();
    publisher.topic.publish('k', price('k', 1));
    const [first] = await take(reader, 1);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await vi.waitFor(() => expect(other.link.isUp).toBe(false));
    await vi.waitFor(() => expect([publisher.link.isUp, other.link.isUp]).toEqual([true, true]));
    await vi.waitFor(async () => expect(await admin.call('PUBSUB', 'NUMSUB', other.topic.channel)).toContain(2));
    publisher.topic.publish('k', price('k', 2));
    expect(await take(reader, 1)).toEqual([{ ...price('k', 2), seq: 2, epoch: first?.epoch }]);
    await server.kill();
    await vi.waitFor(() => expect(publisher.link.isUp).toBe(false));
    publisher.topic.publish('k', price('k', 3));
    await server.start();
    await vi.waitFor(() => expect([publisher.link.isUp, other.link.isUp]).toEqual([true, true]), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await admin.call('PUBSUB', 'NUMSUB', other.topic.channel)).toContain(2));
    publisher.topic.publish('k', price('k', 4));
    const [later] = await take(reader, 1);
    expect(later).toMatchObject({ price: 4, seq: 1 });
    expect(later?.epoch).not.toBe(first?.epoch);
    await reader.return();
  });

  it('interrupts and fails everywhere', async () => {
    await using publisher = await openProcess(redis(), 'a');
    await using other = await openProcess(redis(), 'b');
    const puller = new Puller(other.topic.subscribe({ keys: ['k'] }));
    puller.pull(4);
    publisher.topic.publish('k', price('k', 1));
    publisher.topic.interrupt('k');
    publisher.topic.publish('k', price('k', 2));
    publisher.topic.fail('k', new CodedError('BAD_USER_INPUT', 'no such symbol'));
    await vi.waitFor(() => expect(puller.waiting).toBe(0));
    expect(puller.values.map(brief)).toEqual(['k 1 #1', 'k 2 #1']);
    expect(puller.errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    await redis().admin.publish(other.topic.channel, 'nonsense');
  });
});
