import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FanOutOptions } from './fan-out-load.ts';
import type { FanOutResult } from './fan-out-result.ts';
import { measuredProduct } from './measured-product.ts';
import type { Latency, ProbeReport } from './server-probe-report.ts';
import { runLoad } from './server-process.ts';
import { medianAndRange } from './statistics.ts';
import type { Rounds } from './throughput.ts';

const FRAMES_PER_SECOND = 2_000;
const SUBSCRIBERS = 10;
/** A source that had to wait for a core goes on at its pace: what is measured is the server's haste, not the source's. */
const LATEST_MS = 2;
const WARM_UP_SECONDS = 1;
const LOAD_SCRIPT = fileURLToPath(new URL('./fan-out-load.ts', import.meta.url));

/** How long a venue's frame is in the server until it is written to a subscriber, with few of them. */
export async function measureFrameLatency({ rounds, seconds, folder }: Rounds): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const probe = join(folder, 'frame-latency.sock');
  const { product, source } = await measuredProduct(stack, { stream: 'trades', folder, probe, timesFrames: true });
  const lines: string[] = [];
  for (const transport of ['graphql-transport-ws', 'sse'] as const) {
    const options: FanOutOptions = {
      ...{ transport, stream: 'trades', subscribers: SUBSCRIBERS, server: product, source, probe },
      ...{ rates: Array(rounds).fill(FRAMES_PER_SECOND), warmUpSeconds: WARM_UP_SECONDS, seconds },
      ...{ endsWhenBehind: false, latestMs: LATEST_MS },
    };
    // The load generator is a file beside this one and prints nothing else.
    const results = (await runLoad(LOAD_SCRIPT, options)) as readonly FanOutResult[];
    const reports = results.flatMap((result) => result.probe ?? []);
    const row = (what: string, read: (report: ProbeReport) => Latency): string[] => [
      `  ${`${what}, p50`.padEnd(46)} ${medianAndRange(
        reports.map(read).map(({ p50Ms }) => p50Ms),
        3,
      )} ms`,
      `  ${`${what}, p99`.padEnd(46)} ${medianAndRange(
        reports.map(read).map(({ p99Ms }) => p99Ms),
        3,
      )} ms`,
    ];
    lines.push(
      `venue frame in to bytes written over ${transport}, ${FRAMES_PER_SECOND} frames/s, ${SUBSCRIBERS} subscribers`,
      ...row('from its reading', ({ readToWritten }) => readToWritten),
      ...row('the same while it had a core', ({ undisturbed }) => undisturbed),
      ...row('from the venue sending it', ({ sentToWritten }) => sentToWritten),
      `  ${'writes/s'.padEnd(46)} ${medianAndRange(
        reports.map(({ readToWritten }) => readToWritten.count / seconds),
        0,
      )}`,
      `  ${"server's core".padEnd(46)} ${medianAndRange(
        results.map(({ serverCores }) => serverCores),
        2,
      )} busy`,
    );
  }
  return lines;
}
