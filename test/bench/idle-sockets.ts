/**
 * `node idle-sockets.ts '{"server": ..., ...}'`: what a socket costs a server that follows something which says nothing.
 * Prints an IdleSockets as JSON.
 */
import { FanOutRun, type FanOutRunOptions } from './fan-out-run.ts';
import { takeProbe } from './server-probe-report.ts';

export interface IdleSocketsOptions extends FanOutRunOptions {
  /** Where the probe of the server listens. */
  readonly probe: string;
  readonly rounds: number;
}

export interface IdleSockets {
  /** Resident memory and memory of objects and buffers for each socket, in bytes, of each round. */
  readonly resident: readonly number[];
  readonly heap: readonly number[];
}

/** Opened and closed before anything is measured, so that no code is loaded or compiled for the first time. */
const WARM_UP_SOCKETS = 200;

const { probe, rounds, ...options }: IdleSocketsOptions = JSON.parse(process.argv[2] ?? '{}');
const [resident, heap]: [number[], number[]] = [[], []];
const warmUp = new FanOutRun({ ...options, subscribers: WARM_UP_SOCKETS });
await warmUp.open();
await warmUp.close();
for (let round = 0; round < rounds; round++) {
  const run = new FanOutRun(options);
  // One event for who comes, and then silence.
  await run.setRate(0);
  const before = await settled();
  await run.open();
  const after = await settled();
  resident.push((after.residentBytes - before.residentBytes) / options.subscribers);
  heap.push((after.heapBytes - before.heapBytes) / options.subscribers);
  await run.close();
}
console.log(JSON.stringify({ resident, heap } satisfies IdleSockets));

/** After several collections, since what one finds unreachable another one may give back. */
async function settled() {
  for (let collection = 0; collection < 3; collection++) await takeProbe(probe, { collects: true });
  return takeProbe(probe, { collects: true });
}
