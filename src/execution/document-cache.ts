import type { DocumentNode } from 'graphql';

export interface DocumentCacheOptions {
  /** Documents kept; the one not used for longest goes first. */
  readonly maxEntries: number;
  /** Characters of all kept texts together. A parsed document takes 50 to 200 bytes for each. */
  readonly maxTotalLength: number;
  /** Longer texts are not kept at all. */
  readonly maxTextLength: number;
}

const DEFAULTS: DocumentCacheOptions = { maxEntries: 500, maxTotalLength: 250_000, maxTextLength: 16_384 };

/** Documents by their text. Only what was parsed and validated belongs here, so that bad ones never push out good ones. */
export class DocumentCache {
  readonly #options: DocumentCacheOptions;
  /** In order of use, the latest last. */
  readonly #documents = new Map<string, DocumentNode>();
  #totalLength = 0;

  constructor(options: Partial<DocumentCacheOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get size(): number {
    return this.#documents.size;
  }

  get(text: string): DocumentNode | undefined {
    const document = this.#documents.get(text);
    if (document === undefined) return undefined;
    this.#documents.delete(text);
    this.#documents.set(text, document);
    return document;
  }

  set(text: string, document: DocumentNode): void {
    if (text.length > this.#options.maxTextLength) return;
    this.#forget(text);
    this.#documents.set(text, document);
    this.#totalLength += text.length;
    for (const oldest of this.#documents.keys()) {
      if (this.#isWithinBounds()) break;
      this.#forget(oldest);
    }
  }

  #isWithinBounds(): boolean {
    return this.#documents.size <= this.#options.maxEntries && this.#totalLength <= this.#options.maxTotalLength;
  }

  #forget(text: string): void {
    if (this.#documents.delete(text)) this.#totalLength -= text.length;
  }
}
