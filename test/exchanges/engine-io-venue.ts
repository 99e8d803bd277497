import { parseJson } from '../../src/domain/json-text.ts';
import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { Venue, VenueConversation, VenueEvent } from '../../src/exchanges/venue.ts';

/** Rooms of Bitbank: https://github.com/bitbankinc/bitbank-api-docs/blob/master/public-stream.md */
function converse(): VenueConversation {
  const write = (operation: string, topics: readonly MarketTopic[]) =>
    topics.map(({ symbol }) => `42${JSON.stringify([operation, `ticker_${symbol}`])}`);
  return {
    awaitsReady: true,
    subscribe: (topics) => write('join-room', topics),
    unsubscribe: (topics) => write('leave-room', topics),
    read: (text): VenueEvent[] => {
      if (text.startsWith('40{')) return [{ type: 'READY' }];
      const [, message] = (parseJson(text.slice(2)) ?? []) as [string, { room_name: string }];
      const symbol = message.room_name.replace('ticker_', '');
      return [{ type: 'SUBSCRIBED', topic: { channel: 'ticks', symbol } }];
    },
  };
}

/** A venue of Socket.IO that is no venue of ours. */
export function engineIoVenue(url: string): Venue {
  const socket = { kind: 'PUBLIC', url, heartbeat: { kind: 'engineIo' }, carries: () => true, converse } as const;
  return { name: 'scripted', sockets: [socket] };
}
