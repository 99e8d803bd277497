import { setTimeout as delay } from 'node:timers/promises';
import type { FanOutResult } from './fan-out-result.ts';
import { Subscriber, type Transport } from './fan-out-subscriber.ts';
import type { Emitted, StreamName } from './fan-out-subscription.ts';
import { IDLE_RATE, monotonicMicroseconds, STREAMS } from './fan-out-subscription.ts';
import { cpuSecondsOf } from './process-usage.ts';
import { quantile } from './statistics.ts';

interface Process {
  readonly url: string;
  readonly pid: number;
}

export interface FanOutRunOptions {
  readonly transport: Transport;
  readonly stream: StreamName;
  readonly subscribers: number;
  readonly server: Process;
  readonly source: Process;
  /** Events that the source is later with are left out; as it has it when absent. */
  readonly latestMs?: number;
}

export interface Period {
  readonly eventsPerSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
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

/** Subscribers in this process, and what they see while the source sends. */
export class FanOutRun {
  readonly #options: FanOutRunOptions;
  readonly #subscribers: Subscriber[] = [];
  #deliveries = 0;
  #latenciesMs: number[] = [];

  constructor(options: FanOutRunOptions) {
    this.#options = options;
  }

  /** Resolves when all of them have received an event. */
  async open(): Promise<void> {
    const tooLate = setTimeout(() => fail('not all subscribers have received an event in time'), READY_WITHIN_MS);
    const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
    const { transport, stream, server, subscribers: wanted } = this.#options;
    while (this.#subscribers.length < wanted) {
      const length = Math.min(OPENED_AT_ONCE, wanted - this.#subscribers.length);
      const opened = Array.from({ length }, (_, position) => {
        const index = this.#subscribers.length + position;
        return new Subscriber({
          transport,
          serverUrl: server.url,
          query: STREAMS[stream].query,
          index,
          readBuffer,
          onDelivery: (chunk, start) => this.#deliver(chunk, start),
        });
      });
      await Promise.all(opened.map(({ subscribed }) => subscribed));
      this.#subscribers.push(...opened);
    }
    await Promise.all(this.#subscribers.map(({ started }) => started));
    clearTimeout(tooLate);
  }

  /** What they see after a warm-up; afterwards the source is back at its idle rate. */
  async measure({ eventsPerSecond, warmUpSeconds, seconds }: Period): Promise<FanOutResult> {
    const { server, source, subscribers, stream } = this.#options;
    const loadCpuSeconds = () => cpuSecondsOf(process.pid) + cpuSecondsOf(source.pid);
    await this.setRate(eventsPerSecond);
    await delay(warmUpSeconds * 1000);

    const [startedAt, serverCpuBefore, loadCpuBefore] = [performance.now(), cpuSecondsOf(server.pid), loadCpuSeconds()];
    [this.#deliveries, this.#latenciesMs] = [0, []];
    await delay(seconds * 1000);
    const [counted, sample] = [this.#deliveries, Float64Array.from(this.#latenciesMs)];
    const measuredSeconds = (performance.now() - startedAt) / 1000;
    const serverCpuSeconds = cpuSecondsOf(server.pid) - serverCpuBefore;
    const loadCpu = loadCpuSeconds() - loadCpuBefore;

    const emitted = await this.setRate(IDLE_RATE);
    if (sample.length === 0) {
      fail(`none of ${counted} deliveries carries ${STREAMS[stream].sentAtField} and a number`);
    }
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

  /** Events a second that the source sends from now on; answers what it has sent since this was said last. */
  async setRate(perSecond: number): Promise<Emitted> {
    const { source, latestMs } = this.#options;
    const latest = latestMs === undefined ? '' : `&latestMs=${latestMs}`;
    const response = await fetch(`${source.url}/rate?perSecond=${perSecond}${latest}`, { method: 'POST' });
    return parseEmitted(await response.json());
  }

  /** What a saturated server still has to do must not fall into what is measured next. */
  async close(): Promise<void> {
    for (const subscriber of this.#subscribers.splice(0)) subscriber.close();
    const { pid } = this.#options.server;
    for (let waitedMs = 0; waitedMs < QUIET_WITHIN_MS; waitedMs += 100) {
      const before = cpuSecondsOf(pid);
      await delay(100);
      if ((cpuSecondsOf(pid) - before) / 0.1 < QUIET_CORES) return;
    }
    fail('the server does not come to rest when its subscribers have gone');
  }

  #deliver(chunk: Buffer, start: number): void {
    this.#deliveries++;
    if (start === -1 || this.#deliveries % SAMPLED_OF !== 0) return;
    const sentAt = parseSentAt(chunk, start, STREAMS[this.#options.stream].sentAtField);
    if (sentAt !== undefined) this.#latenciesMs.push((monotonicMicroseconds() - sentAt) / 1000);
  }
}

/** undefined: the message is cut off before the end of the number. */
function parseSentAt(chunk: Buffer, start: number, sentAtField: string): number | undefined {
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

function parseEmitted(answer: unknown): Emitted {
  // The source is a file beside this one.
  return answer as Emitted;
}

function fail(reason: string): never {
  console.error(`subscribers: ${reason}`);
  process.exit(1);
}
