/**
 * The subscribers of the fan-out bench in a process of their own: `node fan-out-load.ts '{"transport": ..., ...}'` opens
 * them, has the source send at one rate after another, and prints a FanOutResult for each rate as JSON.
 */
import { type FanOutResult, isBehind } from './fan-out-result.ts';
import { FanOutRun, type FanOutRunOptions } from './fan-out-run.ts';
import { takeProbe } from './server-probe-report.ts';

export interface FanOutOptions extends FanOutRunOptions {
  /** Events a second, in the order in which they are measured. */
  readonly rates: readonly number[];
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Whether to end at the first rate at which the server is behind. */
  readonly endsWhenBehind: boolean;
  /** Where the probe of the server listens, if it has one: then its report of each rate comes along. */
  readonly probe?: string;
}

const { rates, endsWhenBehind, probe, warmUpSeconds, seconds, ...options }: FanOutOptions = JSON.parse(
  process.argv[2] ?? '{}',
);
const run = new FanOutRun(options);
await run.open();
const results: FanOutResult[] = [];
for (const eventsPerSecond of rates) {
  const result = await measure(eventsPerSecond);
  results.push(result);
  if (endsWhenBehind && isBehind(result)) break;
}
await run.close();
console.log(JSON.stringify(results));

async function measure(eventsPerSecond: number): Promise<FanOutResult> {
  if (probe === undefined) return run.measure({ eventsPerSecond, warmUpSeconds, seconds });
  await run.measure({ eventsPerSecond, warmUpSeconds: 0, seconds: warmUpSeconds });
  await takeProbe(probe, { collects: false });
  const result = await run.measure({ eventsPerSecond, warmUpSeconds: 0, seconds });
  return { ...result, probe: await takeProbe(probe, { collects: false }) };
}
