import type { LoadTurn, LoadTurns } from './series-tier.ts';

/** A turn that nobody else knows of. */
export class SoleTurn implements LoadTurn {
  readonly hasWaited: boolean;

  constructor(hasWaited = false) {
    this.hasWaited = hasWaited;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Where no other process shares the tier: each has its turn at once. */
export class LocalTurns implements LoadTurns {
  async take(_code: string, signal: AbortSignal): Promise<LoadTurn> {
    signal.throwIfAborted();
    return new SoleTurn();
  }
}
