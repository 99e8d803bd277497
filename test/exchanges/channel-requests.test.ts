import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarketTopic, topicName } from '../../src/domain/market-topic.ts';
import { inBatches } from '../../src/exchanges/batches.ts';
import { ChannelRequests } from '../../src/exchanges/channel-requests.ts';
import type { VenueEvent } from '../../src/exchanges/venue.ts';

const SYMBOLS = ['A', 'B', 'C', 'NONE'];
const TOPICS: readonly MarketTopic[] = SYMBOLS.flatMap((symbol): MarketTopic[] => [
  { channel: 'ticks', symbol },
  { channel: 'trades', symbol },
]);

/** Ticks take two channels, one of which trades take, too. */
function channelsOf({ channel, symbol }: MarketTopic): readonly string[] {
  return channel === 'ticks' ? [`best ${symbol}`, `all ${symbol}`] : [`all ${symbol}`];
}

interface Request {
  readonly operation: string;
  readonly channels: readonly string[];
  readonly id: number;
}

/** A venue that refuses a request as a whole for one channel that it does not have, or has subscribed to already. */
class AtomicVenue {
  readonly served = new Set<string>();
  readonly topics = new Set<string>();
  readonly refused = new Set<string>();
  readonly #texts: string[] = [];
  readonly requests = new ChannelRequests({
    channelsOf,
    batchesOf: (channels) => inBatches(channels, 3),
    write: (operation, channels, id) => JSON.stringify({ operation, channels, id }),
  });

  send(texts: readonly string[]): void {
    this.#texts.push(...texts);
  }

  /** Answers the oldest request. False: there is none. */
  answer(): boolean {
    const text = this.#texts.shift();
    if (text === undefined) return false;
    for (const event of this.#answerTo(JSON.parse(text))) this.#note(event);
    return true;
  }

  #answerTo({ operation, channels, id }: Request): readonly VenueEvent[] {
    expect(channels.length).toBeGreaterThan(0);
    expect(channels.length).toBeLessThanOrEqual(3);
    if (operation === 'unsubscribe') {
      for (const channel of channels) this.served.delete(channel);
      return this.requests.done(String(id));
    }
    if (channels.some((channel) => channel.endsWith('NONE'))) return this.requests.refused(String(id), 'none');
    if (channels.some((channel) => this.served.has(channel))) return this.requests.repeated(String(id));
    for (const channel of channels) this.served.add(channel);
    return this.requests.done(String(id));
  }

  #note(event: VenueEvent): void {
    if (event.type === 'ANSWER') this.send([event.text]);
    if (event.type === 'SUBSCRIBED') this.topics.add(topicName(event.topic));
    if (event.type === 'REFUSED') this.refused.add(topicName(event.topic));
  }
}

describe('requests for channels', () => {
  it('leave the venue serving what is wanted and there is, whatever was wanted meanwhile', () => {
    const step = fc.oneof(
      fc.record({ want: fc.subarray([...TOPICS], { minLength: 1 }) }),
      fc.record({ drop: fc.subarray([...TOPICS], { minLength: 1 }) }),
      fc.constant('ANSWER' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const venue = new AtomicVenue();
        const wanted = new Map<string, MarketTopic>();
        for (const each of steps) {
          if (each === 'ANSWER') venue.answer();
          else if ('want' in each) {
            for (const topic of each.want) wanted.set(topicName(topic), topic);
            venue.send(venue.requests.subscribe(each.want));
          } else {
            const dropped = each.drop.filter((topic) => wanted.delete(topicName(topic)));
            venue.send(venue.requests.unsubscribe(dropped));
          }
        }
        while (venue.answer());
        const there = [...wanted.values()].filter(({ symbol }) => symbol !== 'NONE');
        expect([...venue.served].toSorted()).toEqual([...new Set(there.flatMap(channelsOf))].toSorted());
        for (const topic of there) expect(venue.requests.isServed(topic)).toBe(true);
        for (const topic of wanted.values())
          if (topic.symbol === 'NONE') expect(venue.refused).toContain(topicName(topic));
        expect([...venue.refused].every((name) => name.includes('NONE'))).toBe(true);
      }),
    );
  });

  it('are numbered from 1, and the one that waits longest is known', () => {
    const venue = new AtomicVenue();
    const [first = '', second = ''] = venue.requests.subscribe(TOPICS.slice(0, 4));
    expect([JSON.parse(first).id, JSON.parse(second).id]).toEqual([1, 2]);
    expect(venue.requests.oldest).toBe('1');
    venue.requests.failed('1', 'busy');
    expect(venue.requests.oldest).toBe('2');
    venue.requests.done('2');
    expect(venue.requests.oldest).toBeUndefined();
    expect(venue.requests.done('2')).toEqual([]);
  });
});
