/** Something that takes up room and can be told to go. */
export interface Resident {
  readonly sizeBytes: number;
  /** Called once, when the room is needed for others. */
  evict(): void;
}

/** What is never exceeded. */
export interface Bounds {
  readonly maxBytes: number;
  /** Undefined: only bytes are bounded. */
  readonly maxEntries: number | undefined;
}

/**
 * Shares a bounded room among residents of any kind: whoever was used longest ago goes first. The residents themselves
 * are kept by their owners; this only counts them and says who has to go.
 */
export class LruRoom {
  readonly #bounds: Bounds;
  /** In order of use, the latest last. */
  readonly #residents = new Set<Resident>();
  #bytes = 0;
  #evictions = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get entries(): number {
    return this.#residents.size;
  }

  /** Residents that had to go for others. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Lets a resident in and others go for it. Answers false, and changes nothing, when it is larger than the room. */
  admit(resident: Resident): boolean {
    const { maxBytes, maxEntries = Number.POSITIVE_INFINITY } = this.#bounds;
    if (resident.sizeBytes > maxBytes || maxEntries < 1) return false;
    this.release(resident);
    for (const oldest of this.#residents) {
      if (this.#bytes + resident.sizeBytes <= maxBytes && this.#residents.size < maxEntries) break;
      this.release(oldest);
      oldest.evict();
      this.#evictions += 1;
    }
    this.#residents.add(resident);
    this.#bytes += resident.sizeBytes;
    return true;
  }

  /** Marks a resident as used now; nothing for one that is not here. */
  touch(resident: Resident): void {
    if (this.#residents.delete(resident)) this.#residents.add(resident);
  }

  /** Lets a resident go that its owner has dropped; nothing for one that is not here. */
  release(resident: Resident): void {
    if (this.#residents.delete(resident)) this.#bytes -= resident.sizeBytes;
  }
}
