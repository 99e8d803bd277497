import { type MarketTopic, topicName } from '../../domain/market-topic.ts';

/** What the numbers of channels stand for on one connection: each topic has one, and older ones until they have ended. */
export class ChannelNumbers {
  readonly #topics = new Map<string, MarketTopic>();
  /** By the name of the topic. */
  readonly #present = new Map<string, string>();

  set(channelId: string, topic: MarketTopic): void {
    this.#topics.set(channelId, topic);
    this.#present.set(topicName(topic), channelId);
  }

  /** The present number of the topic; undefined: it has none. */
  of(topic: MarketTopic): string | undefined {
    return this.#present.get(topicName(topic));
  }

  topicOf(channelId: string): MarketTopic | undefined {
    return this.#topics.get(channelId);
  }

  /** Those that have a present number. */
  topics(): MarketTopic[] {
    return [...this.#present.values()]
      .map((channelId) => this.#topics.get(channelId))
      .filter((each) => each !== undefined);
  }

  /** The topic has a number no more, which still stands for it until it has ended. Answers the number. */
  giveUp(topic: MarketTopic): string | undefined {
    const channelId = this.of(topic);
    this.#present.delete(topicName(topic));
    return channelId;
  }

  /** The number stands for nothing any more. Answers the topic that is without one now; undefined where there is none. */
  end(channelId: string): MarketTopic | undefined {
    const topic = this.#topics.get(channelId);
    this.#topics.delete(channelId);
    if (topic === undefined) return undefined;
    const present = this.of(topic);
    if (present === channelId) this.#present.delete(topicName(topic));
    return present === undefined || present === channelId ? topic : undefined;
  }
}
