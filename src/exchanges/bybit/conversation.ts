import { inBatches } from '../batches.ts';
import { converseInChannels } from '../channel-conversation.ts';
import type { VenueConversation } from '../venue.ts';
import { type BybitMarket, CHANNELS_PER_REQUEST, channelsOf, isPong, parseAnswer, writeRequest } from './dialect.ts';
import { readData } from './normalize.ts';

/**
 * One connection to the public socket of a market: https://bybit-exchange.github.io/docs/v5/ws/connect
 * Answers come in the order of the requests, with their ids or without.
 */
export function converse(market: BybitMarket): VenueConversation {
  return converseInChannels({
    channelsOf: (topic) => channelsOf(topic, market),
    batchesOf: (channels) => inBatches(channels, CHANNELS_PER_REQUEST),
    write: writeRequest,
    read: (frame) => {
      if (frame.message.topic !== undefined) return readData(frame);
      return isPong(frame.text) ? [] : undefined;
    },
    parseAnswer,
    data: 'a topic',
  });
}
