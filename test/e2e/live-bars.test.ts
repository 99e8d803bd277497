import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEvents } from '../server/event-reader.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Bar, type BarState, barOf, recordedBars } from './recorded-bars.ts';
import { type ReplayedDesk, startReplayedDesk } from './replayed-desk.ts';

const SYMBOLS = ['BTC-USDT', 'ETH-USDT'];
const BARS = `($symbols: [String!]!) {
  liveBars(gateway: "okx", symbols: $symbols) { symbol interval openTime open high low close volume isClosed }
}`;

/** Frame by frame. The last one of BTC-USDT catches up with four minutes at one go. */
const FRAMES: readonly (readonly BarState[])[] = [
  [['BTC-USDT', 0, 1, 30_000, false]],
  [['ETH-USDT', 0, 7, 2_000, false]],
  [['BTC-USDT', 0, 2, 30_010, false]],
  [['BTC-USDT', 0, 3, 30_005, true]],
  [['BTC-USDT', 1, 1, 30_001, false]],
  [['ETH-USDT', 0, 8, 2_001, true]],
  [
    ['BTC-USDT', 1, 4, 30_020, true],
    ['BTC-USDT', 2, 5, 30_030, true],
    ['BTC-USDT', 3, 6, 30_040, true],
    ['BTC-USDT', 4, 1, 30_050, false],
  ],
];
const LAST = [barOf(['BTC-USDT', 4, 1, 30_050, false]), barOf(['ETH-USDT', 0, 8, 2_001, true])];

let folder: ReturnType<typeof temporaryFolder>;
let replayed: ReplayedDesk;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await replayed[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function replay(frames: readonly (readonly BarState[])[]): Promise<void> {
  const session = join(folder.path, 'bars.jsonl');
  writeFileSync(session, recordedBars(frames));
  replayed = await startReplayedDesk(session, 20);
}

interface BarReader {
  next(): Promise<Bar>;
  /** Reads nothing more from its TCP connection. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Each resolves when the server has the subscription. */
const OVER = {
  'server-sent events': async (query: string, variables: object = {}): Promise<BarReader> => {
    const stream = await openEvents(replayed.desk, query, { variables });
    return {
      next: async () => JSON.parse((await stream.next()).data).data.liveBars,
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      close: () => stream.destroy(),
    };
  },
  WebSocket: async (query: string, variables: object = {}): Promise<BarReader> => {
    const socket = await connectSocket(Number(new URL(replayed.desk.url).port));
    socket.subscribe('bars', query, { variables });
    socket.subscribe('behind it', '{ __typename }');
    await socket.next('behind it');
    return {
      next: async () => Object((await socket.next('bars')).payload).data.liveBars,
      pause: () => socket.webSocket.pause(),
      resume: () => socket.webSocket.resume(),
      close: () => socket.webSocket.terminate(),
    };
  },
} as const;
type Transport = keyof typeof OVER;
const TRANSPORTS: readonly Transport[] = ['server-sent events', 'WebSocket'];
const follow = (transport: Transport): Promise<BarReader> =>
  OVER[transport](`subscription ${BARS}`, { symbols: SYMBOLS });

async function readToLast(reader: BarReader): Promise<Bar[]> {
  const read: Bar[] = [];
  const hasCome = (bar: Bar): boolean => read.some((each) => JSON.stringify(each) === JSON.stringify(bar));
  while (!LAST.every(hasCome)) read.push(await reader.next());
  return read;
}

describe('live bars of a session with candles, served by `deskgraph replay`', () => {
  it('come over both transports in the order of the venue, every closed one among them', async () => {
    await replay(FRAMES);
    replayed.pause();
    const readers = await Promise.all(TRANSPORTS.map(follow));
    await replayed.untilWanted(2);
    replayed.resume();
    for (const read of await Promise.all(readers.map(readToLast))) {
      for (const symbol of SYMBOLS) {
        const recorded = FRAMES.flat()
          .filter((state) => state[0] === symbol)
          .map(barOf);
        const received = read.filter((bar) => bar.symbol === symbol);
        // A forming bar may be passed over; what is received is received once and never late.
        const texts = recorded.map((bar) => JSON.stringify(bar));
        const places = received.map((bar) => texts.indexOf(JSON.stringify(bar)));
        expect(places).toEqual([...new Set(places)].toSorted((left, right) => left - right));
        expect(places).not.toContain(-1);
        expect(received.filter(({ isClosed }) => isClosed)).toEqual(recorded.filter(({ isClosed }) => isClosed));
        expect(received.at(-1)).toEqual(recorded.at(-1));
      }
    }
    for (const reader of readers) reader.close();
    expect(replayed.desk.complaints).toEqual([]);
  });

  it.each(TRANSPORTS)(
    'begin with the present ones for who comes later than one over %s, as the query answers them',
    async (transport) => {
      await replay(FRAMES);
      const early = await follow(transport);
      await readToLast(early);
      for (const each of TRANSPORTS) {
        const late = await follow(each);
        expect([await late.next(), await late.next()]).toEqual(LAST);
        late.close();
      }
      const ask = async (query: string) => (await replayed.desk.ask(query, { symbols: ['SOL-USDT', ...SYMBOLS] })).data;
      expect((await ask(`query ${BARS}`)).liveBars).toEqual(LAST);
      const hourly = await ask(`query ${BARS.replace('symbols: $symbols', 'symbols: $symbols, interval: H1')}`);
      expect(hourly.liveBars).toEqual([]);
      early.close();
    },
  );

  it.each(TRANSPORTS)(
    'are all delivered, once they are closed, to a reader over %s that stops reading meanwhile',
    async (transport) => {
      const minutes = Array.from({ length: 1_000 }, (_, minute): BarState => ['BTC-USDT', minute, 1, 30_000, true]);
      const wanted = minutes.map((state) => barOf(state).openTime);
      await replay([minutes]);
      // 20 kB for each bar: 20 MB in all, which is more than the kernel keeps for a connection.
      const padding = Array.from({ length: 20 }, (_, index) => `${'a'.repeat(1_000)}${index}: isClosed`).join(' ');
      const query = `subscription { liveBars(gateway: "okx", symbols: ["BTC-USDT"]) { openTime ${padding} } }`;
      const readAll = async (reader: BarReader): Promise<string[]> => {
        const read: string[] = [];
        while (read.at(-1) !== wanted.at(-1)) read.push((await reader.next()).openTime);
        return read;
      };
      replayed.pause();
      const stalled = await OVER[transport](query);
      const attentive = await OVER[transport](query);
      await replayed.untilWanted(1);
      stalled.pause();
      replayed.resume();
      expect(await readAll(attentive)).toEqual(wanted);
      stalled.resume();
      expect(await readAll(stalled)).toEqual(wanted);
      for (const reader of [stalled, attentive]) reader.close();
    },
  );
});
