import { type MarketTopic, topicName } from '../../src/domain/market-topic.ts';
import type { Venue, VenueEvent, VenueSocket } from '../../src/exchanges/venue.ts';
import type { ScriptedConnection, ScriptedVenue } from './scripted-venue.ts';

/** What the market does with a subscription. */
export type Answer = 'SUBSCRIBED' | 'REFUSED' | 'TROUBLE' | 'SILENCE';

/** The server side of `scriptedMarketVenue`: it keeps the subscriptions of each connection and sends events as JSON. */
export interface ScriptedMarket {
  answerTo: (topic: MarketTopic) => Answer;
  /** Names of topics, sorted: what the last connection of a path is subscribed to. */
  topics(path: string): string[];
  connection(path: string): ScriptedConnection;
  send(path: string, ...events: object[]): void;
}

/** Ticks and trades on one socket, bars on another; symbols that start with an exclamation mark nowhere. */
export function scriptedMarketVenue(origin: string): Venue {
  const socket = (kind: VenueSocket['kind'], path: string, channels: readonly string[]): VenueSocket => ({
    kind,
    url: `${origin}${path}`,
    heartbeat: { kind: 'frame', intervalMs: 3_600_000, timeoutMs: 10_000 },
    carries: ({ channel, symbol }) => channels.includes(channel) && !symbol.startsWith('!'),
    converse: () => ({
      subscribe: (topics) => [JSON.stringify({ operation: 'subscribe', topics })],
      unsubscribe: (topics) => [JSON.stringify({ operation: 'unsubscribe', topics })],
      read: readEvents,
    }),
  });
  return {
    name: 'scripted',
    sockets: [socket('PUBLIC', '/public', ['ticks', 'trades']), socket('BUSINESS', '/business', ['bars'])],
  };
}

function readEvents(text: string): VenueEvent[] {
  if (text === 'throw') throw new Error('a reader that is wrong');
  try {
    return JSON.parse(text) as VenueEvent[];
  } catch {
    return [{ type: 'UNREADABLE', reason: 'received what is no JSON' }];
  }
}

interface Operation {
  readonly operation: 'subscribe' | 'unsubscribe';
  readonly topics: readonly MarketTopic[];
}

export function serveMarket(venue: ScriptedVenue): ScriptedMarket {
  const subscriptions = new Map<ScriptedConnection, Set<string>>();

  function connection(path: string): ScriptedConnection {
    const found = venue.connections.findLast((each) => each.path === path);
    if (found === undefined) throw new Error(`nobody has connected to ${path} yet`);
    return found;
  }

  venue.onText = (sender, text) => {
    const { operation, topics } = JSON.parse(text) as Operation;
    const subscribed = subscriptions.get(sender) ?? new Set();
    subscriptions.set(sender, subscribed);
    const events = topics.flatMap((topic): object[] => {
      if (operation === 'unsubscribe') {
        subscribed.delete(topicName(topic));
        return [{ type: 'UNSUBSCRIBED', topic }];
      }
      const answer = market.answerTo(topic);
      if (answer === 'SUBSCRIBED') subscribed.add(topicName(topic));
      if (answer === 'SILENCE') return [];
      if (answer === 'TROUBLE') return [{ type: 'TROUBLE', reason: 'too many requests' }];
      return [{ type: answer, topic, reason: 'no such symbol' }];
    });
    if (events.length > 0) sender.send(JSON.stringify(events));
  };

  const market: ScriptedMarket = {
    answerTo: () => 'SUBSCRIBED',
    topics: (path) => [...(subscriptions.get(connection(path)) ?? [])].toSorted(),
    connection,
    send: (path, ...events) => connection(path).send(JSON.stringify(events)),
  };
  return market;
}

export const tick = (symbol: string): MarketTopic => ({ channel: 'ticks', symbol });
export const trade = (symbol: string): MarketTopic => ({ channel: 'trades', symbol });
export const bar = (symbol: string): MarketTopic => ({ channel: 'bars', symbol, interval: 'H1' });

export function quoteEvent(symbol: string, last: number): object {
  return { type: 'QUOTE', quote: { symbol, last, receivedAt: 1 } };
}

export function printEvent(symbol: string, tradeId: string | null): object {
  return { type: 'PRINT', print: { symbol, tradeId, price: '1.50', size: '2', receivedAt: 1 } };
}
