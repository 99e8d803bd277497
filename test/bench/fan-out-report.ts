import type { FanOutResult } from './fan-out-result.ts';
import type { Transport } from './fan-out-subscriber.ts';
import { STEADY_RATE, type StreamName, SUBSCRIBERS } from './fan-out-subscription.ts';
import { median, medianAndRange } from './statistics.ts';
import type { ThroughputReport } from './throughput-report.ts';
import { SATURATED_SHARE } from './throughput-report.ts';

/** One server in one round. */
export interface FanOutRound {
  /** At STEADY_RATE. */
  readonly steady: FanOutResult;
  /** At a rate that is more than the server can deliver. */
  readonly saturated: FanOutResult;
}

interface Sides {
  readonly product: readonly FanOutResult[];
  readonly raw: readonly FanOutResult[];
}

/** What of the product was measured. */
interface Measured {
  readonly transport: Transport;
  readonly stream: StreamName;
}

/** `product` and `raw` hold the same rounds in the same order. */
export function reportFanOut(
  { transport, stream }: Measured,
  product: readonly FanOutRound[],
  raw: readonly FanOutRound[],
): ThroughputReport {
  const steady = { product: product.map((round) => round.steady), raw: raw.map((round) => round.steady) };
  const saturated = { product: product.map((round) => round.saturated), raw: raw.map((round) => round.saturated) };
  const title = `fan-out of ${stream} over ${transport}, ${SUBSCRIBERS} subscribers`;
  const lines = [
    `${title}, ${STEADY_RATE} events/s for each`,
    ...steadyLines(steady),
    `${title}, saturated`,
    ...saturatedLines(saturated),
  ];
  const idle = Object.entries(saturated).flatMap(([side, results]) => {
    const cores = median(results.map(({ serverCores }) => serverCores));
    if (cores >= SATURATED_SHARE) return [];
    const events = results[0]?.eventsPerSecond;
    return [`the server (${side}) was at ${cores.toFixed(2)} of a core with ${events} events/s offered`];
  });
  return { lines, void: idle.length === 0 ? undefined : `${title}: ${idle.join(', ')}` };
}

/** The same beside graphql-ws with one execution for each subscriber. */
export function reportPeer(
  { transport, stream }: Measured,
  product: readonly FanOutRound[],
  peer: readonly FanOutRound[],
): ThroughputReport {
  const sides = { product: product.map(({ saturated }) => saturated), raw: peer.map(({ saturated }) => saturated) };
  const title = `fan-out of ${stream} over ${transport} beside graphql-ws, ${SUBSCRIBERS} subscribers, saturated`;
  const ofPeer = (read: (result: FanOutResult) => number): string => medianAndRange(sides.raw.map(read), 2);
  const lines = [
    title,
    line(
      'deliveries/s to graphql-ws',
      ratio(sides, ({ deliveredPerSecond }) => deliveredPerSecond),
    ),
    line('CPU a delivery to it', ratio(sides, cpuMicroseconds)),
    line('CPU a delivery of it', `${ofPeer(cpuMicroseconds)} us`),
    line(
      'deliveries/s of it',
      ofPeer(({ deliveredPerSecond }) => deliveredPerSecond),
    ),
    line('its core', `${ofPeer(({ serverCores }) => serverCores)} busy`),
  ];
  return { lines, void: undefined };
}

function steadyLines(sides: Sides): string[] {
  return [
    line(
      'p50 to the raw limit',
      ratio(sides, ({ p50Ms }) => p50Ms),
    ),
    line(
      'p99 to the raw limit',
      ratio(sides, ({ p99Ms }) => p99Ms),
    ),
    line('CPU a delivery to it', ratio(sides, cpuMicroseconds)),
    ...both('CPU a delivery', sides, cpuMicroseconds, { digits: 2, unit: 'us' }),
    ...both('p50', sides, ({ p50Ms }) => p50Ms, { digits: 2, unit: 'ms' }),
    ...both('p99', sides, ({ p99Ms }) => p99Ms, { digits: 2, unit: 'ms' }),
    ...both('deliveries/s', sides, ({ deliveredPerSecond }) => deliveredPerSecond, { digits: 0 }),
    ...both("server's core", sides, ({ serverCores }) => serverCores, { digits: 2, unit: 'busy' }),
  ];
}

function saturatedLines(sides: Sides): string[] {
  const wanted = `busy, wanted ${SATURATED_SHARE}`;
  return [
    line(
      'ratio to the raw limit',
      ratio(sides, ({ deliveredPerSecond }) => deliveredPerSecond),
    ),
    line('CPU a delivery to it', ratio(sides, cpuMicroseconds)),
    ...both('CPU a delivery', sides, cpuMicroseconds, { digits: 2, unit: 'us' }),
    ...both('deliveries/s', sides, ({ deliveredPerSecond }) => deliveredPerSecond, { digits: 0 }),
    ...both('offered/s', sides, ({ offeredPerSecond }) => offeredPerSecond, { digits: 0 }),
    ...both("server's core", sides, ({ serverCores }) => serverCores, { digits: 2, unit: wanted }),
    ...both("load's core", sides, ({ loadCores }) => loadCores, { digits: 2, unit: 'busy' }),
  ];
}

function ratio({ product, raw }: Sides, read: (result: FanOutResult) => number): string {
  const ratios = product.map((result, round) => {
    const limit = raw[round];
    return limit === undefined ? Number.NaN : read(result) / read(limit);
  });
  return medianAndRange(ratios, 3);
}

function cpuMicroseconds({ serverCores, deliveredPerSecond }: FanOutResult): number {
  return (serverCores / deliveredPerSecond) * 1e6;
}

interface Figures {
  readonly digits: number;
  readonly unit?: string;
}

function both(
  label: string,
  sides: Sides,
  read: (result: FanOutResult) => number,
  { digits, unit = '' }: Figures,
): string[] {
  return (['product', 'raw'] as const).map((side) =>
    line(`${label}, ${side}`, `${medianAndRange(sides[side].map(read), digits)} ${unit}`),
  );
}

function line(label: string, figures: string): string {
  return `  ${label.padEnd(28)}${figures}`.trimEnd();
}
