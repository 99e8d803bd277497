import type { Clock } from '../async/clock.ts';
import type { Heartbeat } from './heartbeat.ts';

export interface LivenessOptions {
  readonly heartbeat: Heartbeat;
  /** A connection on which no frame of any kind came for so long is dead. */
  readonly silenceTimeoutMs: number;
  readonly clock: Clock;
  ping(): void;
  /** Called once at most. */
  onDead(reason: string): void;
}

/** Watches whether the other end of an open connection is still there: TCP alone takes many minutes to notice. */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #pingIntervalMs: number;
  /** Undefined where the other end does the asking. */
  readonly #timeoutMs: number | undefined;
  #lastHeardAt = 0;
  #pingedAt: number | undefined;
  #latencyMs: number | null = null;
  #cancelHeartbeat: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;

  constructor(options: LivenessOptions) {
    this.#options = options;
    // A connection without data must have a pong to show before the silence limit, even at a venue that asks for less.
    const { heartbeat, silenceTimeoutMs } = options;
    const own = 'intervalMs' in heartbeat ? heartbeat : undefined;
    this.#pingIntervalMs = Math.min(own?.intervalMs ?? Number.POSITIVE_INFINITY, silenceTimeoutMs / 2);
    this.#timeoutMs = own?.timeoutMs;
  }

  /** From a ping to its pong, the last time. */
  get latencyMs(): number | null {
    return this.#latencyMs;
  }

  start(): void {
    this.heard();
    this.#waitForPing();
    this.#waitForSilence(this.#options.silenceTimeoutMs);
  }

  stop(): void {
    this.#cancelHeartbeat?.();
    this.#cancelSilence?.();
  }

  /** A frame came, whatever it holds. */
  heard(): void {
    this.#lastHeardAt = this.#options.clock.now();
  }

  /** The answer to the last ping came. One that nobody asked for is no answer. */
  ponged(): void {
    if (this.#pingedAt === undefined) return;
    this.#latencyMs = Math.max(0, this.#options.clock.now() - this.#pingedAt);
    this.#cancelHeartbeat?.();
    this.#waitForPing();
  }

  #waitForPing(): void {
    this.#pingedAt = undefined;
    this.#cancelHeartbeat = this.#options.clock.after(this.#pingIntervalMs, () => this.#ping());
  }

  #ping(): void {
    if (this.#timeoutMs === undefined) this.#probe();
    else this.#demandPong(this.#timeoutMs);
  }

  #demandPong(timeoutMs: number): void {
    const { clock, ping } = this.#options;
    this.#pingedAt = clock.now();
    this.#cancelHeartbeat = clock.after(timeoutMs, () =>
      this.#die(`received no answer to a ping within ${timeoutMs} ms`),
    );
    ping();
  }

  /** Any frame will do for an answer, be it a ping of the other end. */
  #probe(): void {
    const { clock, ping } = this.#options;
    const now = clock.now();
    const isSilent = now - this.#lastHeardAt >= this.#pingIntervalMs;
    this.#waitForPing();
    if (!isSilent) return;
    this.#pingedAt = now;
    ping();
  }

  /** One timer looks back instead of one that every frame sets anew. */
  #waitForSilence(delayMs: number): void {
    const { clock, silenceTimeoutMs } = this.#options;
    this.#cancelSilence = clock.after(delayMs, () => {
      const leftMs = silenceTimeoutMs - (clock.now() - this.#lastHeardAt);
      if (leftMs <= 0) return this.#die(`received nothing for ${silenceTimeoutMs} ms`);
      // The wall clock may have been set back meanwhile.
      this.#waitForSilence(Math.min(silenceTimeoutMs, leftMs));
    });
  }

  #die(reason: string): void {
    this.stop();
    this.#options.onDead(reason);
  }
}
