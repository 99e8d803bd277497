import type { Clock } from '../async/clock.ts';
import { ConnectGate } from '../transport/connect-gate.ts';
import type { Venue } from './venue.ts';

/** How carefully a desk connects, beyond what the venue asks for. */
export interface ConnectManners {
  /** Each connection waits for a random time between the two. */
  readonly jitterMs?: readonly [number, number] | undefined;
  /** At most one reconnect in so long, of all connections to the venue. */
  readonly reconnectEveryMs?: number | undefined;
}

export interface ConnectGatesOptions {
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
}

/** The gate of each venue, which all gateways of this process share: a venue counts what comes from one address. */
export class ConnectGates {
  readonly #options: ConnectGatesOptions;
  readonly #gates = new Map<string, ConnectGate>();

  constructor(options: ConnectGatesOptions) {
    this.#options = options;
  }

  /** Of several gateways at one venue the manners of the first hold. */
  of(venue: Venue, { jitterMs, reconnectEveryMs }: ConnectManners): ConnectGate {
    const known = this.#gates.get(venue.name);
    if (known !== undefined) return known;
    const gate = new ConnectGate({
      ...this.#options,
      connects: venue.sockets.map(({ limits }) => limits?.connects).find((rate) => rate !== undefined),
      reconnects: reconnectEveryMs === undefined ? undefined : { most: 1, perMs: reconnectEveryMs },
      jitterMs,
    });
    this.#gates.set(venue.name, gate);
    return gate;
  }
}
