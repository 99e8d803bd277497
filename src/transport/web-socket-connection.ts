import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock } from '../async/clock.ts';
import { binaryFrameText, LARGEST_MESSAGE_BYTES } from './frame-text.ts';
import { answerTo, type Heartbeat, hasTexts, isPong } from './heartbeat.ts';
import { Liveness } from './liveness.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Traffic } from './traffic.ts';

const UNREADABLE_WINDOW_MS = 60_000;
const MOST_UNREADABLE = 10;
const MOST_UNSENT_BYTES = 1024 * 1024;
/** With them Retry-After says when a client may come back (RFC 6585, RFC 9110); 418 is Binance's ban. */
const STATUSES_WITH_RETRY_AFTER = [418, 429, 503];

/** The library's types do not know closeTimeout yet, and would refuse it in a literal at the place of the call. */
const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  maxPayload: LARGEST_MESSAGE_BYTES,
  followRedirects: false,
  /** Milliseconds for our answer to a closing frame to leave; the venue's end of TCP is not waited for. */
  closeTimeout: 100,
  /** Said aloud, since otherwise an environment variable could turn it off. */
  rejectUnauthorized: true,
};

/** Why a connection ended, or never came about. */
export interface Loss {
  readonly reason: string;
  /** How long the venue wants to be left alone; 0: it did not say. */
  readonly retryAfterMs: number;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly heartbeat: Heartbeat;
  readonly handshakeTimeoutMs: number;
  readonly silenceTimeoutMs: number;
  readonly clock: Clock;
  readonly agent?: Agent | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly traffic: Traffic;
  onOpen(): void;
  /** Whatever the venue sends but answers to our heartbeat. `receivedAt` is milliseconds since the epoch. */
  onText(text: string, receivedAt: number): void;
  /** A frame without text came and was dropped. */
  onUnreadable(reason: string): void;
  /** Called once at most, and not after `end`. */
  onLost(loss: Loss): void;
}

/**
 * One attempt at a WebSocket and what comes of it, from the dial to the end. It ends at the first fault, at once and
 * for good; from then on none of its callbacks is called, whatever still arrives.
 */
export class WebSocketConnection {
  /** Resolves when nothing is left of the socket. */
  readonly closed: Promise<void>;
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #liveness: Liveness;
  readonly #cancelHandshakeTimeout: () => void;
  #unreadableAt: readonly number[] = [];
  #hasEnded = false;
  #pings = 0;

  constructor(options: ConnectionOptions) {
    const { url, clock, agent, headers = {}, heartbeat, handshakeTimeoutMs, silenceTimeoutMs } = options;
    this.#options = options;
    this.#liveness = new Liveness({
      heartbeat,
      silenceTimeoutMs,
      clock,
      ping: () => this.#ping(),
      onDead: (reason) => this.#lose(reason),
    });
    // Throws when the agent does not speak the protocol of the address, so that no timer may run before.
    this.#socket = new WebSocket(url, { ...SOCKET_OPTIONS, headers, ...(agent && { agent }) });
    this.#cancelHandshakeTimeout = clock.after(handshakeTimeoutMs, () =>
      this.#lose(`received no answer to the handshake within ${handshakeTimeoutMs} ms`),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#socket.once('close', resolve);
    this.#listen();
  }

  /** From the last ping to its pong. */
  get latencyMs(): number | null {
    return this.#liveness.latencyMs;
  }

  /** False, and nothing sent, unless the connection is open. `shownAs` is what others may read of it. */
  send(text: string, shownAs = text): boolean {
    if (this.#hasEnded || this.#socket.readyState !== WebSocket.OPEN) return false;
    // It asks, and does not read the answers: what it asks for must not pile up here.
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) {
      this.#lose(`more than ${MOST_UNSENT_BYTES} bytes wait to be read by the venue`);
      return false;
    }
    this.#options.traffic.sent(shownAs);
    this.#socket.send(text);
    return true;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelHandshakeTimeout();
    this.#liveness.stop();
    // Not close(), which waits for an answer that a dead venue never gives.
    this.#socket.terminate();
  }

  #lose(reason: string, waitMs = 0): void {
    if (this.#hasEnded) return;
    this.end();
    this.#options.onLost({ reason, retryAfterMs: waitMs });
  }

  #listen(): void {
    // A socket that was ended still emits: an 'error' without listener would end the process.
    this.#socket.on('error', (error) => this.#lose(describe(error)));
    this.#socket.on('close', (code, reason) => this.#lose(describeClose(code, reason)));
    this.#socket.on('unexpected-response', (_request: ClientRequest, answer: IncomingMessage) => this.#refused(answer));
    this.#socket.on('open', () => this.#open());
    this.#socket.on('ping', () => this.#liveness.heard());
    this.#socket.on('pong', () => this.#ponged());
    this.#socket.on('message', (data, isBinary) => {
      // The library gives Buffers unless told otherwise.
      if (!this.#hasEnded && Buffer.isBuffer(data)) this.#receive(data, isBinary);
    });
  }

  #open(): void {
    if (this.#hasEnded) return;
    this.#cancelHandshakeTimeout();
    this.#liveness.start();
    this.#options.onOpen();
  }

  #refused({ statusCode = 0, headers }: IncomingMessage): void {
    const waitMs = STATUSES_WITH_RETRY_AFTER.includes(statusCode)
      ? retryAfterMs(headers['retry-after'], this.#options.clock.now())
      : 0;
    this.#lose(`the venue answered the handshake with HTTP ${statusCode}`, waitMs);
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    const { clock, heartbeat, traffic, onText } = this.#options;
    this.#liveness.heard();
    const text = isBinary ? this.#readBinary(bytes) : bytes.toString('utf8');
    if (text === undefined) return;
    const receivedAt = clock.now();
    traffic.received(text, receivedAt);
    const answer = answerTo(heartbeat, text);
    if (answer !== undefined) this.send(answer);
    else if (isPong(heartbeat, text)) this.#liveness.ponged();
    else onText(text, receivedAt);
  }

  #readBinary(bytes: Buffer): string | undefined {
    try {
      return binaryFrameText(bytes);
    } catch (error) {
      this.#dropFrame(describe(error));
      return undefined;
    }
  }

  #dropFrame(reason: string): void {
    const now = this.#options.clock.now();
    this.#unreadableAt = [...this.#unreadableAt.filter((at) => now - at < UNREADABLE_WINDOW_MS), now];
    this.#options.onUnreadable(reason);
    if (this.#unreadableAt.length <= MOST_UNREADABLE) return;
    this.#lose(`received more than ${MOST_UNREADABLE} unreadable frames within a minute: ${reason}`);
  }

  #ping(): void {
    const { heartbeat, clock } = this.#options;
    this.#pings += 1;
    if (heartbeat.kind === 'text') this.send(heartbeat.ping);
    else if (heartbeat.kind === 'message') this.send(heartbeat.ping(clock.now(), this.#pings));
    else this.#socket.ping();
  }

  #ponged(): void {
    if (this.#hasEnded) return;
    this.#liveness.heard();
    if (!hasTexts(this.#options.heartbeat)) this.#liveness.ponged();
  }
}

/** Of several addresses that all failed, Node's error has only the code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown failure';
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function describeClose(code: number, reason: Buffer): string {
  return `the venue closed the connection with code ${code}${reason.length > 0 ? `: ${reason.toString('utf8')}` : ''}`;
}
