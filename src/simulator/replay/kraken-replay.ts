import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { topicName } from '../../domain/market-topic.ts';
import {
  acknowledge,
  type KrakenSubscription,
  PATH,
  parseOperation,
  pongTo,
  refuseRequest,
  refuseSymbol,
  toTopic,
} from '../../exchanges/kraken/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const MAX_REQUEST_BYTES = 65_536;

/**
 * A session recorded at version 2 of Kraken's API. A channel that was not recorded is quiet, a pair that was not is
 * unknown. Fails with SessionError when there is nothing to send.
 */
export function createKrakenReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseOperation(text)?.method === 'subscribe';
  const recording = readRecording(session, { source: 'a Kraken channel', channelOf, isSubscribe });
  const isServed = ({ symbol }: KrakenSubscription): boolean => recording.symbols.includes(symbol);

  const answer = (request: string): ReplayAnswer => {
    const pong = pongTo(request);
    if (pong !== undefined) return { texts: [pong] };
    const operation = parseOperation(request);
    if (operation === undefined) return { texts: [refuseRequest()] };
    const { method, subscriptions } = operation;
    const texts = subscriptions.map((each) =>
      isServed(each) ? acknowledge(operation, each) : refuseSymbol(operation, each.symbol),
    );
    const served = subscriptions
      .filter(isServed)
      .map(({ channel, symbol, interval }) => nameOf(channel, symbol, interval));
    return method === 'subscribe' ? { texts, subscribed: served } : { texts, unsubscribed: served };
  };
  return { ...recording, paths: { public: PATH }, maxRequestBytes: MAX_REQUEST_BYTES, answer };
}

function channelOf(text: string): RecordedChannel | undefined {
  const frame = parseExactJson(text);
  const [row] = isObject(frame) && Array.isArray(frame.data) ? frame.data : [];
  if (!isObject(frame) || !isObject(row)) return undefined;
  const topic = toTopic(frame.channel, row.symbol, row.interval);
  if (topic === undefined) return undefined;
  return { subscription: topicName(topic), symbol: topic.symbol, channel: topic.channel };
}

function nameOf(channel: string, symbol: string, interval: number | undefined): string {
  const topic = toTopic(channel, symbol, String(interval));
  return topic === undefined ? '' : topicName(topic);
}
