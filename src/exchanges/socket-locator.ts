import type { Clock } from '../async/clock.ts';
import { quoted } from '../domain/errors.ts';
import type { Heartbeat } from '../transport/heartbeat.ts';
import type { RestRules } from '../transport/rest-rules.ts';
import { RestScheduler } from '../transport/rest-scheduler.ts';
import type { RestShare } from '../transport/rest-share.ts';
import { retryAfterMs } from '../transport/retry-after.ts';
import { NoLocationError, type SocketLocation } from '../transport/web-socket-client.ts';
import type { SocketAdmission } from './venue.ts';

export interface SocketLocatorOptions {
  readonly admission: SocketAdmission;
  /** Where the venue's answer names none. */
  readonly heartbeat: Heartbeat;
  /** Instead of the venue's own: scheme, host, port and path. */
  readonly restUrl: string | undefined;
  /** Instead of scheme, host and path of what the venue answers. */
  readonly socketUrl: string | undefined;
  readonly proxy: string | undefined;
  readonly clock: Clock;
  /** What is shared with the others who ask this venue: while it answers nobody here, it is not asked. */
  readonly restShare: RestShare;
  readonly rules: RestRules;
  /** Names the connection. */
  readonly id: string;
}

/** Asks a venue where to connect. Rejects when it does not say; the message has nothing of the answer. */
export async function locateSocket(options: SocketLocatorOptions, signal: AbortSignal): Promise<SocketLocation> {
  const { admission, heartbeat, restUrl, socketUrl, proxy, clock, restShare: share, rules, id } = options;
  const { method, url, target, read } = admission;
  const shared = { clock, share, rules, secrets: [], mostRepeats: 0 };
  // Nothing is repeated here, so that there is nothing to be left to chance.
  const http = new RestScheduler({ ...shared, url: restUrl ?? url, proxy, random: () => 0 });
  try {
    const compose = () => ({ method, target, headers: {}, body: '' });
    const response = await http.send({ method, target, priority: 'MARKET_DATA', signal, compose });
    const { status, text } = response;
    const address = status === 200 ? read(text, id) : undefined;
    if (address === undefined) {
      const waitMs = retryAfterMs(response.header('retry-after'), clock.now());
      throw new NoLocationError(`received HTTP ${status} for ${quoted(target)}, wanted an address`, waitMs);
    }
    return {
      url: socketUrl === undefined ? trusted(address.url, restUrl ?? url) : withOrigin(address.url, socketUrl),
      heartbeat: address.heartbeat ?? heartbeat,
    };
  } finally {
    await http.stop({ drain: false, timeoutMs: 0 });
  }
}

/** An answer that came over TLS does not lead out of it. Throws a NoLocationError for one that would. */
export function trusted(address: string, asked: string): string {
  if (URL.parse(address)?.protocol !== 'ws:' || !asked.startsWith('https:')) return address;
  throw new NoLocationError('received an address without TLS in an answer over TLS, wanted wss://', 0);
}

/** The query of an address, which admits, at another place. */
function withOrigin(address: string, place: string): string {
  return `${place}${URL.parse(address)?.search ?? ''}`;
}
