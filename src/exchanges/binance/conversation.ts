import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { ChannelRequests, inBatches } from '../channel-requests.ts';
import { QuoteParts } from '../quote-parts.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { isId, textOf, unreadable } from '../wire-values.ts';
import { SERVER_SHUTDOWN, STREAMS_PER_REQUEST, writeRequest } from './dialect.ts';
import { readStream } from './normalize.ts';

/**
 * One connection to combined streams. A stream of a symbol that there is not is acknowledged like any other, and brings
 * nothing: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 */
export function converse(streamsOf: (topic: MarketTopic) => readonly string[]): VenueConversation {
  const quotes = new QuoteParts();
  const requests = new ChannelRequests({
    channelsOf: streamsOf,
    batchesOf: (streams) => inBatches(streams, STREAMS_PER_REQUEST),
    write: (operation, streams, id) =>
      writeRequest(operation === 'subscribe' ? 'SUBSCRIBE' : 'UNSUBSCRIBE', streams, id),
  });

  function* read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (!isObject(message)) return yield unreadable(text, 'an object');
    if (isShutdown(message)) return yield { type: 'CLOSING', reason: SERVER_SHUTDOWN };
    if (message.stream !== undefined) {
      const event = readStream({ message, text, receivedAt, quotes });
      return event === undefined ? undefined : yield event;
    }
    yield* readAnswer(message, text, requests);
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

/** By itself, or where the data of a stream would stand. */
function isShutdown({ e, data, event }: JsonObject): boolean {
  return [e, isObject(data) ? data.e : undefined, isObject(event) ? event.e : undefined].includes(SERVER_SHUTDOWN);
}

/** The answer to a request: a result of null, or an error that passes, since nothing that there is not is refused. */
function readAnswer(message: JsonObject, text: string, requests: ChannelRequests): readonly VenueEvent[] {
  const id = isId(message.id) ? message.id : '';
  if (message.result === null && id !== '') return requests.done(id);
  const error = isObject(message.error) ? message.error : message;
  if (error.msg === undefined) return [unreadable(text, 'a stream, an event or the answer to a request')];
  return requests.failed(id, `${textOf(error.code)} ${textOf(error.msg)}`);
}
