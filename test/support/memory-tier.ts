import type { SeriesTier, StoredSeries } from '../../src/cache/tiers/series-tier.ts';

/** A tier that outlives caches, and nothing else. */
export interface MemoryTier<T> extends SeriesTier<T> {
  readonly stored: Map<string, StoredSeries<T>>;
  /** While set, reads wait for it, and then have what there was before. */
  gate: Promise<unknown> | undefined;
  /** While set, writes wait for it. */
  writeGate: Promise<unknown> | undefined;
  /** While set, clearing waits for it. */
  clearGate: Promise<unknown> | undefined;
}

export function memoryTier<T>(): MemoryTier<T> {
  const stored = new Map<string, StoredSeries<T>>();
  const tier: MemoryTier<T> = {
    stored,
    gate: undefined,
    writeGate: undefined,
    clearGate: undefined,
    async read(code) {
      const found = stored.get(code);
      await tier.gate;
      return found;
    },
    async write(code, series) {
      await tier.writeGate;
      const held = stored.get(code);
      if (held === undefined || held.askedAt <= series.askedAt) stored.set(code, series);
    },
    async clear(codes) {
      await tier.clearGate;
      for (const code of codes ?? [...stored.keys()]) stored.delete(code);
    },
  };
  return tier;
}
