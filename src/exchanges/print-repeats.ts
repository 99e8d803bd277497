const REMEMBERED = 1000;

interface Memory {
  /** The last trade ids of earlier connections. */
  earlier: ReadonlySet<string>;
  /** Those of the present connection: the newest `REMEMBERED` at least, oldest first. */
  present: string[];
  /** Those of the connection that is to replace it. */
  upcoming: string[];
}

/**
 * Finds the prints that a venue says again on another connection: after a reconnect those whose trade id is among the
 * last 1,000 of the symbol before it, and while one connection replaces another whichever comes second. What a venue says
 * twice on one connection is two prints.
 */
export class PrintRepeats {
  readonly #memories = new Map<string, Memory>();

  /** What comes from now on comes over another connection: the upcoming one, if there is one. */
  nextConnection(): void {
    for (const memory of this.#memories.values()) {
      memory.earlier = new Set([...memory.earlier, ...memory.present].slice(-REMEMBERED));
      memory.present = memory.upcoming;
      memory.upcoming = [];
    }
  }

  /** Nothing more comes over the upcoming connection. */
  dropUpcoming(): void {
    for (const memory of this.#memories.values()) {
      memory.earlier = new Set([...memory.earlier, ...memory.upcoming].slice(-REMEMBERED));
      memory.upcoming = [];
    }
  }

  /** Whether the print came over another connection; when not, it is remembered. Without id a print is always new. */
  isRepeat(symbol: string, tradeId: string | null, isUpcoming = false): boolean {
    if (tradeId === null) return false;
    const memory = this.#memories.get(symbol) ?? this.#remember(symbol);
    const other = isUpcoming ? memory.present : memory.upcoming;
    if (memory.earlier.has(tradeId) || (other.length > 0 && other.includes(tradeId))) return true;
    const own = isUpcoming ? memory.upcoming : memory.present;
    own.push(tradeId);
    if (own.length >= 2 * REMEMBERED) own.splice(0, own.length - REMEMBERED);
    return false;
  }

  forget(symbol: string): void {
    this.#memories.delete(symbol);
  }

  #remember(symbol: string): Memory {
    const memory: Memory = { earlier: new Set(), present: [], upcoming: [] };
    this.#memories.set(symbol, memory);
    return memory;
  }
}
