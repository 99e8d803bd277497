import { type MarketTopic, topicName } from '../domain/market-topic.ts';

interface Entry {
  readonly topic: MarketTopic;
  readonly channels: readonly string[];
  readonly acknowledged: Set<string>;
}

/**
 * Which of a venue's channels one connection is subscribed to, for venues where a topic of ours takes several of their
 * channels, or several topics share one. Channels are told apart by the venue's own text for them.
 */
export class TopicChannels {
  readonly #channelsOf: (topic: MarketTopic) => readonly string[];
  readonly #entries = new Map<string, Entry>();
  /** Channels to the names of the topics that need them. */
  readonly #users = new Map<string, Set<string>>();

  /** At least one channel for each topic. */
  constructor(channelsOf: (topic: MarketTopic) => readonly string[]) {
    this.#channelsOf = channelsOf;
  }

  /** All channels that were added and not removed, in the order in which they came. */
  channels(): readonly string[] {
    return [...this.#users.keys()];
  }

  /** Channels to ask for: those of the topics which the venue has not acknowledged yet. */
  add(topics: readonly MarketTopic[]): readonly string[] {
    const wanted = topics.flatMap((topic) => {
      const { channels, acknowledged } = this.#add(topic);
      return channels.filter((channel) => !acknowledged.has(channel));
    });
    return [...new Set(wanted)];
  }

  /** Whether the venue has acknowledged all that the topic needs, for another topic perhaps. */
  isServed(topic: MarketTopic): boolean {
    const entry = this.#entries.get(topicName(topic));
    return entry !== undefined && entry.acknowledged.size === entry.channels.length;
  }

  /** Channels to give up: those that no topic needs any more. */
  remove(topics: readonly MarketTopic[]): readonly string[] {
    return topics.flatMap((topic) => {
      const name = topicName(topic);
      const channels = this.#entries.get(name)?.channels ?? [];
      this.#entries.delete(name);
      return channels.filter((channel) => this.#drop(channel, name));
    });
  }

  /** The venue serves the channel: topics all of whose channels it has now said so of. */
  acknowledge(channel: string): readonly MarketTopic[] {
    return this.#entriesOf(channel).flatMap(({ topic, channels, acknowledged }) => {
      acknowledged.add(channel);
      return acknowledged.size === channels.length ? [topic] : [];
    });
  }

  /** The venue serves the channel no longer, or will not: the topics that needed it. */
  lose(channel: string): readonly MarketTopic[] {
    return this.#entriesOf(channel).map(({ topic, acknowledged }) => {
      acknowledged.delete(channel);
      return topic;
    });
  }

  /** The topics that need the channel. */
  topicsOf(channel: string): readonly MarketTopic[] {
    return this.#entriesOf(channel).map(({ topic }) => topic);
  }

  #entriesOf(channel: string): Entry[] {
    const names = [...(this.#users.get(channel) ?? [])];
    return names.map((name) => this.#entries.get(name)).filter((entry) => entry !== undefined);
  }

  #add(topic: MarketTopic): Entry {
    const name = topicName(topic);
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const channels = [...new Set(this.#channelsOf(topic))];
    const served = channels.filter((channel) =>
      this.#entriesOf(channel).some((entry) => entry.acknowledged.has(channel)),
    );
    const entry: Entry = { topic, channels, acknowledged: new Set(served) };
    this.#entries.set(name, entry);
    for (const channel of channels) {
      const users = this.#users.get(channel) ?? new Set();
      this.#users.set(channel, users.add(name));
    }
    return entry;
  }

  /** Whether nobody needs it any more. */
  #drop(channel: string, name: string): boolean {
    const users = this.#users.get(channel);
    if (users?.delete(name) !== true || users.size > 0) return false;
    return this.#users.delete(channel);
  }
}
