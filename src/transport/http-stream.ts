import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../async/clock.ts';

/** Where a stream leads. An address of IPv6 stands without brackets. */
export interface StreamTarget {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Opens a stream of bytes to a target: directly, or through a proxy or a tunnel. When the signal aborts, it rejects and
 * whatever it had opened is destroyed.
 */
export type OpenStream = (target: StreamTarget, signal: AbortSignal) => Promise<Duplex>;

export interface StreamConnectorOptions {
  readonly open: OpenStream;
  readonly clock: Clock;
  /** From the call until the stream stands, TLS included. */
  readonly timeoutMs: number;
  /** Ends what is being opened. */
  readonly signal: AbortSignal;
  /** Certificates that are trusted instead of Node's own, as PEM. */
  readonly ca?: ConnectionOptions['ca'];
}

/** A stream without anything between. Its errors are told by what reads it; unheard, they would end the process. */
export const openDirectly: OpenStream = async ({ hostname, port }, signal) => {
  const socket = connect({ host: hostname, port, noDelay: true }).on('error', () => undefined);
  await settled(socket, 'connect', signal);
  return socket;
};

/** Resolves when the stream says so; destroys it and rejects when it fails, closes or the signal aborts before. */
export async function settled(stream: Duplex, event: string, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const closed = once(stream, 'close', { signal: ended.signal }).then(() => {
    throw new Error('the connection was closed');
  });
  try {
    // `once` rejects by itself for an 'error'.
    await Promise.race([once(stream, event, { signal }), closed]);
  } catch (error) {
    stream.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    closed.catch(() => undefined);
    ended.abort();
  }
}

/**
 * What undici opens its connections with. Not undici's own agents for proxies: the one for SOCKS5 is experimental and
 * leaves the socket open of a proxy that says nothing (7.30.2).
 */
export function createStreamConnector(options: StreamConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    openConnection(target, options).then(
      // A socket by what undici uses of it; a tunnel's stream has no timers and no options of TCP, which are asked for.
      (stream) => callback(null, stream as ReturnType<typeof connect>),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/**
 * No server of HTTP speaks first. Given what is there before the first request, undici ends the connection and opens
 * another one at once, thousands a second, whatever the time limit of the request says (7.30.2).
 */
function silent(stream: Duplex): Duplex {
  if (stream.readableLength === 0) return stream;
  stream.destroy();
  throw new Error('received bytes from a host that was asked nothing yet');
}

/** The protocol is `https:` where TLS is spoken. */
export type ConnectionTarget = Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>;

/** A stream to the target, over TLS with a certificate that was checked if that is its protocol. */
export async function openConnection(target: ConnectionTarget, options: StreamConnectorOptions): Promise<Duplex> {
  const { open, clock, timeoutMs, ca } = options;
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort(new Error(`no connection within ${timeoutMs} ms`)));
  const signal = AbortSignal.any([timeout.signal, options.signal]);
  const { hostname, protocol } = target;
  const isSecure = protocol === 'https:';
  try {
    signal.throwIfAborted();
    const stream = await open({ hostname, port: Number(target.port) || (isSecure ? 443 : 80) }, signal);
    if (!isSecure) return silent(stream);
    const secure = connectTls({
      socket: stream,
      // An address is no name of a server.
      ...(isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }),
      ...(ca === undefined ? {} : { ca }),
      ALPNProtocols: ['http/1.1'],
    });
    secure.on('error', () => undefined);
    await settled(secure, 'secureConnect', signal);
    return silent(secure);
  } finally {
    cancel();
  }
}
