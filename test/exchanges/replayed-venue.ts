import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import type { SessionFrame } from '../../src/simulator/replay/parse-session.ts';
import { type ReplayVenueName, startReplayServer } from '../../src/simulator/replay/replay-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

export interface ReplayedVenue extends WatchedGateway, AsyncDisposable {
  /** Scheme, host and port of the venue's REST API. */
  readonly restUrl: string;
  /** Lets so many seconds of the session pass. */
  play(seconds: number): void;
}

export interface ReplayedVenueOptions {
  readonly venue: ReplayVenueName;
  readonly session: readonly SessionFrame[];
  readonly topics: readonly MarketTopic[];
}

/** A gateway that is connected to a venue's replay over real sockets and subscribed to the topics. */
export async function connectToReplay({ venue: name, session, topics }: ReplayedVenueOptions): Promise<ReplayedVenue> {
  const venue = findVenue(name);
  if (venue === undefined) throw new Error(`received the venue ${name}, wanted one that there is`);
  const clock = new ManualClock();
  const server = await startReplayServer({ session, venue: name, port: 0, speed: 1, loop: false, clock });
  const paths = Object.entries(server.replay.paths).map(([key, path]) => [key, `${server.url}${path}`]);
  const restUrl = server.url.replace('ws:', 'http:');
  const urls = { ...Object.fromEntries(paths), rest: restUrl };
  const options: Partial<ExchangeGatewayOptions> = { venue, urls };
  const watched = watchGateway(server.url, options);
  const close = async (): Promise<void> => {
    await watched.gateway.stop();
    await server.close();
  };
  watched.gateway.want(topics);
  watched.gateway.start();
  await watched.untilState('CONNECTED');
  const play = (seconds: number): void => clock.advance(seconds * 1000);
  return { ...watched, restUrl, play, [Symbol.asyncDispose]: close };
}

/** Texts that come from the venue one after the other, a second apart. */
export function sessionOf(texts: readonly string[]): SessionFrame[] {
  return texts.map((text, index) => ({ time: index, direction: 'in', text }));
}
