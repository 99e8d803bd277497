const SHOWN_CHARACTERS = 1000;

/** The last text each way, which is what one looks at first when a connection misbehaves; heartbeats included. */
export class Traffic {
  #lastMessageAt: number | null = null;
  #lastSentText: string | null = null;
  #lastReceivedText: string | null = null;

  /** Milliseconds since the epoch. */
  get lastMessageAt(): number | null {
    return this.#lastMessageAt;
  }

  /** Its first 1,000 characters. */
  get lastSentText(): string | null {
    return this.#lastSentText?.slice(0, SHOWN_CHARACTERS) ?? null;
  }

  /** Its first 1,000 characters. */
  get lastReceivedText(): string | null {
    return this.#lastReceivedText?.slice(0, SHOWN_CHARACTERS) ?? null;
  }

  sent(text: string): void {
    this.#lastSentText = text;
  }

  received(text: string, at: number): void {
    this.#lastReceivedText = text;
    this.#lastMessageAt = at;
  }
}
