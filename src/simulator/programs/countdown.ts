/** Counts down from `--count` to 0, a line each `--every-ms`, so that there is something to watch. */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10' },
    'every-ms': { type: 'string', default: '1000' },
  },
});

const count = Number(values.count);
for (let left = count; left >= 0; left--) {
  process.stdout.write(`${left}\n`);
  process.stdout.write(`::progress ${JSON.stringify({ fraction: count === 0 ? 1 : 1 - left / count })}\n`);
  if (left > 0) await delay(Number(values['every-ms']));
}
