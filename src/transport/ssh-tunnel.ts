import { Backoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { pause } from '../async/pause.ts';
import type { HostKeyTrust } from './host-key.ts';
import { HttpFailure } from './http-failure.ts';
import type { OpenStream, StreamTarget } from './http-stream.ts';
import { openSshConnection, type SshConnection, type SshLogin } from './ssh-connection.ts';

export interface TunnelStatus {
  readonly state: 'DOWN' | 'UP';
  /** Why it is down, or why it was the last time; without addresses, paths and key material. */
  readonly lastError: string | null;
  /** Streams that it carries. */
  readonly streams: number;
  /** Callers that wait for it. */
  readonly waiting: number;
  /** How often it was up. */
  readonly connections: number;
}

/** All in milliseconds. */
export interface TunnelTiming {
  /** From an attempt's begin until the login. */
  readonly connectTimeoutMs: number;
  readonly probeIntervalMs: number;
  /** A connection that was up for so long was good: delays between attempts start small again. */
  readonly healthyAfterMs: number;
  /** How long a caller waits for a tunnel that is down. Below the time limit of a whole request. */
  readonly patienceMs: number;
}

const DEFAULT_TIMING: TunnelTiming = {
  connectTimeoutMs: 10_000,
  probeIntervalMs: 15_000,
  healthyAfterMs: 30_000,
  patienceMs: 5_000,
};

/** As many probes as may go unanswered. */
const MOST_MISSED = 3;

export interface SshTunnelOptions {
  readonly login: SshLogin;
  /** Asked before each attempt, since known_hosts may have changed. */
  readonly trust: () => HostKeyTrust;
  readonly clock: Clock;
  /** Answers numbers from 0 to below 1. */
  readonly random: () => number;
  readonly timing?: Partial<TunnelTiming> | undefined;
  /** State or last error are others than before. */
  onChange(status: TunnelStatus): void;
}

/**
 * One connection to an SSH server that many streams borrow. It is made at once, probed, and made again after growing
 * delays whenever it is lost, until the tunnel is closed.
 */
export class SshTunnel {
  readonly #options: SshTunnelOptions;
  readonly #timing: TunnelTiming;
  readonly #backoff: Backoff;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  readonly #waiting = new Set<PromiseWithResolvers<SshConnection>>();
  #connection: SshConnection | undefined;
  #connections = 0;
  #lastError: string | null = null;
  #nextAttemptAt = 0;

  constructor(options: SshTunnelOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#backoff = new Backoff(options.random);
    this.#running = this.#run();
  }

  /**
   * Opens a stream from the SSH server to a target, whose name the server resolves. While the tunnel is down it waits a
   * few seconds, or fails at once when the next attempt is farther away: with an HttpFailure TUNNEL_DOWN.
   */
  readonly open: OpenStream = async (target, signal) => {
    signal.throwIfAborted();
    return this.#forward(this.#connection ?? (await this.#waitForConnection(signal)), target, signal);
  };

  status(): TunnelStatus {
    return {
      state: this.#connection === undefined ? 'DOWN' : 'UP',
      lastError: this.#lastError,
      streams: this.#connection?.streams ?? 0,
      waiting: this.#waiting.size,
      connections: this.#connections,
    };
  }

  /** Ends the connection and what it carries; who waits for it fails with CLOSED. */
  async close(): Promise<void> {
    this.#closing.abort(new HttpFailure('CLOSED', 'the tunnel was closed'));
    for (const { reject } of this.#waiting) reject(this.#closing.signal.reason);
    await this.#connection?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#nextAttemptAt = 0;
      const cause = await this.#hold().catch((error: unknown) => error);
      if (signal.aborted) return;
      const delayMs = this.#backoff.next();
      this.#nextAttemptAt = this.#options.clock.now() + delayMs;
      this.#failed(cause instanceof Error ? cause.message : String(cause));
      await pause(delayMs, { clock: this.#options.clock, signal }).catch(() => undefined);
    }
  }

  /** Connects and answers what the connection was lost by. Rejects when there was none. */
  async #hold(): Promise<Error> {
    const { clock } = this.#options;
    const connection = await this.#connect();
    if (this.#closing.signal.aborted) await connection.end();
    const cancel = clock.after(this.#timing.healthyAfterMs, () => this.#backoff.reset());
    this.#connection = connection;
    this.#connections += 1;
    for (const { resolve } of this.#waiting) resolve(connection);
    this.#options.onChange(this.status());
    const cause = await connection.lost;
    cancel();
    this.#connection = undefined;
    return cause;
  }

  async #connect(): Promise<SshConnection> {
    const { login, trust, clock } = this.#options;
    const { connectTimeoutMs, probeIntervalMs } = this.#timing;
    const timeout = new AbortController();
    const late = new Error(`no connection within ${connectTimeoutMs} ms`);
    const cancel = clock.after(connectTimeoutMs, () => timeout.abort(late));
    const probing = { intervalMs: probeIntervalMs, mostMissed: MOST_MISSED };
    try {
      const signal = AbortSignal.any([timeout.signal, this.#closing.signal]);
      return await openSshConnection({ login, trust: trust(), probing, clock }, signal);
    } finally {
      cancel();
    }
  }

  #failed(reason: string): void {
    this.#lastError = reason;
    if (this.#isFarAway()) for (const { reject } of this.#waiting) reject(this.#isDown());
    this.#options.onChange(this.status());
  }

  async #forward(connection: SshConnection, target: StreamTarget, signal: AbortSignal) {
    return connection.forward(target, signal).catch((error: unknown) => {
      throw connection.isLost && !signal.aborted ? this.#isDown() : error;
    });
  }

  async #waitForConnection(signal: AbortSignal): Promise<SshConnection> {
    const { clock } = this.#options;
    this.#closing.signal.throwIfAborted();
    if (this.#isFarAway()) throw this.#isDown();
    const waiter = Promise.withResolvers<SshConnection>();
    const cancel = clock.after(this.#timing.patienceMs, () => waiter.reject(this.#isDown()));
    const onAbort = (): void => waiter.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(waiter);
    try {
      return await waiter.promise;
    } finally {
      this.#waiting.delete(waiter);
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Whether the next attempt begins later than anybody waits. */
  #isFarAway(): boolean {
    return this.#nextAttemptAt - this.#options.clock.now() > this.#timing.patienceMs;
  }

  #isDown(): HttpFailure {
    return new HttpFailure('TUNNEL_DOWN', 'the SSH tunnel is down', { cause: this.#lastError ?? undefined });
  }
}
