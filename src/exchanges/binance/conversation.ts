import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';
import { type ChannelAnswer, converseInChannels, type DataFrame } from '../channel-conversation.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { isId, textOf } from '../wire-values.ts';
import { SERVER_SHUTDOWN, STREAMS_PER_REQUEST, writeRequest } from './dialect.ts';
import { readStream } from './normalize.ts';

/**
 * One connection to combined streams. A stream of a symbol that there is not is acknowledged like any other, and brings
 * nothing: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 */
export function converse(streamsOf: (topic: MarketTopic) => readonly string[]): VenueConversation {
  return converseInChannels({
    channelsOf: streamsOf,
    batchesOf: (streams) => inBatches(streams, STREAMS_PER_REQUEST),
    write: (operation, streams, id) =>
      writeRequest(operation === 'subscribe' ? 'SUBSCRIBE' : 'UNSUBSCRIBE', streams, id),
    read,
    parseAnswer,
    data: 'a stream, an event',
  });
}

function read(frame: DataFrame): readonly VenueEvent[] | undefined {
  if (isShutdown(frame.message)) return [{ type: 'CLOSING', reason: SERVER_SHUTDOWN }];
  if (frame.message.stream === undefined) return undefined;
  const event = readStream(frame);
  return event === undefined ? [] : [event];
}

/** By itself, or where the data of a stream would stand. */
function isShutdown({ e, data, event }: JsonObject): boolean {
  return [e, isObject(data) ? data.e : undefined, isObject(event) ? event.e : undefined].includes(SERVER_SHUTDOWN);
}

/** A result of null, or an error that passes, since nothing that there is not is refused. Without an id it is to no request. */
function parseAnswer(message: JsonObject): ChannelAnswer | undefined {
  const id = isId(message.id) ? message.id : '';
  if (message.result === null && id !== '') return { outcome: 'DONE', id, reason: '' };
  const error = isObject(message.error) ? message.error : message;
  if (error.msg === undefined) return undefined;
  return { outcome: 'FAILED', id, reason: `${textOf(error.code)} ${textOf(error.msg)}` };
}
