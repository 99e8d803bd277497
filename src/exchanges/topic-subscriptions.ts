import type { Clock } from '../async/clock.ts';
import { type MarketTopic, topicName } from '../domain/market-topic.ts';
import type { VenueConversation } from './venue.ts';

const MOST_TRIES = 3;

/** GIVEN_UP: the venue never answered; until the next connection only its data could show that it heard us. */
interface Subscription {
  readonly topic: MarketTopic;
  state: 'ASKED' | 'ACKNOWLEDGED' | 'GIVEN_UP';
  tries: number;
  /** When an acknowledgement is too late. */
  deadline: number;
}

type Conversation = Pick<VenueConversation, 'subscribe' | 'unsubscribe' | 'isServed'>;

export interface TopicSubscriptionsOptions {
  readonly clock: Clock;
  /** How long the venue has to acknowledge one of the three tries. */
  readonly acknowledgeTimeoutMs: number;
  /** Answers in how many milliseconds the last of them will have left. */
  send(texts: readonly string[]): number;
  /** Topics came or went, the first acknowledgements are complete, or a topic was given up or came after all. */
  onChange(): void;
}

/** What one socket is subscribed to, which follows what is wanted of it: on every connection anew. */
export class TopicSubscriptions {
  readonly #options: TopicSubscriptionsOptions;
  /** Of the present connection. */
  readonly #subscriptions = new Map<string, Subscription>();
  #conversation: Conversation | undefined;
  #wanted: ReadonlyMap<string, MarketTopic> = new Map();
  #isSettled = false;
  #cancelDeadline: (() => void) | undefined;
  /** The earliest deadline when the timer was set. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(options: TopicSubscriptionsOptions) {
    this.#options = options;
  }

  /** Whether there was a moment on this connection in which no acknowledgement was awaited. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Topics that the venue never acknowledged. */
  givenUp(): string[] {
    return [...this.#subscriptions].filter(([, { state }]) => state === 'GIVEN_UP').map(([name]) => name);
  }

  /** Names to topics. Asks for what is new, and gives up what is not among them any more. */
  setWanted(wanted: ReadonlyMap<string, MarketTopic>): void {
    this.#wanted = wanted;
    if (this.#conversation !== undefined) this.#follow(this.#conversation);
  }

  /** The venue takes subscriptions from now on. */
  open(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#follow(conversation);
  }

  close(): void {
    this.#conversation = undefined;
    this.#isSettled = false;
    this.#subscriptions.clear();
    this.#stopDeadline();
  }

  /** The venue says that it serves the topic, or proves it with data. False: we are not subscribed to it. */
  acknowledge(topic: MarketTopic): boolean {
    const subscription = this.#subscriptions.get(topicName(topic));
    if (subscription === undefined) return false;
    if (subscription.state === 'ACKNOWLEDGED') return true;
    const wasGivenUp = subscription.state === 'GIVEN_UP';
    subscription.state = 'ACKNOWLEDGED';
    if (this.#settles() || wasGivenUp) this.#options.onChange();
    return true;
  }

  /**
   * The venue serves the topic no longer. When that was not our wish it is asked again, though not at once: it might
   * answer the same, over and over.
   */
  ended(topic: MarketTopic): void {
    const subscription = this.#subscriptions.get(topicName(topic));
    if (subscription?.state !== 'ACKNOWLEDGED') return;
    subscription.state = 'ASKED';
    subscription.tries = 0;
    subscription.deadline = this.#options.clock.now() + this.#options.acknowledgeTimeoutMs;
    this.#awaitAcknowledgements();
  }

  /** Asks anew for those of the topics that were acknowledged. */
  renew(topics: readonly MarketTopic[]): void {
    if (this.#conversation === undefined) return;
    const renewed = topics.filter((topic) => this.#subscriptions.get(topicName(topic))?.state === 'ACKNOWLEDGED');
    if (renewed.length === 0) return;
    this.#options.send(this.#conversation.unsubscribe(renewed));
    this.#ask(renewed);
  }

  /**
   * The venue will not serve the topic, so there is nothing to unsubscribe; whoever wanted it must not any more. False:
   * we are not subscribed to it.
   */
  refused(topic: MarketTopic): boolean {
    return this.#subscriptions.delete(topicName(topic));
  }

  #follow(conversation: Conversation): void {
    const unwanted = [...this.#subscriptions].filter(([name]) => !this.#wanted.has(name));
    for (const [name] of unwanted) this.#subscriptions.delete(name);
    const topics = unwanted.map(([, { topic }]) => topic);
    if (topics.length > 0) this.#options.send(conversation.unsubscribe(topics));
    const missing = [...this.#wanted].filter(([name]) => !this.#subscriptions.has(name));
    this.#ask(missing.map(([, topic]) => topic));
    this.#settles();
    this.#options.onChange();
  }

  #ask(topics: readonly MarketTopic[]): void {
    if (topics.length === 0 || this.#conversation === undefined) return;
    const { send, clock, acknowledgeTimeoutMs } = this.#options;
    const deadline = clock.now() + send(this.#conversation.subscribe(topics)) + acknowledgeTimeoutMs;
    for (const topic of topics) {
      const name = topicName(topic);
      const earlier = this.#subscriptions.get(name);
      const tries = earlier?.state === 'ASKED' ? earlier.tries + 1 : 1;
      const state = this.#conversation.isServed?.(topic) === true ? 'ACKNOWLEDGED' : 'ASKED';
      this.#subscriptions.set(name, { topic, state, tries, deadline });
    }
    this.#awaitAcknowledgements();
  }

  #asked(): Subscription[] {
    return [...this.#subscriptions.values()].filter(({ state }) => state === 'ASKED');
  }

  /** One timer for the earliest deadline. */
  #awaitAcknowledgements(): void {
    const dueAt = this.#asked().reduce((least, { deadline }) => Math.min(least, deadline), Number.POSITIVE_INFINITY);
    if (dueAt >= this.#dueAt) return;
    this.#stopDeadline();
    const { clock } = this.#options;
    this.#dueAt = dueAt;
    this.#cancelDeadline = clock.after(dueAt - clock.now(), () => {
      this.#stopDeadline();
      // The clock on the wall may have been set back: the time has passed all the same.
      this.#askAgain(Math.max(dueAt, clock.now()));
      this.#awaitAcknowledgements();
    });
  }

  #askAgain(now: number): void {
    const late = this.#asked().filter(({ deadline }) => deadline <= now);
    const hopeless = late.filter(({ tries }) => tries >= MOST_TRIES);
    for (const subscription of hopeless) subscription.state = 'GIVEN_UP';
    this.#ask(late.filter(({ state }) => state === 'ASKED').map(({ topic }) => topic));
    if (this.#settles() || hopeless.length > 0) this.#options.onChange();
  }

  /** Whether the connection has just come to be settled. */
  #settles(): boolean {
    if (this.#isSettled || this.#asked().length > 0) return false;
    this.#isSettled = true;
    return true;
  }

  #stopDeadline(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
