import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { type LinkTimes, RedisLink } from '../../src/bus/redis/redis-link.ts';
import { connectRedis } from '../../src/transport/redis-client.ts';

/** So short that what takes seconds on a desk is over in a moment. */
export const SHORT_TIMES: LinkTimes = { beatMs: 40, deadlineMs: 400, lifeMs: 400 };

/** A link to the Redis at an address, not open yet. What it has to complain of is kept. */
export function linkTo(url: string, id: string, times = SHORT_TIMES) {
  const faults: string[] = [];
  const link = new RedisLink({
    connect: (signal) => connectRedis(url, signal),
    ...{ id, times, clock: SYSTEM_CLOCK },
    random: () => 0,
    onFault: ({ message }) => void faults.push(message),
  });
  return { link, faults, [Symbol.asyncDispose]: () => link.close() };
}
