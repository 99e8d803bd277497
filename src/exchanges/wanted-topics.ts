import type { Clock } from '../async/clock.ts';
import { type MarketTopic, topicName } from '../domain/market-topic.ts';

export interface WantedTopicsOptions {
  readonly clock: Clock;
  /** Between two tellings of the same. */
  readonly renewMs: number;
  /** Told all that is wanted: when it changes, and again and again as long as something is. */
  readonly tell: (topics: readonly MarketTopic[]) => void;
}

/** The market data that this process wants of a gateway elsewhere. */
export class WantedTopics {
  readonly #options: WantedTopicsOptions;
  readonly #wanted = new Map<string, { readonly topic: MarketTopic; count: number }>();
  #cancel = (): void => {};

  constructor(options: WantedTopicsOptions) {
    this.#options = options;
  }

  want(topics: readonly MarketTopic[]): () => void {
    for (const topic of topics) {
      const name = topicName(topic);
      const wanted = this.#wanted.get(name) ?? { topic, count: 0 };
      wanted.count += 1;
      this.#wanted.set(name, wanted);
    }
    this.#tell();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      for (const topic of topics) this.#release(topicName(topic));
      this.#tell();
    };
  }

  close(): void {
    this.#wanted.clear();
    this.#tell();
  }

  #release(name: string): void {
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return;
    wanted.count -= 1;
    if (wanted.count === 0) this.#wanted.delete(name);
  }

  #tell(): void {
    this.#cancel();
    this.#options.tell([...this.#wanted.values()].map(({ topic }) => topic));
    if (this.#wanted.size > 0) this.#cancel = this.#options.clock.after(this.#options.renewMs, () => this.#tell());
  }
}
