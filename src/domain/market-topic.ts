import type { LiveBarInterval } from './live-bar.ts';

export const MARKET_CHANNELS = ['ticks', 'trades', 'bars'] as const;
export type MarketChannel = (typeof MARKET_CHANNELS)[number];

/** What can be subscribed to at a venue: one kind of market data of one symbol. */
export type MarketTopic =
  | { readonly channel: 'ticks' | 'trades'; readonly symbol: string }
  | { readonly channel: 'bars'; readonly symbol: string; readonly interval: LiveBarInterval };

/** A text that names the topic, the same for the same topic: `ticks BTC-USDT`, `bars BTC-USDT M1`. */
export function topicName(topic: MarketTopic): string {
  return topic.channel === 'bars' ? `bars ${topic.symbol} ${topic.interval}` : `${topic.channel} ${topic.symbol}`;
}

/** The key under which the states of a topic are published, whichever its channel: topics of one bus topic never meet. */
export function marketKey(gateway: string, symbol: string, interval?: LiveBarInterval): string {
  return JSON.stringify(interval === undefined ? [gateway, symbol] : [gateway, symbol, interval]);
}
