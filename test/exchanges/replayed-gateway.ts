import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { Venue } from '../../src/exchanges/venue.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import type { SessionFrame } from '../../src/simulator/replay/parse-session.ts';
import {
  type ReplayServer,
  type ReplayVenueName,
  startReplayServer,
} from '../../src/simulator/replay/replay-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

export interface ReplayedGateway extends WatchedGateway, AsyncDisposable {
  readonly server: ReplayServer;
  /** Scheme, host and port of the venue's REST API. */
  readonly restUrl: string;
  /** Lets the recording come to its end, and ten seconds more pass. */
  play(): void;
}

export interface ReplayedGatewayOptions {
  readonly venue: ReplayVenueName;
  readonly session: readonly SessionFrame[];
  /** Unless told, every channel that was recorded of every symbol that was. */
  readonly topics?: readonly MarketTopic[] | undefined;
}

/**
 * A gateway that is connected to the replay of a session, over real sockets, with all it wants answered and nothing of the
 * session sent yet.
 */
export async function replayGateway({
  venue: name,
  session,
  topics,
}: ReplayedGatewayOptions): Promise<ReplayedGateway> {
  const clock = new ManualClock();
  const server = await startReplayServer({ session, venue: name, port: 0, speed: 1, loop: false, clock });
  const { paths, symbols, channels, pushes } = server.replay;
  const restUrl = server.url.replace('ws:', 'http:');
  const addresses = Object.entries(paths).map(([key, path]) => [key, `${server.url}${path}`]);
  const watched = watchGateway(server.url, {
    venue: withoutPace(name),
    urls: { ...Object.fromEntries(addresses), rest: restUrl },
    ...(topics === undefined ? { symbols, channels } : {}),
  });
  if (topics !== undefined) watched.gateway.want(topics);
  watched.gateway.start();
  await watched.untilState('CONNECTED');
  return {
    ...watched,
    server,
    restUrl,
    play: () => clock.advance((pushes.at(-1)?.afterMs ?? 0) + 10_000),
    [Symbol.asyncDispose]: async () => {
      await watched.gateway.stop();
      await server.close();
    },
  };
}

/** A session of one connection in which the texts came in a second apart. */
export function sessionOf(texts: readonly string[]): SessionFrame[] {
  return texts.map((text, index) => ({ time: index, direction: 'in', text }));
}

/** Requests that wait for their turn would need time to pass. */
function withoutPace(name: string): Venue {
  const venue = findVenue(name);
  if (venue === undefined) throw new Error(`received the venue ${name}, wanted one that there is`);
  const sockets = venue.sockets.map((socket) => ({ ...socket, limits: { ...socket.limits, frames: undefined } }));
  return { ...venue, sockets };
}
