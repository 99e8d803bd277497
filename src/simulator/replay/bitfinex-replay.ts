import type { JsonObject } from '../../domain/json-text.ts';
import { parseExactJson } from '../../domain/json-text.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import {
  acknowledgeSubscribe,
  acknowledgeUnsubscribe,
  confirmConfiguration,
  greet,
  NOT_SUBSCRIBED,
  PATH,
  parseEvent,
  pongTo,
  refuse,
  SUBSCRIPTION_FAILED,
  topicOf,
} from '../../exchanges/bitfinex/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const MAX_REQUEST_BYTES = 65_536;
/** Of the channels that were not recorded. */
const FIRST_NUMBER = 1_000_000;

/**
 * A session recorded at Bitfinex: channels have the numbers that they had then, on each connection. A channel that was
 * not recorded is quiet, a symbol that was not is unknown. Fails with SessionError when there is nothing to send.
 */
export function createBitfinexReplay(session: readonly SessionFrame[]): VenueReplay {
  const numbers = recordedNumbers(session);
  const channelOf = (text: string): RecordedChannel | undefined => {
    const frame = parseExactJson(text);
    const topic = Array.isArray(frame) ? numbers.get(String(frame[0])) : undefined;
    return topic && { subscription: topicName(topic), symbol: topic.symbol, channel: topic.channel };
  };
  const isSubscribe = (text: string): boolean => parseEvent(text)?.event === 'subscribe';
  const recording = readRecording(session, { source: 'a Bitfinex channel', channelOf, isSubscribe });

  const numberOf = (topic: MarketTopic): string => {
    const known = [...numbers].find(([, each]) => topicName(each) === topicName(topic));
    const number = known?.[0] ?? String(FIRST_NUMBER + numbers.size);
    numbers.set(number, topic);
    return number;
  };
  const subscribe = (request: JsonObject): ReplayAnswer => {
    const topic = topicOf(request);
    if (topic === undefined || !recording.symbols.includes(topic.symbol)) {
      return { texts: [refuse(SUBSCRIPTION_FAILED, 'symbol: invalid', request)] };
    }
    return { texts: [acknowledgeSubscribe(topic, numberOf(topic))], subscribed: [topicName(topic)] };
  };
  const unsubscribe = (request: JsonObject): ReplayAnswer => {
    const number = String(request.chanId);
    const topic = numbers.get(number);
    if (topic === undefined) return { texts: [refuse(NOT_SUBSCRIBED, 'unsubscribe: invalid', request)] };
    return { texts: [acknowledgeUnsubscribe(number)], unsubscribed: [topicName(topic)] };
  };
  const answer = (text: string): ReplayAnswer => {
    const request = parseEvent(text) ?? {};
    if (request.event === 'ping') return { texts: [pongTo(request, 0)] };
    if (request.event === 'conf') return { texts: [confirmConfiguration(request)] };
    if (request.event === 'subscribe') return subscribe(request);
    if (request.event === 'unsubscribe') return unsubscribe(request);
    return { texts: [refuse('10000', 'event: invalid', {})] };
  };
  return { ...recording, paths: { public: PATH }, maxRequestBytes: MAX_REQUEST_BYTES, greeting: [greet()], answer };
}

/** The numbers that the recorded venue gave to channels. */
function recordedNumbers(session: readonly SessionFrame[]): Map<string, MarketTopic> {
  const events = session.map(({ text }) => parseEvent(text)).filter((event) => event?.event === 'subscribed');
  return new Map(
    events.flatMap((event): [string, MarketTopic][] => {
      const topic = event && topicOf(event);
      return topic === undefined ? [] : [[String(event?.chanId), topic]];
    }),
  );
}
