import { isObject, type JsonObject, parseExactJson } from '../domain/json-text.ts';
import { ChannelRequests, type ChannelRequestsOptions } from './channel-requests.ts';
import { QuoteParts } from './quote-parts.ts';
import type { VenueConversation, VenueEvent } from './venue.ts';
import { unreadable } from './wire-values.ts';

/** A frame of data. */
export interface DataFrame {
  /** Parsed with each number as the text that it was written as. */
  readonly message: JsonObject;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Of the connection. */
  readonly quotes: QuoteParts;
}

/** What a venue says to a request. */
export interface ChannelAnswer {
  readonly outcome: 'DONE' | 'REFUSED' | 'REPEATED' | 'FAILED';
  /** Undefined: the venue does not say which request, so it is the one that waits longest. */
  readonly id: string | undefined;
  readonly reason: string;
}

export interface ChannelConversationOptions extends ChannelRequestsOptions {
  /** What an object says that is no answer to a request; undefined for one that may be. */
  read(frame: DataFrame): readonly VenueEvent[] | undefined;
  /** Undefined for an object that is no answer either. */
  parseAnswer(message: JsonObject): ChannelAnswer | undefined;
  /** What comes besides answers, in words: `an update`. */
  readonly data: string;
}

/** What is said on one connection, for venues whose answers name a request by its id and whose quotes come in parts. */
export function converseInChannels(options: ChannelConversationOptions): VenueConversation {
  const quotes = new QuoteParts();
  const requests = new ChannelRequests(options);

  function read(text: string, receivedAt: number): readonly VenueEvent[] {
    const message = parseExactJson(text);
    if (!isObject(message)) return [unreadable(text, 'an object')];
    const events = options.read({ message, text, receivedAt, quotes });
    if (events !== undefined) return events;
    const answer = options.parseAnswer(message);
    return answer === undefined
      ? [unreadable(text, `${options.data} or the answer to a request`)]
      : settle(answer, requests);
  }

  return {
    subscribe: (topics) => requests.subscribe(topics),
    unsubscribe: (topics) => {
      quotes.forget(topics);
      return requests.unsubscribe(topics);
    },
    isServed: (topic) => requests.isServed(topic),
    read,
  };
}

function settle({ outcome, id, reason }: ChannelAnswer, requests: ChannelRequests): readonly VenueEvent[] {
  const request = id ?? requests.oldest ?? '';
  switch (outcome) {
    case 'DONE':
      return requests.done(request);
    case 'REFUSED':
      return requests.refused(request, reason);
    case 'REPEATED':
      return requests.repeated(request);
    case 'FAILED':
      return requests.failed(request, reason);
  }
}
