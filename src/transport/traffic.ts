const SHOWN_CHARACTERS = 1000;
/** More than are shown, so that no secret is cut where it would not be known any more. */
const FILTERED_CHARACTERS = 4000;

/** The last text each way, which is what one looks at first when a connection misbehaves; heartbeats included. */
export class Traffic {
  readonly #withoutSecrets: (text: string) => string;
  #lastMessageAt: number | null = null;
  #lastSentText: string | null = null;
  #lastReceivedText: string | null = null;

  /** `withoutSecrets` takes out of a text what nobody else should read; nothing unless given. */
  constructor(withoutSecrets: (text: string) => string = String) {
    this.#withoutSecrets = withoutSecrets;
  }

  /** Milliseconds since the epoch. */
  get lastMessageAt(): number | null {
    return this.#lastMessageAt;
  }

  /** Its first 1,000 characters. */
  get lastSentText(): string | null {
    return this.#shown(this.#lastSentText);
  }

  /** Its first 1,000 characters. */
  get lastReceivedText(): string | null {
    return this.#shown(this.#lastReceivedText);
  }

  sent(text: string): void {
    this.#lastSentText = text;
  }

  received(text: string, at: number): void {
    this.#lastReceivedText = text;
    this.#lastMessageAt = at;
  }

  #shown(text: string | null): string | null {
    return text === null ? null : this.#withoutSecrets(text.slice(0, FILTERED_CHARACTERS)).slice(0, SHOWN_CHARACTERS);
  }
}
