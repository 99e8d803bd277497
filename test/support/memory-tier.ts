import type { SeriesTier, StoredSeries } from '../../src/cache/tiers/series-tier.ts';

/** A tier that outlives caches, and nothing else. */
export interface MemoryTier<T> extends SeriesTier<T> {
  readonly stored: Map<string, StoredSeries<T>>;
  /** While set, reads wait for it. */
  gate: Promise<unknown> | undefined;
  /** While set, writes wait for it. */
  writeGate: Promise<unknown> | undefined;
}

export function memoryTier<T>(): MemoryTier<T> {
  const stored = new Map<string, StoredSeries<T>>();
  const tier: MemoryTier<T> = {
    stored,
    gate: undefined,
    writeGate: undefined,
    async read(code) {
      await tier.gate;
      return stored.get(code);
    },
    async write(code, series) {
      await tier.writeGate;
      const held = stored.get(code);
      if (held === undefined || held.askedAt <= series.askedAt) stored.set(code, series);
    },
    async clear(codes = [...stored.keys()]) {
      for (const code of codes) stored.delete(code);
    },
  };
  return tier;
}
