import type { LoadResult } from './load.ts';
import { median, medianAndRange } from './statistics.ts';

/** What one round has measured. */
export interface Round {
  readonly product: LoadResult;
  /** The server that it is held against. */
  readonly limit: LoadResult;
}

export interface ThroughputReport {
  readonly lines: readonly string[];
  /** Why the figures do not count; undefined: they do. */
  readonly void: string | undefined;
}

export interface ReportHead {
  readonly title: string;
  /** Whether the other server must have been at its limit. */
  readonly isSaturating: boolean;
  /** As figures name the other server. */
  readonly limitName: string;
}

/** Share of its core that a server must keep busy to be called saturated. */
export const SATURATED_SHARE = 0.95;

export function reportOf(measured: readonly Round[], { title, isSaturating, limitName }: ReportHead): ThroughputReport {
  const ratioOf = (read: (result: LoadResult) => number): string =>
    medianAndRange(
      measured.map(({ product, limit }) => read(product) / read(limit)),
      3,
    );
  const share = median(measured.map(({ limit }) => limit.serverCpuSeconds / limit.seconds));
  const isVoid = isSaturating && share < SATURATED_SHARE;
  const rows: readonly (readonly [string, string])[] = [
    [`requests/s to ${limitName}`, ratioOf(perSecond)],
    [`CPU a request to ${limitName}`, ratioOf(cpuMicroseconds)],
    [`p50 to ${limitName}`, ratioOf(({ p50Ms }) => p50Ms)],
    ['CPU a request, product', `${medianAndRange(each(measured, 'product', cpuMicroseconds), 1)} us`],
    [`CPU a request, ${limitName}`, `${medianAndRange(each(measured, 'limit', cpuMicroseconds), 1)} us`],
    ['requests/s, product', medianAndRange(each(measured, 'product', perSecond), 0)],
    [`requests/s, ${limitName}`, medianAndRange(each(measured, 'limit', perSecond), 0)],
    ['p50 and p99, product', latencies(measured.map(({ product }) => product))],
    [`p50 and p99, ${limitName}`, latencies(measured.map(({ limit }) => limit))],
    [`core of ${limitName}`, `${share.toFixed(2)} busy${isSaturating ? `, wanted ${SATURATED_SHARE}` : ''}`],
  ];
  const lines = [title, ...rows.map(([what, figure]) => `  ${what.padEnd(36)} ${figure}`)];
  return { lines, void: isVoid ? `${title}: ${limitName} was at ${share.toFixed(2)} of a core` : undefined };
}

function each(measured: readonly Round[], of: keyof Round, read: (result: LoadResult) => number): number[] {
  return measured.map((round) => read(round[of]));
}

function perSecond({ answers, seconds }: LoadResult): number {
  return answers / seconds;
}

function cpuMicroseconds({ serverCpuSeconds, answers }: LoadResult): number {
  return (serverCpuSeconds / answers) * 1e6;
}

function latencies(results: readonly LoadResult[]): string {
  const [p50, p99] = [median(results.map(({ p50Ms }) => p50Ms)), median(results.map(({ p99Ms }) => p99Ms))];
  return `${p50.toFixed(2)} ms, ${p99.toFixed(2)} ms`;
}
