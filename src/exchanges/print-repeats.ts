const REMEMBERED = 1000;

interface Memory {
  /** The last trade ids of earlier connections. */
  earlier: ReadonlySet<string>;
  /** Those of the present connection: the newest `REMEMBERED` at least, oldest first. */
  present: string[];
}

/**
 * Finds the prints that a venue says again after a reconnect: those whose trade id is among the last 1,000 of the
 * symbol before it. What a venue says twice on one connection is two prints.
 */
export class PrintRepeats {
  readonly #memories = new Map<string, Memory>();

  /** What comes from now on comes over another connection. */
  nextConnection(): void {
    for (const memory of this.#memories.values()) {
      memory.earlier = new Set([...memory.earlier, ...memory.present].slice(-REMEMBERED));
      memory.present = [];
    }
  }

  /** Whether the print came over an earlier connection; when not, it is remembered. Without id a print is always new. */
  isRepeat(symbol: string, tradeId: string | null): boolean {
    if (tradeId === null) return false;
    const memory = this.#memories.get(symbol) ?? this.#remember(symbol);
    if (memory.earlier.has(tradeId)) return true;
    memory.present.push(tradeId);
    if (memory.present.length >= 2 * REMEMBERED) memory.present = memory.present.slice(-REMEMBERED);
    return false;
  }

  forget(symbol: string): void {
    this.#memories.delete(symbol);
  }

  #remember(symbol: string): Memory {
    const memory: Memory = { earlier: new Set(), present: [] };
    this.#memories.set(symbol, memory);
    return memory;
  }
}
