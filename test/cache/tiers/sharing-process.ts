import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { SYSTEM_CLOCK } from '../../../src/async/clock.ts';
import { RedisLoadTurns } from '../../../src/cache/tiers/redis-load-turns.ts';
import { createRedisTier } from '../../../src/cache/tiers/redis-tier.ts';
import { decodeBars, encodeBars } from '../../../src/cache/tiers/series-encoding.ts';
import { RedisConnection } from '../../../src/transport/redis-connection.ts';
import { storedBars } from '../../support/stored-series.ts';

// Reads a code as a server does that has nothing of it in memory: in its turn from the tier, else from the source.
// A load takes until so many processes have asked. Prints where the series came from.
const [url = '', code = '', processes = '1'] = process.argv.slice(2);
const onFault = ({ message }: Error): void => void process.stdout.write(`${message}\n`);
const connection = new RedisConnection({ url, clock: SYSTEM_CLOCK, random: Math.random, timeoutMs: 5000, onFault });
const shared = { connection, kind: 'bars', clock: SYSTEM_CLOCK, onFault } as const;
const tier = createRedisTier({ ...shared, encode: encodeBars, decode: decodeBars });
const turns = new RedisLoadTurns({ ...shared, random: Math.random, newToken: randomUUID });

await connection.reach((client) => client.incr(`asked:${code}`));
{
  await using turn = await turns.take(code, new AbortController().signal);
  process.stdout.write('turn\n');
  const held = await tier.read(code);
  if (held === undefined) {
    while (Number(await connection.reach((client) => client.get(`asked:${code}`))) < Number(processes))
      await setTimeout(5);
    await tier.write(code, storedBars(code));
  }
  process.stdout.write(`${held === undefined ? 'loaded' : 'shared'} ${turn.hasWaited ? 'after waiting' : 'at once'}\n`);
}
connection.close();
