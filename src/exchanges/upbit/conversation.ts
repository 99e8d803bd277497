import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import { QuoteParts } from '../quote-parts.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { intervalOf, listedChannels, REFUSING_ERRORS } from './dialect.ts';
import { readBook, readCandle, readTicker, readTrade } from './normalize.ts';
import { SubscriptionList } from './subscription-list.ts';

/** What is said on one connection. Quotes are put together from tickers and order books. */
export class UpbitConversation implements VenueConversation {
  readonly #list = new SubscriptionList();
  readonly #quotes = new QuoteParts();
  readonly #bars = new BarSeries();

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return this.#list.add(topics);
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#quotes.forget(topics);
    this.#bars.forget(topics);
    return this.#list.remove(topics);
  }

  read(text: string, receivedAt: number): readonly VenueEvent[] {
    const message = parseExactJson(text);
    if (!isObject(message)) return [unreadable(text, 'an object')];
    if (isObject(message.error)) return this.#error(message.error);
    const listed = listedChannels(message);
    if (listed !== undefined) return this.#list.listed(listed, textOf(message.ticket));
    // The answer to the text PING, which others may send for us.
    if (message.status === 'UP') return [];
    // It was true when it was asked for, and says nothing of what happens.
    if (message.stream_type === 'SNAPSHOT') return [];
    return this.#data(message, receivedAt) ?? [unreadable(text, 'data of a type that was subscribed to')];
  }

  #data(message: JsonObject, receivedAt: number): readonly VenueEvent[] | undefined {
    if (message.type === 'trade') {
      const trade = readTrade(message, receivedAt);
      return trade && [trade];
    }
    if (intervalOf(message.type) !== undefined) {
      const candle = readCandle(message);
      return candle && this.#bars.put(candle);
    }
    const part = partOf(message, receivedAt);
    return part && [this.#quotes.put(part.symbol, part)];
  }

  #error({ name, message }: JsonObject): readonly VenueEvent[] {
    const reason = `${textOf(name)} ${textOf(message)}`.trim();
    const events = REFUSING_ERRORS.includes(textOf(name)) ? this.#list.refused(reason) : undefined;
    return events ?? [{ type: 'TROUBLE', reason }];
  }
}

function partOf(message: JsonObject, receivedAt: number): ReturnType<typeof readTicker> {
  if (message.type === 'ticker') return readTicker(message, receivedAt);
  return message.type === 'orderbook' ? readBook(message, receivedAt) : undefined;
}
