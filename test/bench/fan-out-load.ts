/**
 * The subscribers of the fan-out bench in a process of their own: `node fan-out-load.ts '{"transport": ..., ...}'` opens
 * them, has the source send at one rate after another, and prints a FanOutResult for each rate as JSON.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FanOutResult } from './fan-out-result.ts';
import { isBehind } from './fan-out-result.ts';
import type { Transport } from './fan-out-subscriber.ts';
import { Subscriber } from './fan-out-subscriber.ts';
import type { Emitted, StreamName } from './fan-out-subscription.ts';
import { IDLE_RATE, monotonicMicroseconds, STREAMS } from './fan-out-subscription.ts';
import { cpuSecondsOf } from './process-usage.ts';
import { quantile } from './statistics.ts';

interface Process {
  readonly url: string;
  readonly pid: number;
}

export interface FanOutOptions {
  readonly transport: Transport;
  readonly stream: StreamName;
  readonly subscribers: number;
  readonly server: Process;
  readonly source: Process;
  /** Events a second, in the order in which they are measured. */
  readonly rates: readonly number[];
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Whether to end at the first rate at which the server is behind. */
  readonly endsWhenBehind: boolean;
}

const READ_BUFFER_BYTES = 256 * 1024;
/** Below the length of the queue of connections that a server has not accepted yet. */
const OPENED_AT_ONCE = 100;
const READY_WITHIN_MS = 30_000;
/** Prime to the number of subscribers, so that all of them come to be sampled. */
const SAMPLED_OF = 13;
const QUIET_CORES = 0.2;
const QUIET_WITHIN_MS = 10_000;
const ZERO = '0'.charCodeAt(0);

const options: FanOutOptions = JSON.parse(process.argv[2] ?? '{}');
const { query, sentAtField } = STREAMS[options.stream];
let deliveries = 0;
let latenciesMs: number[] = [];
console.log(JSON.stringify(await run(options)));

async function run({ rates, endsWhenBehind, server }: FanOutOptions): Promise<FanOutResult[]> {
  const subscribers = await openSubscribers();
  const results: FanOutResult[] = [];
  for (const rate of rates) {
    const result = await measure(rate);
    results.push(result);
    if (endsWhenBehind && isBehind(result)) break;
  }
  for (const subscriber of subscribers) subscriber.close();
  await waitUntilQuiet(server.pid);
  return results;
}

async function openSubscribers(): Promise<Subscriber[]> {
  const tooLate = setTimeout(() => fail('not all subscribers have received an event in time'), READY_WITHIN_MS);
  const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  const { transport, server } = options;
  const subscribers: Subscriber[] = [];
  while (subscribers.length < options.subscribers) {
    const length = Math.min(OPENED_AT_ONCE, options.subscribers - subscribers.length);
    const opened = Array.from({ length }, (_, position) => {
      const index = subscribers.length + position;
      return new Subscriber({
        transport,
        serverUrl: server.url,
        query,
        index,
        readBuffer,
        onDelivery: deliver,
      });
    });
    await Promise.all(opened.map(({ subscribed }) => subscribed));
    subscribers.push(...opened);
  }
  await Promise.all(subscribers.map(({ started }) => started));
  clearTimeout(tooLate);
  return subscribers;
}

async function measure(eventsPerSecond: number): Promise<FanOutResult> {
  const { server, source, subscribers, warmUpSeconds, seconds } = options;
  const loadCpuSeconds = () => cpuSecondsOf(process.pid) + cpuSecondsOf(source.pid);
  await setRate(eventsPerSecond);
  await delay(warmUpSeconds * 1000);

  const [startedAt, serverCpuBefore, loadCpuBefore] = [performance.now(), cpuSecondsOf(server.pid), loadCpuSeconds()];
  [deliveries, latenciesMs] = [0, []];
  await delay(seconds * 1000);
  const [counted, sample] = [deliveries, Float64Array.from(latenciesMs)];
  const measuredSeconds = (performance.now() - startedAt) / 1000;
  const serverCpuSeconds = cpuSecondsOf(server.pid) - serverCpuBefore;
  const loadCpu = loadCpuSeconds() - loadCpuBefore;

  const emitted = await setRate(IDLE_RATE);
  if (sample.length === 0) fail(`none of ${counted} deliveries carries ${sentAtField} and a number`);
  sample.sort();
  return {
    eventsPerSecond,
    offeredPerSecond: (emitted.events / emitted.seconds) * subscribers,
    deliveredPerSecond: counted / measuredSeconds,
    p50Ms: quantile(sample, 0.5),
    p99Ms: quantile(sample, 0.99),
    serverCores: serverCpuSeconds / measuredSeconds,
    loadCores: loadCpu / measuredSeconds,
  };
}

function deliver(chunk: Buffer, start: number): void {
  deliveries++;
  if (start === -1 || deliveries % SAMPLED_OF !== 0) return;
  const sentAt = parseSentAt(chunk, start);
  if (sentAt !== undefined) latenciesMs.push((monotonicMicroseconds() - sentAt) / 1000);
}

/** undefined: the message is cut off before the end of the number. */
function parseSentAt(chunk: Buffer, start: number): number | undefined {
  const field = chunk.indexOf(sentAtField, start);
  if (field === -1) return undefined;
  let sentAt = 0;
  for (let at = field + sentAtField.length; at < chunk.length; at++) {
    const digit = (chunk[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return sentAt;
    sentAt = sentAt * 10 + digit;
  }
  return undefined;
}

async function setRate(perSecond: number): Promise<Emitted> {
  const response = await fetch(`${options.source.url}/rate?perSecond=${perSecond}`, { method: 'POST' });
  return parseEmitted(await response.json());
}

function parseEmitted(answer: unknown): Emitted {
  // The source is a file beside this one.
  return answer as Emitted;
}

/** What a saturated server still has to do must not fall into what is measured next. */
async function waitUntilQuiet(pid: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < QUIET_WITHIN_MS; waitedMs += 100) {
    const before = cpuSecondsOf(pid);
    await delay(100);
    if ((cpuSecondsOf(pid) - before) / 0.1 < QUIET_CORES) return;
  }
  fail('the server does not come to rest when its subscribers have gone');
}

function fail(reason: string): never {
  console.error(`subscribers: ${reason}`);
  process.exit(1);
}
