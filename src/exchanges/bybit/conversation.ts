import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { ChannelRequests, inBatches } from '../channel-requests.ts';
import { QuoteParts } from '../quote-parts.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { unreadable } from '../wire-values.ts';
import {
  type BybitAnswer,
  type BybitMarket,
  CHANNELS_PER_REQUEST,
  channelsOf,
  isPong,
  parseAnswer,
  writeRequest,
} from './dialect.ts';
import { readData } from './normalize.ts';

/** One connection to the public socket of a market: https://bybit-exchange.github.io/docs/v5/ws/connect */
export function converse(market: BybitMarket): VenueConversation {
  const quotes = new QuoteParts();
  const requests = new ChannelRequests({
    channelsOf: (topic) => channelsOf(topic, market),
    batchesOf: (channels) => inBatches(channels, CHANNELS_PER_REQUEST),
    write: writeRequest,
  });

  function* read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (!isObject(message)) return yield unreadable(text, 'an object');
    if (message.topic !== undefined) return yield* readData({ message, text, receivedAt, quotes });
    if (isPong(text)) return;
    const answer = parseAnswer(message);
    if (answer === undefined) return yield unreadable(text, 'a topic or the answer to a request');
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

/** Answers come in the order of the requests, with their ids or without. */
function settle({ outcome, reqId, reason }: BybitAnswer, requests: ChannelRequests): readonly VenueEvent[] {
  const id = reqId ?? requests.oldest ?? '';
  switch (outcome) {
    case 'DONE':
      return requests.done(id);
    case 'REFUSED':
      return requests.refused(id, reason);
    case 'REPEATED':
      return requests.repeated(id);
    case 'FAILED':
      return requests.failed(id, reason);
  }
}
