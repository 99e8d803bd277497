import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../src/domain/market-topic.ts';
import { TopicChannels } from '../../src/exchanges/topic-channels.ts';

const ticks: MarketTopic = { channel: 'ticks', symbol: 'BTC' };
const trades: MarketTopic = { channel: 'trades', symbol: 'BTC' };
const bars: MarketTopic = { channel: 'bars', symbol: 'BTC', interval: 'M1' };

/** Ticks take two channels, one of which they share with the trades, as the bars do. */
const channelsOf = ({ channel, symbol }: MarketTopic): string[] =>
  channel === 'ticks' ? [`ticker.${symbol}`, `match.${symbol}`] : [`match.${symbol}`];

describe('TopicChannels', () => {
  it('asks for each channel once, and again as long as it is not acknowledged', () => {
    const channels = new TopicChannels(channelsOf);
    expect(channels.add([ticks, trades])).toEqual(['ticker.BTC', 'match.BTC']);
    channels.acknowledge('match.BTC');
    expect(channels.add([ticks])).toEqual(['ticker.BTC']);
  });

  it('acknowledges a topic when all of its channels are', () => {
    const channels = new TopicChannels(channelsOf);
    channels.add([ticks, trades]);
    expect(channels.acknowledge('match.BTC')).toEqual([trades]);
    expect(channels.isServed(ticks)).toBe(false);
    expect(channels.acknowledge('ticker.BTC')).toEqual([ticks]);
    expect(channels.isServed(ticks)).toBe(true);
    expect(channels.acknowledge('unknown')).toEqual([]);
  });

  it('serves a topic at once whose channel another one has brought', () => {
    const channels = new TopicChannels(channelsOf);
    channels.add([trades]);
    channels.acknowledge('match.BTC');
    expect(channels.add([bars])).toEqual([]);
    expect(channels.isServed(bars)).toBe(true);
  });

  it('gives up a channel with the last topic that needs it', () => {
    const channels = new TopicChannels(channelsOf);
    channels.add([ticks, trades]);
    expect(channels.remove([ticks])).toEqual(['ticker.BTC']);
    expect(channels.channels()).toEqual(['match.BTC']);
    expect(channels.remove([trades, trades])).toEqual(['match.BTC']);
    expect(channels.channels()).toEqual([]);
  });

  it('tells which topics a channel that is lost has served', () => {
    const channels = new TopicChannels(channelsOf);
    channels.add([ticks, trades]);
    channels.acknowledge('match.BTC');
    expect(channels.lose('match.BTC')).toEqual([ticks, trades]);
    expect(channels.topicsOf('match.BTC')).toEqual([ticks, trades]);
    expect(channels.isServed(trades)).toBe(false);
  });
});
