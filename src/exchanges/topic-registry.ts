import type { Clock } from '../async/clock.ts';
import { type MarketTopic, topicName } from '../domain/market-topic.ts';

interface Entry {
  readonly topic: MarketTopic;
  readonly name: string;
  holders: number;
  /** When it is given up, if nobody wants it until then. */
  keptUntil: number;
}

export interface TopicRegistryOptions {
  readonly clock: Clock;
  /** How long a topic that nobody wants any more is still kept, in case somebody comes back. */
  readonly lingerMs: number;
  /** The wanted topics are others; called once for all that changed in one turn of the event loop. */
  onChange(): void;
}

/** The topics that somebody wants, with how many do. */
export class TopicRegistry {
  readonly #options: TopicRegistryOptions;
  readonly #entries = new Map<string, Entry>();
  /** Wanted by nobody, in the order in which they are given up. */
  readonly #lingering = new Set<Entry>();
  #cancelTimer: (() => void) | undefined;
  #isChangeDue = false;

  constructor(options: TopicRegistryOptions) {
    this.#options = options;
  }

  /** By name. */
  topics(): ReadonlyMap<string, MarketTopic> {
    return new Map([...this.#entries.values()].map(({ name, topic }) => [name, topic]));
  }

  /** Holds the topics until the answered function is called; further calls of it do nothing. */
  want(topics: readonly MarketTopic[]): () => void {
    const byName = new Map(topics.map((topic) => [topicName(topic), topic]));
    const held = [...byName].map(([name, topic]) => this.#hold(name, topic));
    return () => {
      for (const entry of held.splice(0)) this.#release(entry);
    };
  }

  /** Whoever holds the topic does so in vain; the next who wants it makes it new. False when nobody did. */
  drop(name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    this.#entries.delete(name);
    this.#stay(entry);
    this.#changed();
    return true;
  }

  clear(): void {
    for (const name of [...this.#entries.keys()]) this.drop(name);
  }

  #hold(name: string, topic: MarketTopic): Entry {
    const entry = this.#entries.get(name) ?? this.#add({ name, topic, holders: 0, keptUntil: 0 });
    this.#stay(entry);
    entry.holders += 1;
    return entry;
  }

  #add(entry: Entry): Entry {
    this.#entries.set(entry.name, entry);
    this.#changed();
    return entry;
  }

  #release(entry: Entry): void {
    entry.holders -= 1;
    if (entry.holders > 0 || this.#entries.get(entry.name) !== entry) return;
    entry.keptUntil = this.#options.clock.now() + this.#options.lingerMs;
    this.#lingering.add(entry);
    this.#awaitNext();
  }

  #stay(entry: Entry): void {
    this.#lingering.delete(entry);
    if (this.#lingering.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** One timer for all that linger, so that what nobody wants any more is given up at one go. */
  #awaitNext(): void {
    const [first] = this.#lingering;
    if (first === undefined || this.#cancelTimer !== undefined) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(first.keptUntil - clock.now(), () => {
      this.#cancelTimer = undefined;
      const due = [...this.#lingering].filter(({ keptUntil }) => keptUntil <= clock.now());
      for (const { name } of due) this.drop(name);
      this.#awaitNext();
    });
  }

  #changed(): void {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    queueMicrotask(() => {
      this.#isChangeDue = false;
      this.#options.onChange();
    });
  }
}
