import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type PublicKeyAuthMethod } from 'ssh2';
import type { Clock } from '../async/clock.ts';
import type { HostKeyTrust } from './host-key.ts';
import { openDirectly, type StreamTarget } from './http-stream.ts';
import { describeDialFault, describeFault, describeRefusal } from './ssh-faults.ts';
import type { SshKey } from './ssh-key.ts';
import { SshStream } from './ssh-stream.ts';

/** Who is let in where. */
export interface SshLogin {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly key: SshKey;
}

export interface SshProbing {
  /** Milliseconds between two probes. */
  readonly intervalMs: number;
  /** So many probes without an answer are the end of the connection. */
  readonly mostMissed: number;
}

export interface SshConnectionOptions {
  readonly login: SshLogin;
  readonly trust: HostKeyTrust;
  readonly probing: SshProbing;
  readonly clock: Clock;
}

/**
 * Connects and logs in. Rejects with an Error whose message names neither host nor user nor paths: no connection, a host
 * key that is not trusted, a refused login. When the signal aborts, it rejects with its reason and leaves nothing open.
 */
export async function openSshConnection(options: SshConnectionOptions, signal: AbortSignal): Promise<SshConnection> {
  const { host, port } = options.login;
  const socket = await openDirectly({ hostname: host, port }, signal).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : describeDialFault(error);
  });
  // What openDirectly opens is a socket of TCP.
  const connection = new SshConnection(socket as Socket, options);
  const onAbort = (): void => connection.lose(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([connection.ready, connection.lost.then((error) => Promise.reject(error))]);
    return connection;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A connection to an SSH server that forwards streams, until it is lost. */
export class SshConnection {
  /** Resolves when it is logged in. */
  readonly ready: Promise<void>;
  /** Resolves with the cause when nothing of the connection is left. */
  readonly lost: Promise<Error>;
  readonly #client: Client = new ssh2.Client();
  readonly #socket: Socket;
  readonly #options: SshConnectionOptions;
  readonly #streams = new Set<SshStream>();
  #cause: Error | undefined;
  #missed = 0;
  #cancelProbe = (): void => {};

  constructor(socket: Socket, options: SshConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    const ready = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<Error>();
    this.ready = ready.promise;
    this.lost = lost.promise;
    this.#client.on('ready', () => {
      this.#waitForProbe();
      ready.resolve();
    });
    this.#client.on('error', (error: Error) => this.lose(describeFault(error)));
    // Heard before ssh2 hears it and tells the channels of an end, which would pass for the end of what was being read.
    socket.once('close', () => {
      this.#cause ??= new Error('the SSH server closed the connection');
      this.#cancelProbe();
      for (const stream of this.#streams) stream.destroy(this.#cause);
      lost.resolve(this.#cause);
    });
    this.#start();
  }

  get isLost(): boolean {
    return this.#cause !== undefined;
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Opens a stream from the SSH server to the target, whose name the server resolves. */
  async forward({ hostname, port }: StreamTarget, signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (this.#cause !== undefined) throw this.#cause;
      this.#client.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
        if (error !== undefined) return reject(this.#cause ?? describeRefusal(error));
        const stream = this.#hold(new SshStream(channel));
        // What opens for somebody who has left is of no use to anybody.
        if (signal.aborted) stream.destroy();
        resolve(stream);
      });
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends it at once, for a cause; what it carries is cut off. */
  lose(cause: Error): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  /** Takes leave of the server and ends it. */
  async end(): Promise<void> {
    this.#cause ??= new Error('the SSH connection was ended');
    this.#client.end();
    this.#socket.destroySoon();
    await this.lost;
  }

  #start(): void {
    const { username, key } = this.#options.login;
    const publicKey: PublicKeyAuthMethod = { type: 'publickey', username, key };
    const { trust } = this.#options;
    try {
      this.#client.connect({
        sock: this.#socket,
        username,
        authHandler: [publicKey],
        algorithms: { serverHostKey: [...trust.algorithms] },
        hostVerifier: (hostKey: Buffer): boolean => {
          const objection = trust.objectionTo(hostKey);
          // Told before ssh2 tells no more than that there was one.
          if (objection !== undefined) this.#cause ??= new Error(objection);
          return objection === undefined;
        },
        // Probes are for servers of any make.
        strictVendor: false,
        // Time is the clock's.
        readyTimeout: 0,
      });
    } catch (error) {
      this.lose(describeFault(error));
    }
  }

  #hold(stream: SshStream): SshStream {
    // Told by what reads the stream; unheard, an error would end the process.
    stream.on('error', () => undefined).once('close', () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  #waitForProbe(): void {
    const { clock, probing } = this.#options;
    this.#cancelProbe = clock.after(probing.intervalMs, () => this.#probe());
  }

  /** Asks for what a tunnel never needs, sessions, to be refused: a request that every server answers at once. */
  #probe(): void {
    const { mostMissed } = this.#options.probing;
    this.#missed += 1;
    try {
      if (this.#missed > mostMissed) throw new Error(`received no answer to ${mostMissed} probes`);
      this.#client.openssh_noMoreSessions(() => {
        this.#missed = 0;
      });
      this.#waitForProbe();
    } catch (error) {
      this.lose(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
