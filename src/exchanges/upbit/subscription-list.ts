import type { MarketTopic } from '../../domain/market-topic.ts';
import { TopicChannels } from '../topic-channels.ts';
import type { VenueEvent } from '../venue.ts';
import { channelsOf, symbolOf, writeChannels, writeFarewell, writeListRequest } from './dialect.ts';

/** More of them only wait for a venue that never answers with a list. */
const MOST_UNANSWERED = 100;

/**
 * What one connection is subscribed to. Each request replaces all that the connection had, and the venue acknowledges
 * none: the list of subscriptions, asked for behind it, does. A request with a pair that does not exist fails as a whole
 * and without the name of the pair; what was new in it is then asked for one pair after the other.
 */
export class SubscriptionList {
  readonly #channels = new TopicChannels(channelsOf);
  /** What the venue has listed last. */
  #listed: ReadonlySet<string> = new Set();
  /** Pairs that wait until the one before them has been listed or refused. */
  #waiting: readonly string[] = [];
  /** Tickets of the requests whose list has not come, oldest first: the venue answers in this order. */
  #unanswered: readonly string[] = [];
  #tickets = 0;

  add(topics: readonly MarketTopic[]): readonly string[] {
    return this.#channels.add(topics).length === 0 ? [] : this.#ask();
  }

  remove(topics: readonly MarketTopic[]): readonly string[] {
    const [removed] = this.#channels.remove(topics);
    if (removed === undefined) return [];
    return this.#ask(removed);
  }

  /** The venue says what the connection is subscribed to, in answer to the request with the ticket. */
  listed(channels: readonly string[], ticket: string): readonly VenueEvent[] {
    this.#unanswered = this.#unanswered.slice(this.#unanswered.indexOf(ticket) + 1);
    const listed = new Set(channels);
    const lost = [...this.#listed].flatMap((channel) => (listed.has(channel) ? [] : this.#channels.lose(channel)));
    const served = channels.flatMap((channel) => this.#acknowledge(channel));
    this.#listed = listed;
    return [
      ...[...new Set(lost)].map((topic): VenueEvent => ({ type: 'UNSUBSCRIBED', topic })),
      ...[...new Set(served)].map((topic): VenueEvent => ({ type: 'SUBSCRIBED', topic })),
      ...(this.#unanswered.length === 0 && this.#waiting.length > 0 ? this.#next() : []),
    ];
  }

  /** The venue has refused a request for a pair that it does not name; undefined when none of it was new. */
  refused(reason: string): readonly VenueEvent[] | undefined {
    // A later request had all of this one, so that its answer decides.
    if (this.#unanswered.length > 1) return [];
    const pending = this.#asked().filter((channel) => !this.#listed.has(channel));
    const [first, ...others] = new Set(pending.map(symbolOf));
    if (first === undefined) return undefined;
    if (others.length === 0) return [...this.#refuse(first, reason), ...this.#next()];
    this.#waiting = [...others, ...this.#waiting];
    return toAnswers(this.#ask());
  }

  #next(): readonly VenueEvent[] {
    this.#waiting = this.#waiting.slice(1);
    return toAnswers(this.#ask());
  }

  #refuse(symbol: string, reason: string): readonly VenueEvent[] {
    const channels = this.#asked().filter((channel) => symbolOf(channel) === symbol);
    const topics = new Set(channels.flatMap((channel) => this.#channels.topicsOf(channel)));
    this.#channels.remove([...topics]);
    return [...topics].map((topic) => ({ type: 'REFUSED', topic, reason }));
  }

  #acknowledge(channel: string): readonly MarketTopic[] {
    const isNews = this.#channels.topicsOf(channel).some((topic) => !this.#channels.isServed(topic));
    return isNews ? this.#channels.acknowledge(channel) : [];
  }

  /** `last` is a channel that the connection may still be subscribed to when nothing is to be asked for. */
  #ask(last: string | undefined = [...this.#listed][0]): readonly string[] {
    // There is nothing left that a pair could wait for.
    while (this.#asked().length === 0 && this.#waiting.length > 0) this.#waiting = this.#waiting.slice(1);
    const channels = this.#asked();
    if (channels.length > 0) return this.#send((ticket) => writeChannels(ticket, channels));
    return last === undefined ? [] : this.#send((ticket) => writeFarewell(ticket, symbolOf(last)));
  }

  #asked(): readonly string[] {
    return this.#channels.channels().filter((channel) => !this.#waiting.includes(symbolOf(channel)));
  }

  #send(write: (ticket: string) => string): readonly string[] {
    this.#tickets += 1;
    const ticket = `deskgraph-${this.#tickets}`;
    this.#unanswered = [...this.#unanswered, ticket].slice(-MOST_UNANSWERED);
    return [write(ticket), writeListRequest(ticket)];
  }
}

function toAnswers(texts: readonly string[]): readonly VenueEvent[] {
  return texts.map((text) => ({ type: 'ANSWER', text }));
}
