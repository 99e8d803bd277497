import { findVenue } from '../../src/exchanges/venues.ts';
import type { SessionFrame } from '../../src/simulator/replay/parse-session.ts';
import {
  type ReplayServer,
  type ReplayVenueName,
  startReplayServer,
} from '../../src/simulator/replay/replay-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

/** A gateway that is connected to a recorded session of its venue. */
export interface ReplayedSession extends AsyncDisposable {
  readonly server: ReplayServer;
  readonly watched: WatchedGateway;
  /** Lets the recording come to its end. */
  play(): void;
}

/** Resolves when the gateway holds all that was recorded, of which nothing has been sent yet. */
export async function connectToReplay(
  name: ReplayVenueName,
  session: readonly SessionFrame[],
): Promise<ReplayedSession> {
  const clock = new ManualClock();
  const server = await startReplayServer({ session, venue: name, port: 0, speed: 1, loop: false, clock });
  const { paths, symbols, channels } = server.replay;
  const urls = Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, `${server.url}${path}`]));
  const venue = findVenue(name);
  if (venue === undefined) throw new Error(`there is no venue ${name}`);
  const watched = watchGateway(server.url, { venue, urls, symbols, channels });
  watched.gateway.start();
  await watched.untilState('CONNECTED');
  return {
    server,
    watched,
    play: () => clock.advance(86_400_000),
    [Symbol.asyncDispose]: async () => {
      await watched.gateway.stop();
      await server.close();
    },
  };
}

/** A session of one connection in which the frames came in a second apart. */
export function sessionOf(frames: readonly string[]): SessionFrame[] {
  return frames.map((text, index) => ({ time: index, direction: 'in', text }));
}
