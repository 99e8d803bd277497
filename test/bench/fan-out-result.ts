import type { ProbeReport } from './server-probe-report.ts';

/** What the subscribers saw while the source sent at one rate. */
export interface FanOutResult {
  readonly eventsPerSecond: number;
  /** Events that the source did emit, times subscribers. */
  readonly offeredPerSecond: number;
  readonly deliveredPerSecond: number;
  /** From the source's sending to the subscriber's reading, of one delivery in SAMPLED_OF. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time in cores: of the server, and of the source and the subscribers together. */
  readonly serverCores: number;
  readonly loadCores: number;
  /** What the server itself saw, if it was asked. */
  readonly probe?: ProbeReport;
}

/** What is delivered of what is offered when a server is called behind. */
const BEHIND_BELOW = 0.9;

/** Whether the server had more to deliver than it could. */
export function isBehind({ offeredPerSecond, deliveredPerSecond }: FanOutResult): boolean {
  return deliveredPerSecond < offeredPerSecond * BEHIND_BELOW;
}
