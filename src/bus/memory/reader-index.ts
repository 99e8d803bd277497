interface Indexed {
  /** The keys that it asked for by name; undefined: all. */
  readonly keys: ReadonlySet<string> | undefined;
}

/** Readers by the keys they asked for, so that a key that nobody reads costs nothing. */
export class ReaderIndex<Reader extends Indexed> {
  readonly #byKey = new Map<string, Set<Reader>>();
  readonly #ofAllKeys = new Set<Reader>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(reader: Reader): void {
    this.#size += 1;
    if (reader.keys === undefined) this.#ofAllKeys.add(reader);
    for (const key of reader.keys ?? []) {
      const readers = this.#byKey.get(key);
      if (readers === undefined) this.#byKey.set(key, new Set([reader]));
      else readers.add(reader);
    }
  }

  delete(reader: Reader): void {
    this.#size -= 1;
    this.#ofAllKeys.delete(reader);
    for (const key of reader.keys ?? []) {
      const readers = this.#byKey.get(key);
      readers?.delete(reader);
      if (readers?.size === 0) this.#byKey.delete(key);
    }
  }

  hasReaders(key: string): boolean {
    return this.#ofAllKeys.size > 0 || this.#byKey.has(key);
  }

  /** Visits every reader of the key; a visit may delete its reader. */
  visit(key: string, visit: (reader: Reader) => void): void {
    this.visitNamed(key, visit);
    this.#ofAllKeys.forEach(visit);
  }

  /** Visits those that asked for the key by name. */
  visitNamed(key: string, visit: (reader: Reader) => void): void {
    this.#byKey.get(key)?.forEach(visit);
  }
}
