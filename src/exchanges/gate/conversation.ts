import { converseInChannels } from '../channel-conversation.ts';
import type { VenueConversation } from '../venue.ts';
import { batchesOf, channelsOf, type GateMarket, isPong, parseAnswer, writeRequest } from './dialect.ts';
import { readUpdate } from './normalize.ts';

/**
 * One connection to a market. `now` is milliseconds since the epoch: the venue wants every request to say its time. It sends
 * the id of the request back; an answer without one is taken for that to the oldest.
 */
export function converse(market: GateMarket, now: () => number): VenueConversation {
  return converseInChannels({
    channelsOf: (topic) => channelsOf(topic, market),
    batchesOf,
    write: (operation, channels, id) => writeRequest(operation, channels, { id, time: Math.floor(now() / 1000) }),
    read: (frame) => {
      if (frame.message.event === 'update') return readUpdate({ ...frame, market });
      // What was before the subscription is no news.
      return frame.message.event === 'all' || isPong(market, frame.text) ? [] : undefined;
    },
    parseAnswer,
    data: 'an update',
  });
}
