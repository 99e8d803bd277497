/**
 * A load generator in a process of its own: `node load.ts '{"url": ..., "body": ..., ...}'` keeps a number of keep-alive
 * connections busy with one POST each at a time, counts answers and bytes by content-length without looking at the
 * bodies, and prints a LoadResult as JSON.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { cpuSecondsOf } from './process-usage.ts';
import { quantile } from './statistics.ts';

export interface LoadOptions {
  readonly url: string;
  readonly body: string;
  /** Sent with each request besides the content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** The process whose processor time is read at both ends of the measured time. */
  readonly serverPid: number;
  /** Length that every answer must have, in bytes. */
  readonly answerBytes: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server in the measured time. */
  readonly serverCpuSeconds: number;
  /** Processor time of the load generator itself in the measured time. */
  readonly loadCpuSeconds: number;
}

const READ_BUFFER_BYTES = 512 * 1024;
const HEAD_END = '\r\n\r\n';

interface Tally {
  isMeasuring: boolean;
  bytes: number;
  readonly latenciesMs: number[];
}

const options: LoadOptions = JSON.parse(process.argv[2] ?? '{}');
console.log(JSON.stringify(await run(options)));

async function run({ connections, warmUpSeconds, seconds, serverPid }: LoadOptions): Promise<LoadResult> {
  const tally: Tally = { isMeasuring: false, bytes: 0, latenciesMs: [] };
  const request = requestBytes();
  const sockets = Array.from({ length: connections }, () => openConnection(request, tally));
  await wait(warmUpSeconds);

  const startedAt = performance.now();
  const serverCpuBefore = cpuSecondsOf(serverPid);
  const loadCpuBefore = cpuSecondsOf(process.pid);
  tally.isMeasuring = true;
  await wait(seconds);
  tally.isMeasuring = false;
  const measuredSeconds = (performance.now() - startedAt) / 1000;
  const serverCpuSeconds = cpuSecondsOf(serverPid) - serverCpuBefore;
  const loadCpuSeconds = cpuSecondsOf(process.pid) - loadCpuBefore;
  for (const socket of sockets) socket.destroy();

  const latencies = Float64Array.from(tally.latenciesMs).sort();
  return {
    answers: latencies.length,
    seconds: measuredSeconds,
    bytes: tally.bytes,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    serverCpuSeconds,
    loadCpuSeconds,
  };
}

function requestBytes(): Buffer {
  const { host, pathname } = new URL(options.url);
  const length = Buffer.byteLength(options.body);
  const common = { host, 'content-type': 'application/json', 'content-length': length, ...options.headers };
  const lines = Object.entries(common).map(([name, value]) => `${name}: ${value}`);
  const head = [`POST ${pathname} HTTP/1.1`, ...lines].join('\r\n');
  return Buffer.from(`${head}${HEAD_END}${options.body}`);
}

function openConnection(request: Buffer, tally: Tally): Socket {
  let sentAt = 0;
  let missingBytes = 0;
  const send = (): void => {
    sentAt = performance.now();
    socket.write(request);
  };
  const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  const receive = (length: number): boolean => {
    if (missingBytes === 0) missingBytes = answerLength(buffer.subarray(0, length));
    missingBytes -= length;
    if (tally.isMeasuring) tally.bytes += length;
    if (missingBytes < 0) fail('more bytes than the content-length said');
    if (missingBytes > 0) return true;
    if (tally.isMeasuring) tally.latenciesMs.push(performance.now() - sentAt);
    send();
    return true;
  };
  const { hostname, port } = new URL(options.url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: { buffer, callback: receive },
  });
  socket.on('connect', send);
  socket.on('error', (error) => fail(error.message));
  socket.on('end', () => fail('the server closed the connection'));
  return socket;
}

/** Bytes of head and body together. The head of an answer comes in one piece, since both are written at once. */
function answerLength(received: Buffer): number {
  const headLength = received.indexOf(HEAD_END) + HEAD_END.length;
  const head = received.toString('latin1', 0, headLength);
  if (!head.startsWith('HTTP/1.1 200 ')) fail(`received ${JSON.stringify(head.slice(0, 40))}, wanted HTTP/1.1 200`);
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]);
  if (length !== options.answerBytes) fail(`received an answer of ${length} bytes, wanted ${options.answerBytes}`);
  return headLength + length;
}

function fail(reason: string): never {
  console.error(`load generator: ${reason}`);
  process.exit(1);
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
