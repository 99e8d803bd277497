import type { Clock } from '../../async/clock.ts';
import type { RecordedPush } from './venue-replay.ts';

export interface PlaybackOptions {
  readonly pushes: readonly RecordedPush[];
  /** How many milliseconds of the recording pass in one of the clock. */
  readonly speed: number;
  /** Whether the end is followed by the beginning. */
  readonly loop: boolean;
  readonly clock: Clock;
  readonly send: (push: RecordedPush) => void;
}

/** Of the recording, between its last frame and its beginning: a recording of one frame shall not loop without end. */
const LOOP_PAUSE_MS = 1000;
/** Timers of Node end at 2^31 ms; a longer wait is waited for in parts. */
const LONGEST_WAIT_MS = 86_400_000;

/** Sends recorded frames at their times. */
export class Playback {
  readonly #options: PlaybackOptions;
  #hasBegun = false;
  #next = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** Begins with the first frame, unless it has begun before. Sends nothing before this turn is over. */
  start(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#begin(this.#options.clock.now());
  }

  /** Stops, so that the next start begins with the first frame. */
  rewind(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#hasBegun = false;
  }

  #begin(startAt: number): void {
    const [first] = this.#options.pushes;
    this.#next = 0;
    if (first !== undefined) this.#waitFor(first, startAt);
  }

  #waitFor(push: RecordedPush, startAt: number): void {
    const { clock } = this.#options;
    const delayMs = Math.ceil(this.#dueAt(push, startAt) - clock.now());
    this.#cancelTimer = clock.after(Math.min(Math.max(delayMs, 0), LONGEST_WAIT_MS), () => this.#play(startAt));
  }

  #play(startAt: number): void {
    const { pushes, clock, send, loop, speed } = this.#options;
    const now = clock.now();
    let push = pushes[this.#next];
    while (push !== undefined && this.#dueAt(push, startAt) <= now) {
      send(push);
      push = pushes[++this.#next];
    }
    if (push !== undefined) this.#waitFor(push, startAt);
    else if (loop) this.#begin(now + LOOP_PAUSE_MS / speed);
  }

  #dueAt({ afterMs }: RecordedPush, startAt: number): number {
    return startAt + afterMs / this.#options.speed;
  }
}
