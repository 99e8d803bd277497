import { findVenue } from '../../src/exchanges/venues.ts';
import type { SessionFrame } from '../../src/simulator/replay/parse-session.ts';
import { type ReplayVenueName, startReplayServer } from '../../src/simulator/replay/replay-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

export interface ReplayedGateway extends WatchedGateway, AsyncDisposable {
  /** Lets all of the recording pass. */
  play(): void;
}

export interface Recording {
  readonly venue: ReplayVenueName;
  /** Texts of the venue, one a second. */
  readonly frames: readonly string[];
  readonly symbols: readonly string[];
}

/** A gateway that is connected to the replay of a recording, over a real socket, with all it wants acknowledged. */
export async function replayGateway({ venue: name, frames, symbols }: Recording): Promise<ReplayedGateway> {
  const venue = findVenue(name);
  if (venue === undefined) throw new Error(`there is no venue ${name}`);
  const clock = new ManualClock();
  const session = frames.map((text, index): SessionFrame => ({ time: index + 1, direction: 'in', text }));
  const server = await startReplayServer({ session, venue: name, port: 0, speed: 1, loop: false, clock });
  const urls = { public: `${server.url}${server.replay.paths.public}` };
  // Requests that wait for their turn would need time to pass, and the recording with it.
  const sockets = venue.sockets.map((socket) => ({ ...socket, limits: undefined }));
  const watched = watchGateway('', {
    venue: { ...venue, sockets },
    urls,
    symbols,
    channels: ['ticks', 'trades', 'bars'],
  });
  watched.gateway.start();
  await watched.untilState('CONNECTED');
  return {
    ...watched,
    play: () => clock.advance(frames.length * 1000),
    [Symbol.asyncDispose]: async () => {
      await watched.gateway.stop();
      await server.close();
    },
  };
}
