import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { ChannelRequests } from '../channel-requests.ts';
import { QuoteParts } from '../quote-parts.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { unreadable } from '../wire-values.ts';
import {
  batchesOf,
  channelsOf,
  type GateAnswer,
  type GateMarket,
  isPong,
  parseAnswer,
  writeRequest,
} from './dialect.ts';
import { readUpdate } from './normalize.ts';

/** One connection to a market. `now` is milliseconds since the epoch: the venue wants every request to say its time. */
export function converse(market: GateMarket, now: () => number): VenueConversation {
  const quotes = new QuoteParts();
  const requests = new ChannelRequests({
    channelsOf: (topic) => channelsOf(topic, market),
    batchesOf,
    write: (operation, channels, id) => writeRequest(operation, channels, { id, time: Math.floor(now() / 1000) }),
  });

  function* read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (!isObject(message)) return yield unreadable(text, 'an object');
    if (message.event === 'update') return yield* readUpdate({ market, message, text, receivedAt, quotes });
    // What was before the subscription is no news.
    if (message.event === 'all' || isPong(market, text)) return;
    const answer = parseAnswer(message);
    if (answer === undefined) return yield unreadable(text, 'an update or the answer to a request');
    yield* settle(answer, requests);
  }

  return {
    subscribe: (topics) => requests.subscribe(topics),
    unsubscribe: (topics) => {
      for (const topic of topics) if (topic.channel === 'ticks') quotes.forget(topic.symbol);
      return requests.unsubscribe(topics);
    },
    isServed: (topic) => requests.isServed(topic),
    read,
  };
}

/** The venue sends the id of the request back; an answer without one is taken for that to the oldest. */
function settle({ outcome, id, reason }: GateAnswer, requests: ChannelRequests): readonly VenueEvent[] {
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
