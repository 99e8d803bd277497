import type { Agent } from 'node:http';
import { Backoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import type { GatewayState } from '../domain/gateway.ts';
import type { Admission, ConnectGate } from './connect-gate.ts';
import type { Heartbeat } from './heartbeat.ts';
import { Traffic } from './traffic.ts';
import { createSecretFilter, secretsIn } from './url-secrets.ts';
import { type Loss, WebSocketConnection } from './web-socket-connection.ts';

const REASON_CHARACTERS = 200;
const MOST_SENT_SECRETS = 16;

/** DISABLED: not started. DISCONNECTED: waits for its next attempt. */
export type SocketState = Extract<GatewayState, 'DISABLED' | 'DISCONNECTED' | 'CONNECTING' | 'CONNECTED'>;

/** Times are milliseconds since the epoch. */
export interface SocketStatus {
  readonly state: SocketState;
  /** Null when it is not. */
  readonly connectedAt: number | null;
  readonly lastMessageAt: number | null;
  /** How often it was connected again. */
  readonly reconnects: number;
  readonly nextAttemptAt: number | null;
  /** Of the last heartbeat on this connection. */
  readonly latencyMs: number | null;
  /** At most 1,000 characters, without secrets; so is the next. */
  readonly lastSentText: string | null;
  readonly lastReceivedText: string | null;
  /** Why the last connection ended or the last attempt failed, since the start. At most 200 characters. */
  readonly lastFailure: string | null;
}

export interface SocketTiming {
  readonly handshakeTimeoutMs: number;
  /** A connection is dead when no frame came for so long, be it a pong. */
  readonly silenceTimeoutMs: number;
  /** So long after its first data a connection counts as good, and delays between attempts start small again. */
  readonly healthyAfterMs: number;
}

const DEFAULT_TIMING: SocketTiming = {
  handshakeTimeoutMs: 10_000,
  silenceTimeoutMs: 15_000,
  healthyAfterMs: 30_000,
};

/** Where to connect. */
export interface SocketLocation {
  /** ws: or wss:. Its secrets are in no status. */
  readonly url: string;
  readonly heartbeat: Heartbeat;
}

/** It cannot be said where to connect, and should not be asked for so many milliseconds. */
export class NoLocationError extends Error {
  override readonly name = 'NoLocationError';
  readonly retryAfterMs: number;

  constructor(reason: string, retryAfterMs: number) {
    super(reason);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface WebSocketClientOptions extends SocketLocation {
  /**
   * Asked before each attempt where its answer is what holds, instead of `url` and `heartbeat`; it counts to the
   * handshake. May fail with a NoLocationError.
   */
  readonly locate?: ((signal: AbortSignal) => Promise<SocketLocation>) | undefined;
  /** Shared by all clients of one venue. */
  readonly gate?: ConnectGate | undefined;
  /** Opens the connections, through a proxy. */
  readonly agent?: Agent | undefined;
  /** Of the request that opens a connection. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly timing?: Partial<SocketTiming> | undefined;
  /** Shown nowhere, as those of the URL. */
  readonly secrets?: readonly string[] | undefined;
  onOpen(): void;
  /** What was open is not any more, for whatever reason, `stop` included. */
  onClose(): void;
  /** Answers whether the text was data: only data shows that a venue really serves, so only data ends the backing off. */
  onText(text: string, receivedAt: number): boolean;
  /** A frame that has no text was dropped. */
  onUnreadable(reason: string): void;
  /** One of the other callbacks threw; the connection stays. */
  onFault(error: unknown): void;
  /** The status says something else than before, but for texts and latency. */
  onChange(): void;
}

/**
 * A WebSocket that comes back by itself, after growing delays, until it is stopped. What was sent on one connection is
 * not sent again on the next: whoever needs that does it in `onOpen`. Throws a TypeError for a URL that is none.
 */
export class WebSocketClient {
  readonly #options: WebSocketClientOptions;
  readonly #url: URL;
  readonly #timing: SocketTiming;
  readonly #backoff: Backoff;
  readonly #traffic = new Traffic((text) => this.withoutSecrets(text));
  /** The last that was connected to. */
  #address: URL;
  /** Of the last frames that logged in, the newest first. */
  #sentSecrets: readonly string[] = [];
  #filter: (text: string) => string = String;
  #state: SocketState = 'DISABLED';
  /** The present one, or the last. */
  #connection: WebSocketConnection | undefined;
  #locating: AbortController | undefined;
  #connectedAt: number | null = null;
  #connections = 0;
  #nextAttemptAt: number | null = null;
  /** What the venue said with Retry-After holds beyond a stop. */
  #notBefore = 0;
  #lastFailure: string | null = null;
  #cancelAttempt: (() => void) | undefined;
  /** Of the attempt that is waited for. */
  #admission: Admission | undefined;
  #cancelHealth: (() => void) | undefined;

  constructor(options: WebSocketClientOptions) {
    this.#options = options;
    this.#url = parseWebSocketUrl(options.url);
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#address = this.#url;
    this.#hideSecrets();
    this.#backoff = new Backoff(options.random);
  }

  start(): void {
    if (this.#state !== 'DISABLED') return;
    this.#lastFailure = null;
    const waitMs = this.#admit(this.#notBefore - this.#options.clock.now(), false);
    if (waitMs > 0) this.#wait(waitMs);
    else this.#connect();
    this.#guard(this.#options.onChange);
  }

  /** Ends the connection, or the wait for one; resolves when its socket is gone. May be started again. */
  async stop(): Promise<void> {
    if (this.#state !== 'DISABLED') this.#leave(() => this.#disable());
    await this.#connection?.closed;
  }

  /** False, and nothing sent, unless the connection is open. */
  send(text: string): boolean {
    return this.#state === 'CONNECTED' && this.#connection?.send(text) === true;
  }

  /** The same for a text that is not to be shown: neither it nor what in it looks like a key, wherever that stands. */
  sendSecret(text: string): boolean {
    // What the venue said to the frame before may still be shown.
    this.#sentSecrets = [...secretsIn(text), ...this.#sentSecrets].slice(0, MOST_SENT_SECRETS);
    this.#hideSecrets();
    return this.#state === 'CONNECTED' && this.#connection?.send(text, '(hidden)') === true;
  }

  /** A text for people to read. */
  withoutSecrets(text: string): string {
    return this.#filter(text);
  }

  /** Gives the connection up for another one; between the two lies the delay that would follow a failure. */
  reconnect(reason: string): void {
    if (this.#state !== 'CONNECTED') return;
    this.#lose({ reason, retryAfterMs: 0 });
  }

  status(): SocketStatus {
    const { lastMessageAt, lastSentText, lastReceivedText } = this.#traffic;
    return {
      state: this.#state,
      connectedAt: this.#connectedAt,
      lastMessageAt,
      reconnects: Math.max(0, this.#connections - 1),
      nextAttemptAt: this.#nextAttemptAt,
      latencyMs: this.#state === 'CONNECTED' ? (this.#connection?.latencyMs ?? null) : null,
      lastSentText,
      lastReceivedText,
      lastFailure: this.#lastFailure,
    };
  }

  #hideSecrets(): void {
    this.#filter = createSecretFilter(this.#address, [...(this.#options.secrets ?? []), ...this.#sentSecrets]);
  }

  /** Milliseconds to wait before the next attempt. */
  #admit(leastMs: number, isReconnect: boolean): number {
    const waitMs = Math.max(0, leastMs);
    this.#admission = this.#options.gate?.book(waitMs, isReconnect);
    return this.#admission?.waitMs ?? waitMs;
  }

  #connect(): void {
    const { heartbeat, locate } = this.#options;
    this.#state = 'CONNECTING';
    this.#admission = undefined;
    this.#nextAttemptAt = null;
    if (locate === undefined) this.#dial(this.#url, heartbeat);
    else void this.#locate(locate);
  }

  async #locate(locate: (signal: AbortSignal) => Promise<SocketLocation>): Promise<void> {
    const { handshakeTimeoutMs } = this.#timing;
    const locating = new AbortController();
    this.#locating = locating;
    const cancelTimeout = this.#options.clock.after(handshakeTimeoutMs, () =>
      locating.abort(new Error(`received no address within ${handshakeTimeoutMs} ms`)),
    );
    try {
      const { url, heartbeat } = await orAborted(locate(locating.signal), locating.signal);
      if (this.#locating === locating) this.#dial(parseWebSocketUrl(url), heartbeat);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'an unknown failure';
      const retryAfterMs = error instanceof NoLocationError ? error.retryAfterMs : 0;
      if (this.#locating === locating) this.#lose({ reason: `no address to connect to: ${reason}`, retryAfterMs });
    } finally {
      cancelTimeout();
    }
  }

  #dial(url: URL, heartbeat: Heartbeat): void {
    const { clock, agent, headers, onUnreadable } = this.#options;
    const { handshakeTimeoutMs, silenceTimeoutMs } = this.#timing;
    this.#address = url;
    this.#hideSecrets();
    this.#connection = new WebSocketConnection({
      url,
      heartbeat,
      handshakeTimeoutMs,
      silenceTimeoutMs,
      clock,
      agent,
      headers,
      traffic: this.#traffic,
      onOpen: () => this.#opened(),
      onText: (text, receivedAt) => this.#received(text, receivedAt),
      onUnreadable: (reason) => this.#guard(() => onUnreadable(this.withoutSecrets(reason))),
      onLost: (loss) => this.#lose(loss),
    });
  }

  #opened(): void {
    this.#state = 'CONNECTED';
    this.#connectedAt = this.#options.clock.now();
    this.#connections += 1;
    this.#guard(this.#options.onOpen);
    this.#guard(this.#options.onChange);
  }

  #received(text: string, receivedAt: number): void {
    const isData = this.#guard(() => this.#options.onText(text, receivedAt)) === true;
    if (!isData || this.#cancelHealth !== undefined || this.#state !== 'CONNECTED') return;
    this.#cancelHealth = this.#options.clock.after(this.#timing.healthyAfterMs, () => this.#backoff.reset());
  }

  #lose({ reason, retryAfterMs }: Loss): void {
    this.#lastFailure = this.withoutSecrets(reason).slice(0, REASON_CHARACTERS);
    this.#notBefore = this.#options.clock.now() + retryAfterMs;
    if (retryAfterMs > 0) this.#options.gate?.closeFor(retryAfterMs);
    this.#leave(() => this.#wait(this.#admit(Math.max(this.#backoff.next(), retryAfterMs), true)));
  }

  /** The one way out of a connection, an attempt or a wait. */
  #leave(enterNext: () => void): void {
    const wasOpen = this.#state === 'CONNECTED';
    this.#cancelAttempt?.();
    this.#admission?.giveBack();
    this.#admission = undefined;
    this.#cancelHealth?.();
    this.#cancelHealth = undefined;
    this.#locating?.abort(new Error('given up'));
    this.#locating = undefined;
    this.#connection?.end();
    this.#connectedAt = null;
    enterNext();
    if (wasOpen) this.#guard(this.#options.onClose);
    this.#guard(this.#options.onChange);
  }

  #disable(): void {
    this.#state = 'DISABLED';
    this.#nextAttemptAt = null;
  }

  #wait(delayMs: number): void {
    const { clock } = this.#options;
    this.#state = 'DISCONNECTED';
    this.#nextAttemptAt = clock.now() + delayMs;
    this.#cancelAttempt = clock.after(delayMs, () => {
      this.#connect();
      this.#guard(this.#options.onChange);
    });
  }

  #guard<Answer>(call: () => Answer): Answer | undefined {
    try {
      return call();
    } catch (error) {
      this.#options.onFault(error);
      return undefined;
    }
  }
}

/** Rejects with the reason of the abort when that comes first. */
async function orAborted<Value>(answer: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function parseWebSocketUrl(text: string): URL {
  const url = URL.parse(text);
  const isUsable = url !== null && ['ws:', 'wss:'].includes(url.protocol) && url.hash === '';
  // Not quoted: it may hold secrets.
  if (!isUsable) throw new TypeError('received a text that is no ws: or wss: URL without fragment');
  return url;
}
