import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUBSCRIBERS } from './fan-out-subscription.ts';
import type { IdleSockets, IdleSocketsOptions } from './idle-sockets.ts';
import { measuredProduct } from './measured-product.ts';
import { runLoad } from './server-process.ts';
import type { StalledReaderOptions, StalledRound } from './stalled-reader.ts';
import { median, medianAndRange } from './statistics.ts';
import type { Rounds } from './throughput.ts';

const IDLE_SOCKETS = 2_000;
const IDLE_ROUNDS = 3;
const IDLE_SCRIPT = fileURLToPath(new URL('./idle-sockets.ts', import.meta.url));
const STALLED_SCRIPT = fileURLToPath(new URL('./stalled-reader.ts', import.meta.url));
/** With 1,000 subscribers, so that the server has some half of a core to do. */
const STALLED_RATE = 50;

/** What a socket costs that follows something which says nothing, over each transport, in a server of its own. */
export async function measureIdleSockets({ folder }: Rounds): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const transport of ['graphql-transport-ws', 'sse'] as const) {
    await using stack = new AsyncDisposableStack();
    const probe = join(folder, `idle-${transport}.sock`);
    const { product, source } = await measuredProduct(stack, { stream: 'ticks', folder, probe });
    const options: IdleSocketsOptions = {
      ...{ transport, stream: 'ticks', subscribers: IDLE_SOCKETS, server: product, source },
      ...{ probe, rounds: IDLE_ROUNDS },
    };
    // The load generator is a file beside this one and prints nothing else.
    const { resident, heap } = (await runLoad(IDLE_SCRIPT, options)) as IdleSockets;
    lines.push(
      `idle sockets over ${transport}, ${IDLE_SOCKETS} with one subscription each, after a garbage collection`,
      row('resident memory a socket, the first time', `${kilobytes(resident[0] ?? Number.NaN)} kB`),
      row('resident memory a socket, all times', `${medianAndRange(resident.map(kilobytes), 1)} kB`),
      row('objects and buffers a socket', `${medianAndRange(heap.map(kilobytes), 1)} kB`),
    );
  }
  return lines;
}

/** What a reader costs the others that stops reading and comes back. */
export async function measureStalledReader({ rounds, seconds, folder }: Rounds): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const probe = join(folder, 'stalled.sock');
  const { product, source } = await measuredProduct(stack, { stream: 'ticks', folder, probe });
  const options: StalledReaderOptions = {
    ...{ transport: 'graphql-transport-ws', stream: 'ticks', subscribers: SUBSCRIBERS, server: product, source },
    ...{ probe, rounds, seconds, eventsPerSecond: STALLED_RATE },
  };
  const measured = (await runLoad(STALLED_SCRIPT, options)) as readonly StalledRound[];
  const figures = (read: (round: StalledRound) => number, digits: number): string =>
    medianAndRange(measured.map(read), digits);
  return [
    `one reader of ${SUBSCRIBERS + 1} stops reading, ${STALLED_RATE} events/s for each`,
    row(
      'p99 of the others while it does not, to before',
      figures(({ reading, stalled }) => stalled.others.p99Ms / reading.others.p99Ms, 3),
    ),
    row(
      'p99 of the others when it is back, to before',
      figures(({ reading, back }) => back.others.p99Ms / reading.others.p99Ms, 3),
    ),
    ...(['reading', 'stalled', 'back'] as const).flatMap((phase) => [
      row(`p99 of the others, ${phase}`, `${figures((round) => round[phase].others.p99Ms, 2)} ms`),
      row(`longest turn of the loop, ${phase}`, `${figures((round) => round[phase].server.longestTurnMs, 1)} ms`),
      row(
        `deliveries/s to the others, ${phase}`,
        figures((round) => round[phase].others.deliveredPerSecond, 0),
      ),
    ]),
    row(
      'bytes that waited for it at most',
      figures(({ unsentBytes }) => unsentBytes, 0),
    ),
    row('messages that it got when it was back', String(median(measured.map(({ messagesAfter }) => messagesAfter)))),
  ];
}

function kilobytes(bytes: number): number {
  return Math.round(bytes / 100) / 10;
}

function row(what: string, figure: string): string {
  return `  ${what.padEnd(48)} ${figure}`;
}
