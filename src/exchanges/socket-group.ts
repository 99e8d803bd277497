import type { MarketTopic } from '../domain/market-topic.ts';
import type { VenueSocket } from './venue.ts';
import type { VenueConnection } from './venue-connection.ts';

/** The connections of one kind, as many as the venue's bounds ask for. */
export class SocketGroup {
  readonly #venueSocket: VenueSocket;
  readonly #create: (index: number) => VenueConnection;
  readonly #connections: VenueConnection[];
  /** What each connection carries; a topic stays where it is. */
  #shares: ReadonlyMap<string, MarketTopic>[] = [];

  constructor(venueSocket: VenueSocket, create: (index: number) => VenueConnection) {
    this.#venueSocket = venueSocket;
    this.#create = create;
    this.#connections = [create(0)];
  }

  get connections(): readonly VenueConnection[] {
    return this.#connections;
  }

  carries(topic: MarketTopic): boolean {
    return this.#venueSocket.carries(topic);
  }

  /** Those that have to be open: the first of the public ones shows that the venue is there even when nothing is asked. */
  needed(): VenueConnection[] {
    return this.#connections.filter(
      ({ kind, wantedCount }, index) => wantedCount > 0 || (kind === 'PUBLIC' && index === 0),
    );
  }

  /** Names to topics, all of which the sockets carry. */
  setWanted(wanted: ReadonlyMap<string, MarketTopic>): void {
    this.#shares = shared(wanted, this.#shares, this.#venueSocket);
    for (const [index, share] of this.#shares.entries()) {
      const connection = this.#connections[index] ?? this.#create(index);
      this.#connections[index] = connection;
      connection.setWanted(share);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.stop()));
  }
}

type Share = ReadonlyMap<string, MarketTopic>;

/** The topics as shares that the venue takes, each where it was before; as many shares as before, or more. */
function shared(wanted: Share, before: readonly Share[], venueSocket: VenueSocket): Share[] {
  const most = venueSocket.limits?.topics ?? Number.POSITIVE_INFINITY;
  const shares = before.map((share) => new Map([...share].filter(([name]) => wanted.has(name))));
  const placed = new Set(shares.flatMap((share) => [...share.keys()]));
  for (const [name, topic] of wanted) {
    if (placed.has(name)) continue;
    const rival = venueSocket.rivalry?.(topic);
    const hasRival = (share: Share): boolean =>
      rival !== undefined && share.values().some((other) => venueSocket.rivalry?.(other) === rival);
    let share = shares.find((each) => each.size < most && !hasRival(each));
    if (share === undefined) {
      share = new Map();
      shares.push(share);
    }
    share.set(name, topic);
  }
  return shares.length === 0 ? [new Map()] : shares;
}
