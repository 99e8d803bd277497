import { fileURLToPath } from 'node:url';
import type { FanOutOptions } from './fan-out-load.ts';
import { type FanOutRound, reportFanOut, reportPeer } from './fan-out-report.ts';
import { type FanOutResult, isBehind } from './fan-out-result.ts';
import type { Transport } from './fan-out-subscriber.ts';
import { STEADY_RATE, type StreamName, SUBSCRIBERS } from './fan-out-subscription.ts';
import { measuredProduct } from './measured-product.ts';
import type { ServerProcess } from './server-process.ts';
import { LOAD_CORE, runLoad, startServer } from './server-process.ts';
import type { Rounds } from './throughput.ts';
import type { ThroughputReport } from './throughput-report.ts';

/** What is measured at one go: beside the raw limit, each transport of the product, and a peer. */
export interface FanOutCases {
  readonly stream: StreamName;
  readonly transports: readonly Transport[];
  /** Whether graphql-ws as it comes is measured as well; its server has trades only. */
  readonly hasPeer: boolean;
}

/** A server with the source that feeds no other, so that it rests while another one is measured. */
interface Target {
  readonly transport: Transport;
  readonly stream: StreamName;
  readonly server: ServerProcess;
  readonly source: ServerProcess;
}

/** Tried in this order, until a server is behind. */
const RISING_RATES = [64, 128, 256, 512, 1024, 2048, 4096];
/** A server that executes for each subscriber is behind at the first of them already. */
const PEER_RATE = 64;
const WARM_UP_SECONDS = 1;
const SEARCH_SECONDS = 0.5;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Measures the product's fan-out over each transport beside a server that writes one ready frame to every socket. */
export async function measureFanOut(
  { stream, transports, hasPeer }: FanOutCases,
  { rounds, seconds, folder }: Rounds,
): Promise<ThroughputReport[]> {
  await using stack = new AsyncDisposableStack();
  const start = async (...program: Parameters<typeof startServer>): Promise<ServerProcess> =>
    stack.adopt(await startServer(...program), (server) => server.stop());
  const startSource = (): Promise<ServerProcess> => start({ args: [script('./fan-out-source.ts')] }, LOAD_CORE);

  const { product, source } = await measuredProduct(stack, { stream, folder });
  const targets = transports.map((transport): Target => ({ transport, stream, server: product, source }));
  const rawSource = await startSource();
  const rawServer = await start({ args: [script('./fan-out-raw-server.ts'), rawSource.url, stream] });
  const raw: Target = { transport: 'raw', stream, server: rawServer, source: rawSource };
  targets.unshift(raw);
  let peer: Target | undefined;
  if (hasPeer) {
    const peerSource = await startSource();
    const server = await start({ args: [script('./fan-out-peer-server.ts'), peerSource.url] });
    peer = { transport: 'graphql-transport-ws', stream, server, source: peerSource };
    targets.push(peer);
  }

  const rates = new Map<Target, number>();
  for (const target of targets) rates.set(target, target === peer ? PEER_RATE : await findSaturatingRate(target));
  const measured = new Map<Target, FanOutRound[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? targets : targets.toReversed();
    for (const target of order) {
      const rate = rates.get(target) ?? Number.NaN;
      const results = await measureRound(target, rate, seconds);
      measured.get(target)?.push(results);
      // The search may have been disturbed, or the server has become faster since.
      if (!isBehind(results.saturated)) rates.set(target, Math.min(rate * 2, RISING_RATES.at(-1) ?? rate));
    }
  }
  const roundsOf = (target: Target): FanOutRound[] => measured.get(target) ?? [];
  return targets
    .filter((target) => target !== raw && target !== peer)
    .flatMap((target) => {
      const report = reportFanOut(target, roundsOf(target), roundsOf(raw));
      return peer === undefined ? [report] : [report, reportPeer(target, roundsOf(target), roundsOf(peer))];
    });
}

/** The first of the rising rates at which the server is behind; the search warms it up as well. */
async function findSaturatingRate(target: Target): Promise<number> {
  const results = await runSubscribers(target, {
    rates: RISING_RATES,
    warmUpSeconds: SEARCH_SECONDS,
    seconds: SEARCH_SECONDS,
    endsWhenBehind: true,
  });
  return results.at(-1)?.eventsPerSecond ?? Number.NaN;
}

async function measureRound(target: Target, saturatingRate: number, seconds: number): Promise<FanOutRound> {
  const [steady, saturated] = await runSubscribers(target, {
    rates: [STEADY_RATE, saturatingRate],
    warmUpSeconds: WARM_UP_SECONDS,
    seconds,
    endsWhenBehind: false,
  });
  if (steady === undefined || saturated === undefined) throw new Error('the subscribers measured less than was asked');
  return { steady, saturated };
}

async function runSubscribers(
  { transport, stream, server, source }: Target,
  measurement: Omit<FanOutOptions, 'transport' | 'stream' | 'subscribers' | 'server' | 'source'>,
): Promise<readonly FanOutResult[]> {
  const options: FanOutOptions = {
    ...measurement,
    transport,
    stream,
    subscribers: SUBSCRIBERS,
    server: { url: server.url, pid: server.pid },
    source: { url: source.url, pid: source.pid },
  };
  return parseResults(await runLoad(script('./fan-out-load.ts'), options));
}

function parseResults(printed: unknown): readonly FanOutResult[] {
  // The load generator is a file beside this one and prints nothing else.
  return printed as readonly FanOutResult[];
}
