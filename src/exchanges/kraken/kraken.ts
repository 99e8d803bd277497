import { parseObject } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import type { Heartbeat } from '../../transport/heartbeat.ts';
import { BarSeries } from '../bar-series.ts';
import type { SocketLimits, Venue, VenueConversation } from '../venue.ts';
import { createKrakenContracts } from './contracts.ts';
import { PATH, toSubscription, writeOperations, writePing } from './dialect.ts';
import { readFrame } from './normalize.ts';

/** The venue closes what is silent for 60 s: https://docs.kraken.com/api/docs/websocket-v2/ping */
const HEARTBEAT: Heartbeat = {
  kind: 'message',
  ping: (_, count) => writePing(count),
  isPong: (text) => text.includes('"pong"') && parseObject(text)?.method === 'pong',
  intervalMs: 20_000,
  timeoutMs: 10_000,
};

/** About 150 attempts in ten minutes of each address: https://docs.kraken.com/api/docs/guides/spot-ws-intro */
const LIMITS: SocketLimits = { connects: { most: 150, perMs: 600_000 } };

/** Kraken's spot market over version 2 of its API. */
export function createKrakenVenue(): Venue {
  return {
    name: 'kraken',
    contracts: createKrakenContracts('https://api.kraken.com'),
    sockets: [
      {
        kind: 'PUBLIC',
        url: `wss://ws.kraken.com${PATH}`,
        heartbeat: HEARTBEAT,
        limits: LIMITS,
        carries: (topic) => toSubscription(topic) !== undefined,
        rivalry: rivalryOf,
        converse,
      },
    ],
  };
}

/** To candles of a second length the venue answers "Already subscribed to one ohlc interval on this symbol". */
function rivalryOf(topic: MarketTopic): string | undefined {
  return topic.channel === 'bars' ? topic.symbol : undefined;
}

function converse(): VenueConversation {
  const bars = new BarSeries();
  return {
    subscribe: (topics) => writeOperations('subscribe', topics),
    unsubscribe: (topics) => {
      bars.forget(topics);
      return writeOperations('unsubscribe', topics);
    },
    read: (text, receivedAt) => readFrame(text, receivedAt, bars),
  };
}
