import type { Clock } from '../async/clock.ts';
import type { Rate } from '../async/rate.ts';

export interface ConnectGateOptions {
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Attempts to connect, first and later ones. */
  readonly connects?: Rate | undefined;
  /** Attempts after a connection, or an attempt, was lost. */
  readonly reconnects?: Rate | undefined;
  /** Each attempt waits for a random time between the two, so that many who start together do not connect together. */
  readonly jitterMs?: readonly [number, number] | undefined;
}

/** A place among those who connect. */
export interface Admission {
  /** Milliseconds until the attempt. */
  readonly waitMs: number;
  /** There is no attempt: others need not wait for it. */
  giveBack(): void;
}

/** When whoever wants to connect to one venue may do so: its bounds hold for all connections of this process together. */
export class ConnectGate {
  readonly #options: ConnectGateOptions;
  /** When somebody has connected, or is going to; ascending. */
  #connects: number[] = [];
  #reconnects: number[] = [];
  /** The venue wants to be left alone until then. */
  #closedUntil = 0;

  constructor(options: ConnectGateOptions) {
    this.#options = options;
  }

  /** How long to wait before the attempt, `leastMs` at least. The attempt is counted. */
  book(leastMs: number, isReconnect: boolean): Admission {
    const { clock, connects, reconnects } = this.#options;
    const now = clock.now();
    const earliest = Math.max(now + leastMs, this.#closedUntil) + this.#jitter();
    let at = earliest;
    for (let before = Number.NaN; before !== at; ) {
      before = at;
      if (connects !== undefined) at = firstFree(this.#connects, connects, at);
      if (isReconnect && reconnects !== undefined) at = firstFree(this.#reconnects, reconnects, at);
    }
    if (connects !== undefined) this.#connects = withBooking(this.#connects, at, now - connects.perMs);
    if (isReconnect && reconnects !== undefined) {
      this.#reconnects = withBooking(this.#reconnects, at, now - reconnects.perMs);
    }
    return { waitMs: at - now, giveBack: () => this.#giveBack(at, isReconnect) };
  }

  /** The venue has answered one of the attempts with a wait, which it means for this address. */
  closeFor(waitMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#options.clock.now() + waitMs);
  }

  #giveBack(at: number, isReconnect: boolean): void {
    this.#connects = withoutBooking(this.#connects, at);
    if (isReconnect) this.#reconnects = withoutBooking(this.#reconnects, at);
  }

  #jitter(): number {
    const { jitterMs, random } = this.#options;
    if (jitterMs === undefined) return 0;
    const [least, most] = jitterMs;
    return Math.round(least + random() * (most - least));
  }
}

/** The first instant from `earliest` on at which one more keeps the rate. */
function firstFree(booked: readonly number[], { most, perMs }: Rate, earliest: number): number {
  const after = booked.filter((at) => at > earliest - perMs);
  // One more at an instant disturbs every window that holds it; the first that is too full says from when on to look.
  for (const start of [earliest, ...after.map((at) => at + perMs)].toSorted((one, other) => one - other)) {
    if (start < earliest) continue;
    const around = [...after.filter((at) => Math.abs(at - start) < perMs), start].toSorted((one, other) => one - other);
    const isFull = around.some((at, index) => {
      const last = around[index + most];
      return last !== undefined && last - at < perMs;
    });
    if (!isFull) return start;
  }
  return earliest;
}

/** Those that still matter, with one more. */
function withBooking(booked: readonly number[], at: number, since: number): number[] {
  return [...booked.filter((each) => each > since), at].toSorted((one, other) => one - other);
}

/** One of those at the instant is gone. */
function withoutBooking(booked: readonly number[], at: number): number[] {
  const index = booked.indexOf(at);
  return index === -1 ? [...booked] : booked.toSpliced(index, 1);
}
