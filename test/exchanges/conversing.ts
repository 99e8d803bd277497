import { LIVE_BAR_INTERVALS } from '../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { VenueConversation, VenueEvent } from '../../src/exchanges/venue.ts';

/** All topics that there are of a symbol: quotes, prints, and bars of each length. */
export function topicsOf(symbol: string): readonly MarketTopic[] {
  return [
    { channel: 'ticks', symbol },
    { channel: 'trades', symbol },
    ...LIVE_BAR_INTERVALS.map((interval): MarketTopic => ({ channel: 'bars', symbol, interval })),
  ];
}

/** What a conversation makes of a text, or of what is sent as JSON, a millisecond after the epoch. */
export function hear(conversation: VenueConversation, said: string | object): VenueEvent[] {
  return [...conversation.read(typeof said === 'string' ? said : JSON.stringify(said), 1)];
}
