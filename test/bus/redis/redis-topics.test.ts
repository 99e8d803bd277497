import { afterAll, beforeAll, describe } from 'vitest';
import { RedisConflatedTopic } from '../../../src/bus/redis/redis-conflated-topic.ts';
import type { RedisLink } from '../../../src/bus/redis/redis-link.ts';
import { RedisLosslessTopic } from '../../../src/bus/redis/redis-lossless-topic.ts';
import { RedisTapeTopic } from '../../../src/bus/redis/redis-tape-topic.ts';
import { describeOnRedis } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';
import { describeConflatedTopic } from '../conflated-topic.contract.ts';
import { describeLosslessTopic } from '../lossless-topic.contract.ts';
import { openedInProcess } from '../reading.ts';
import { describeTapeTopic } from '../tape-topic.contract.ts';

describeOnRedis('in the process that publishes', (redis) => {
  let opened: ReturnType<typeof linkTo> | undefined;
  let count = 0;
  const link = (): RedisLink => opened?.link ?? fail();
  const name = (): string => `topic${count++}`;

  beforeAll(async () => {
    opened = linkTo(redis().server.url, 'publisher');
    await opened.link.open();
  });
  afterAll(() => opened?.[Symbol.asyncDispose]());

  describeConflatedTopic('RedisConflatedTopic', (options) =>
    openedInProcess(new RedisConflatedTopic({ ...options, link: link(), name: name() })),
  );
  describeTapeTopic('RedisTapeTopic', (options) =>
    openedInProcess(new RedisTapeTopic({ ...options, link: link(), name: name() })),
  );
});

// Of a lossless topic the suite counts how often the history is read, which is read to be shared as well.
describe('while Redis is away', () => {
  const { link } = linkTo('redis://127.0.0.1:1', 'publisher');

  describeConflatedTopic('RedisConflatedTopic', (options) =>
    openedInProcess(new RedisConflatedTopic({ ...options, link, name: 'conflated' })),
  );
  describeTapeTopic('RedisTapeTopic', (options) =>
    openedInProcess(new RedisTapeTopic({ ...options, link, name: 'tape' })),
  );
  describeLosslessTopic('RedisLosslessTopic', (options) => {
    const shared = { name: 'lossless', keeps: () => true, bounds: async () => undefined };
    return openedInProcess(new RedisLosslessTopic({ ...options, link, shared, maxEvents: 100 }));
  });
});

function fail(): never {
  throw new Error('the link is not open');
}
