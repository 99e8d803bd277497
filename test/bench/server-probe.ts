/**
 * Loaded before a server (`node --expose-gc --import server-probe.ts ...`), it watches what only the server itself can
 * see, and tells it over the UNIX socket that SERVER_PROBE names: each GET answers a ProbeReport as JSON and begins anew,
 * `/?collect` after a garbage collection. The number behind `"sz":"` is a venue frame's time of sending; SERVER_PROBE_FIELD
 * is what stands before the same number in what the server writes, and without it no frames are timed.
 */
import { openSync, readSync } from 'node:fs';
import { createServer } from 'node:http';
import { Socket } from 'node:net';
import { monotonicMicroseconds } from './fan-out-subscription.ts';
import type { Latency, ProbeReport } from './server-probe-report.ts';
import { quantile } from './statistics.ts';

interface FrameIn {
  readonly readAt: number;
  /** For how long this thread had waited for a core until then, in microseconds. */
  readonly waited: number;
}

type Write = (isList: boolean, data: unknown, encoding: string, done: () => void) => void;

const SENT_AT_IN = '"sz":"';
const MOST_FRAMES = 20_000;

const sentAtOut = process.env.SERVER_PROBE_FIELD;
let frames = new Map<number, FrameIn>();
let [readToWritten, sentToWritten, undisturbed] = [[] as number[], [] as number[], [] as number[]];
let [longestTurn, mostUnsent] = [0, 0];
let cpuBefore = cpuMicroseconds();
/** Of the main thread: time on a core, time of waiting for one, in nanoseconds (Documentation/scheduler/sched-stats.rst). */
const schedule = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const scheduleText = Buffer.alloc(100);

const prototype = Socket.prototype as Socket & { _writeGeneric: Write };
// Both `_write` and `_writev` end here, and the kernel has been given the bytes when it returns.
const writeToKernel = prototype._writeGeneric;
prototype._writeGeneric = function writeAndTime(this: Socket, isList, data, encoding, done) {
  writeToKernel.call(this, isList, data, encoding, done);
  if (sentAtOut !== undefined) noteWritten(isList ? (data as { chunk: unknown }[]).map(({ chunk }) => chunk) : [data]);
};
const write = prototype.write;
prototype.write = function writeAndLook(this: Socket, ...args: Parameters<typeof write>): boolean {
  const hasRoom = write.apply(this, args);
  mostUnsent = Math.max(mostUnsent, this.writableLength);
  return hasRoom;
} as typeof write;
const push = prototype.push;
prototype.push = function readAndTime(this: Socket, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (sentAtOut !== undefined && Buffer.isBuffer(chunk)) noteRead(chunk);
  return push.call(this, chunk, encoding);
};

// Between two ticks lies a turn of the loop at least, and what it cost the thread; a machine that is busy with other
// things costs it nothing.
setInterval(() => {
  const now = cpuMicroseconds();
  longestTurn = Math.max(longestTurn, now - cpuBefore);
  cpuBefore = now;
}, 1).unref();

createServer((request, response) => {
  if (request.url === '/?collect') globalThis.gc?.();
  response.setHeader('content-type', 'application/json').end(JSON.stringify(takeReport()));
})
  .listen(process.env.SERVER_PROBE)
  .unref();

function noteRead(chunk: Buffer): void {
  const noted: FrameIn = { readAt: monotonicMicroseconds(), waited: waitedMicroseconds() };
  for (const sentAt of numbersBehind(chunk, SENT_AT_IN)) frames.set(sentAt, noted);
  if (frames.size > MOST_FRAMES) frames = new Map([...frames].slice(-MOST_FRAMES / 2));
}

function noteWritten(chunks: readonly unknown[]): void {
  const [now, waited] = [monotonicMicroseconds(), waitedMicroseconds()];
  for (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) continue;
    for (const sentAt of numbersBehind(chunk, sentAtOut ?? '')) {
      const frame = frames.get(sentAt);
      if (frame === undefined) continue;
      readToWritten.push((now - frame.readAt) / 1000);
      sentToWritten.push((now - sentAt) / 1000);
      undisturbed.push((now - frame.readAt - (waited - frame.waited)) / 1000);
    }
  }
}

function* numbersBehind(chunk: Buffer, field: string): Generator<number, void, undefined> {
  for (let at = chunk.indexOf(field); at !== -1; at = chunk.indexOf(field, at + field.length)) {
    yield Number.parseInt(chunk.toString('latin1', at + field.length, at + field.length + 16), 10);
  }
}

function takeReport(): ProbeReport {
  const { rss, heapUsed, external } = process.memoryUsage();
  const report: ProbeReport = {
    residentBytes: rss,
    heapBytes: heapUsed + external,
    longestTurnMs: longestTurn / 1000,
    mostUnsentBytes: mostUnsent,
    readToWritten: latencyOf(readToWritten),
    sentToWritten: latencyOf(sentToWritten),
    undisturbed: latencyOf(undisturbed),
  };
  [readToWritten, sentToWritten, undisturbed, longestTurn, mostUnsent] = [[], [], [], 0, 0];
  cpuBefore = cpuMicroseconds();
  return report;
}

function latencyOf(measured: readonly number[]): Latency {
  const sorted = Float64Array.from(measured).sort();
  return { count: sorted.length, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

function cpuMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function waitedMicroseconds(): number {
  const length = readSync(schedule, scheduleText, 0, scheduleText.length, 0);
  return Number(scheduleText.toString('latin1', 0, length).split(' ')[1]) / 1000;
}
