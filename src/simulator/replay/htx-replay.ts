import { isObject, parseExactJson } from '../../domain/json-text.ts';
import {
  acknowledge,
  PATH,
  parseRequest,
  pongTo,
  refuseChannel,
  refuseRequest,
  topicOf,
  writePing,
} from '../../exchanges/htx/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const MAX_REQUEST_BYTES = 65_536;
/** https://huobiapi.github.io/docs/spot/v1/en/#websocket-market-data */
const PING_INTERVAL_MS = 5000;

/**
 * A session recorded at HTX, its texts unpacked. A channel that was not recorded is quiet, a symbol that was not is
 * unknown. Fails with SessionError when there is nothing to send.
 */
export function createHtxReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseRequest(text)?.type === 'sub';
  const recording = readRecording(session, { source: 'an HTX channel', channelOf, isSubscribe });
  const acknowledgedAt = acknowledgementsOf(session);

  const answer = (text: string): ReplayAnswer => {
    const pong = pongTo(text);
    if (pong !== undefined) return { texts: [pong] };
    const request = parseRequest(text);
    if (request === undefined) return { texts: text.includes('"pong"') ? [] : [refuseRequest(0)] };
    const { type, channel } = request;
    if (!recording.symbols.includes(topicOf(channel)?.symbol ?? '')) return { texts: [refuseChannel(request, 0)] };
    // By this time a client tells the last trade of before from those that come.
    const texts = [acknowledge(request, acknowledgedAt.get(channel) ?? 0)];
    return type === 'sub' ? { texts, subscribed: [channel] } : { texts, unsubscribed: [channel] };
  };
  return {
    ...recording,
    paths: { public: PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pulse: { everyMs: PING_INTERVAL_MS, text: writePing },
    isPacked: true,
    answer,
  };
}

function channelOf(text: string): RecordedChannel | undefined {
  const frame = parseExactJson(text);
  if (!isObject(frame) || typeof frame.ch !== 'string' || !isObject(frame.tick)) return undefined;
  const topic = topicOf(frame.ch);
  return topic && { subscription: frame.ch, symbol: topic.symbol, channel: topic.channel };
}

/** Channels to when the recorded venue acknowledged them, in milliseconds since the epoch. */
function acknowledgementsOf(session: readonly SessionFrame[]): ReadonlyMap<string, number> {
  const answers = session.map(({ text }) => parseExactJson(text)).filter(isObject);
  return new Map(
    answers.flatMap(({ subbed, ts }) =>
      typeof subbed === 'string' && typeof ts === 'string' ? [[subbed, Number(ts)]] : [],
    ),
  );
}
