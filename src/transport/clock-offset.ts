import type { Clock } from '../async/clock.ts';
import { SingleFlight } from '../async/single-flight.ts';

/** One answer to the question for the time. All are milliseconds since the epoch, the first two by our clock. */
export interface TimeSample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly serverTime: number;
}

export interface ClockOffsetOptions {
  readonly clock: Clock;
  /** Asks once; undefined: no answer that says it. Never rejects. */
  readonly sample: () => Promise<TimeSample | undefined>;
  /** The clocks differ by so much that it should be told; called once until they do not any more. */
  readonly onAlarm: (reason: string) => void;
  readonly onMeasured?: (() => void) | undefined;
}

const SAMPLES = 5;
const MEASURE_EVERY_MS = 60 * 60_000;
const AGAIN_AFTER_MS = 60_000;
const ALARMING_MS = 500;

/**
 * How far a venue's clock is ahead of ours. Of several samples that one counts which was answered first: the less time
 * it took, the less can be wrong. Measured at the start, every hour, and when somebody asks for it.
 */
export class ClockOffset {
  readonly #options: ClockOffsetOptions;
  readonly #measuring = new SingleFlight<void>();
  #offsetMs = 0;
  #alarm: string | null = null;
  #isRunning = false;
  #cancelNext: (() => void) | undefined;

  constructor(options: ClockOffsetOptions) {
    this.#options = options;
  }

  /** Milliseconds that the venue's clock is ahead; 0 before it was measured. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Why this should be looked at: the clocks differ by more than half a second. Null when they do not. */
  get alarm(): string | null {
    return this.#alarm;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.measure();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelNext?.();
  }

  /** Resolves when it is measured, or could not be. Those who ask at the same time share one measurement. */
  measure(): Promise<void> {
    return this.#measuring.run('', () => this.#measure()).result;
  }

  async #measure(): Promise<void> {
    this.#cancelNext?.();
    let best: TimeSample | undefined;
    for (let count = 0; count < SAMPLES; count += 1) {
      const sample = await this.#options.sample();
      // What did not answer once is asked again later, and not at once.
      if (sample === undefined) break;
      if (best === undefined || travelOf(sample) < travelOf(best)) best = sample;
    }
    if (best !== undefined) this.#learn(best);
    if (!this.#isRunning) return;
    const delayMs = best === undefined ? AGAIN_AFTER_MS : MEASURE_EVERY_MS;
    this.#cancelNext = this.#options.clock.after(delayMs, () => void this.measure());
  }

  #learn({ sentAt, receivedAt, serverTime }: TimeSample): void {
    this.#offsetMs = Math.round(serverTime - (sentAt + receivedAt) / 2);
    const isAlarming = Math.abs(this.#offsetMs) > ALARMING_MS;
    const isNew = isAlarming && this.#alarm === null;
    const direction = this.#offsetMs > 0 ? 'behind' : 'ahead of';
    this.#alarm = isAlarming ? `our clock is ${Math.abs(this.#offsetMs)} ms ${direction} the venue's` : null;
    if (isNew && this.#alarm !== null) this.#options.onAlarm(this.#alarm);
    this.#options.onMeasured?.();
  }
}

function travelOf({ sentAt, receivedAt }: TimeSample): number {
  return receivedAt - sentAt;
}
