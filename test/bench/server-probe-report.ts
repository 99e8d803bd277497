import { get } from 'node:http';

export interface Latency {
  readonly count: number;
  /** NaN, which JSON has as null, when there were none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a server saw of itself since it was asked last. */
export interface ProbeReport {
  readonly residentBytes: number;
  /** Objects and buffers. */
  readonly heapBytes: number;
  /** Processor time of the most expensive turn of the event loop. */
  readonly longestTurnMs: number;
  /** The most that waited in the process for any one connection. */
  readonly mostUnsentBytes: number;
  /** For each frame and subscriber, from the read that brought the venue's frame until its bytes were the kernel's. */
  readonly readToWritten: Latency;
  /** The same from the venue's sending. */
  readonly sentToWritten: Latency;
  /** As `readToWritten`, without the time in which others had the core of the server's main thread. */
  readonly undisturbed: Latency;
}

/** Asks a server that has the probe loaded. */
export async function takeProbe(
  socketPath: string,
  { collects }: { readonly collects: boolean },
): Promise<ProbeReport> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get({ socketPath, path: collects ? '/?collect' : '/' }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
    });
    response.on('end', () => resolve(text));
  }).on('error', reject);
  // The probe is a file beside this one.
  return JSON.parse(await promise) as ProbeReport;
}
