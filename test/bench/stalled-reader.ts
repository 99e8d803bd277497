/**
 * `node stalled-reader.ts '{"server": ..., ...}'`: one client of many stops reading under load and comes back. Prints a
 * StalledRound for each round as JSON.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { FanOutResult } from './fan-out-result.ts';
import { FanOutRun, type FanOutRunOptions } from './fan-out-run.ts';
import { IDLE_RATE, STREAMS } from './fan-out-subscription.ts';
import { type ProbeReport, takeProbe } from './server-probe-report.ts';

export interface StalledReaderOptions extends FanOutRunOptions {
  /** Where the probe of the server listens. */
  readonly probe: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

/** What all others saw, and what the server saw of itself. */
interface Phase {
  readonly others: FanOutResult;
  readonly server: ProbeReport;
}

export interface StalledRound {
  /** The client reads like all others. */
  readonly reading: Phase;
  /** It reads nothing, and for some time has not. */
  readonly stalled: Phase;
  /** It reads again, from the first moment on. */
  readonly back: Phase;
  /** The most that waited for it in the server while it did not read. */
  readonly unsentBytes: number;
  /** Messages that it got in that time. */
  readonly messagesAfter: number;
}

/** Large events, and many, so that the buffers of the kernel, which are megabytes, are full in seconds. */
const OPERATIONS = 48;
const ALIASES = Array.from({ length: 40 }, (_, index) => `again${index}: receivedAt`).join(' ');
const FULL_WITHIN_MS = 20_000;
/** As TRANSPORT_LIMITS has it: with so much a reader is behind. */
const BEHIND_BYTES = 64 * 1024;

const { probe, rounds, seconds, eventsPerSecond, ...options }: StalledReaderOptions = JSON.parse(
  process.argv[2] ?? '{}',
);
const run = new FanOutRun(options);
await run.open();
const measured: StalledRound[] = [];
for (let round = -1; round < rounds; round++) {
  const result = await measureRound();
  // The first one warms everything up.
  if (round >= 0) measured.push(result);
}
await run.close();
console.log(JSON.stringify(measured));

async function measureRound(): Promise<StalledRound> {
  const client = await follow();
  let messages = 0;
  client.on('message', () => messages++);
  await run.setRate(eventsPerSecond);
  const reading = await measure();
  client.pause();
  const unsentBytes = await untilFull();
  const stalled = await measure();
  messages = 0;
  client.resume();
  const back = await measure();
  await run.setRate(IDLE_RATE);
  client.terminate();
  const mostUnsent = Math.max(unsentBytes, stalled.server.mostUnsentBytes);
  return { reading, stalled, back, unsentBytes: mostUnsent, messagesAfter: messages };
}

/** A client of its own kind, which may stop reading. */
async function follow(): Promise<WebSocket> {
  const client = new WebSocket(`${options.server.url.replace('http:', 'ws:')}/graphql`, 'graphql-transport-ws');
  await once(client, 'open');
  client.send('{"type":"connection_init"}');
  await once(client, 'message');
  const query = STREAMS[options.stream].query.replace('receivedAt', `receivedAt ${ALIASES}`);
  for (let id = 0; id < OPERATIONS; id++) {
    client.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  }
  await once(client, 'message');
  return client;
}

/** The source goes on sending at the same rate. */
async function measure(): Promise<Phase> {
  await takeProbe(probe, { collects: false });
  const others = await run.measure({ eventsPerSecond, warmUpSeconds: 0, seconds });
  const server = await takeProbe(probe, { collects: false });
  await run.setRate(eventsPerSecond);
  return { others, server };
}

/** Resolves when it is behind, with how many bytes. */
async function untilFull(): Promise<number> {
  for (let waitedMs = 0; waitedMs < FULL_WITHIN_MS; waitedMs += 200) {
    await delay(200);
    const { mostUnsentBytes } = await takeProbe(probe, { collects: false });
    if (mostUnsentBytes > BEHIND_BYTES) return mostUnsentBytes;
  }
  throw new Error(`the client was not ${BEHIND_BYTES} bytes behind within ${FULL_WITHIN_MS} ms`);
}
