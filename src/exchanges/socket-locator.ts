import type { Clock } from '../async/clock.ts';
import { quoted } from '../domain/errors.ts';
import type { Heartbeat } from '../transport/heartbeat.ts';
import { createRestClient } from '../transport/rest-client.ts';
import type { SocketLocation } from '../transport/web-socket-client.ts';
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
  /** Names the connection. */
  readonly id: string;
}

/** Asks a venue where to connect. Rejects when it does not say; the message has nothing of the answer. */
export async function locateSocket(options: SocketLocatorOptions, signal: AbortSignal): Promise<SocketLocation> {
  const { admission, heartbeat, restUrl, socketUrl, proxy, clock, id } = options;
  const { method, url, target, read } = admission;
  const client = createRestClient({ url: restUrl ?? url, proxy, clock });
  try {
    const { status, text } = await client.send({ method, target, headers: {}, body: '', signal });
    const address = status === 200 ? read(text, id) : undefined;
    if (address === undefined) throw new Error(`received HTTP ${status} for ${quoted(target)}, wanted an address`);
    return {
      url: socketUrl === undefined ? address.url : withOrigin(address.url, socketUrl),
      heartbeat: address.heartbeat ?? heartbeat,
    };
  } finally {
    await client.close();
  }
}

/** The query of an address, which admits, at another place. */
function withOrigin(address: string, place: string): string {
  return `${place}${URL.parse(address)?.search ?? ''}`;
}
