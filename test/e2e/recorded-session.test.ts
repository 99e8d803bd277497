import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEvents } from '../server/event-reader.ts';
import type { TestDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { type ReplayedDesk, startReplayedDesk } from './replayed-desk.ts';

const SESSION = fileURLToPath(new URL('../../src/simulator/sessions/okx-2022-05-13.jsonl', import.meta.url));
const SYMBOLS = ['BTC-USDT', 'UNI-USD-SWAP', 'BTC-USD-220527'];
const TAPE = `subscription ($symbols: [String!]!) {
  marketTrades(gateway: "okx", symbols: $symbols) { symbol seq tradeId price size side timestamp }
}`;
const TICKS = `subscription ($symbols: [String!]!) {
  ticks(gateway: "okx", symbols: $symbols) { symbol seq last lastSize bid bidSize ask askSize volume24h timestamp stale }
}`;

interface Row {
  readonly instId: string;
  readonly [field: string]: string;
}

/** What the venue sent of one channel, read from the recording without any of our own code. */
function recorded(channel: string): Row[] {
  const frames = readFileSync(SESSION, 'utf8').trim().split('\n');
  return frames
    .map((line) => JSON.parse(line))
    .filter(({ dir }) => dir === 'in')
    .map(({ text }) => JSON.parse(text))
    .filter(({ arg, data }) => arg?.channel === channel && data !== undefined)
    .flatMap(({ data }) => data);
}

const isoOf = (milliseconds = ''): string => new Date(Number(milliseconds)).toISOString();

function expectedPrints(): object[] {
  const counts = new Map<string, number>();
  return recorded('trades').map(({ instId, tradeId, px, sz, side = '', ts }) => {
    const seq = (counts.get(instId) ?? 0) + 1;
    counts.set(instId, seq);
    return { symbol: instId, seq, tradeId, price: px, size: sz, side: side.toUpperCase(), timestamp: isoOf(ts) };
  });
}

interface Tick {
  readonly symbol: string;
  readonly timestamp: string;
}

function lastQuotes(): Map<string, Tick> {
  return new Map(
    recorded('tickers').map((row) => [
      row.instId,
      {
        ...{ symbol: row.instId, timestamp: isoOf(row.ts), stale: false },
        ...{ last: Number(row.last), lastSize: Number(row.lastSz), volume24h: Number(row.vol24h) },
        ...{ bid: Number(row.bidPx), bidSize: Number(row.bidSz), ask: Number(row.askPx), askSize: Number(row.askSz) },
      },
    ]),
  );
}

function keep(newest: Map<string, Tick>, { seq: _, ...tick }: Tick & { readonly seq: number }): void {
  newest.set(tick.symbol, tick);
}

function isLast(newest: ReadonlyMap<string, Tick>, wanted: ReadonlyMap<string, Tick>): boolean {
  return SYMBOLS.every((symbol) => newest.get(symbol)?.timestamp === wanted.get(symbol)?.timestamp);
}

describe('a recorded session of OKX, served by `deskgraph replay`', () => {
  let replayed: ReplayedDesk;
  let desk: TestDeskgraph;

  beforeEach(async () => {
    replayed = await startReplayedDesk(SESSION, 50);
    desk = replayed.desk;
  });
  afterEach(() => replayed[Symbol.asyncDispose]());

  it('reaches a reader over WebSocket: 74 prints, each once and in order, and the last quotes', async () => {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    const variables = { symbols: SYMBOLS };
    socket.subscribe('tape', TAPE, { variables });
    socket.subscribe('ticks', TICKS, { variables });
    const prints = await socket.take(74, 'tape');
    expect(prints.map(({ payload }) => Object(payload).data.marketTrades)).toEqual(expectedPrints());

    const wanted = lastQuotes();
    const newest = new Map<string, Tick>();
    while (!isLast(newest, wanted)) {
      const { payload } = await socket.next('ticks');
      keep(newest, Object(payload).data.ticks);
    }
    expect(newest).toEqual(wanted);
    const { data } = await desk.ask(
      `query ($symbols: [String!]!) { ticks(gateway: "okx", symbols: $symbols) { symbol last bid ask } }`,
      variables,
    );
    expect(data.ticks).toEqual(
      SYMBOLS.map((symbol) => {
        const { last, bid, ask } = Object(wanted.get(symbol));
        return { symbol, last, bid, ask };
      }),
    );
    expect((await socket.rest()).filter(({ id }) => id === 'tape')).toEqual([]);
    socket.webSocket.close();
    expect(desk.complaints).toEqual([]);
  });

  it('reaches a reader over server-sent events: the same 74 prints, nothing more, and the last quotes', async () => {
    const variables = { symbols: SYMBOLS };
    replayed.pause();
    const tape = await openEvents(desk, TAPE, { variables });
    const ticks = await openEvents(desk, TICKS, { variables });
    await replayed.untilWanted(6);
    replayed.resume();
    const wanted = lastQuotes();
    const newest = new Map<string, Tick>();
    while (!isLast(newest, wanted)) keep(newest, JSON.parse((await ticks.next()).data).data.ticks);
    expect(newest).toEqual(wanted);
    // Its loss comes behind all that the venue has sent, and the end of the server behind all that the tape has said.
    replayed.endVenue();
    for (const _ of SYMBOLS) expect(JSON.parse((await ticks.next()).data).data.ticks.stale).toBe(true);
    await desk.close();
    const events = await tape.untilClosed();
    const prints = events.filter(({ type }) => type === 'next').map(({ data }) => JSON.parse(data).data.marketTrades);
    expect(prints).toEqual(expectedPrints());
    expect(events.map(({ type }) => type)).not.toContain('complete');
  });

  it('is refused for a symbol that the venue does not have, and only for that', async () => {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    socket.subscribe('good', TAPE, { variables: { symbols: ['BTC-USDT'] } });
    socket.subscribe('bad', TAPE, { variables: { symbols: ['NO-SUCH'] } });
    expect(await socket.next('bad')).toMatchObject({
      type: 'error',
      payload: [{ message: expect.stringContaining('NO-SUCH'), extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(await socket.next('good')).toMatchObject({ type: 'next' });
    socket.webSocket.close();
  });

  it('says what the gateway does, and when it is lost', async () => {
    const states: string[] = [];
    const status = desk.events('subscription { gatewayStatus(name: "okx") { state stateReason } }');
    for await (const { data } of status) {
      states.push(data.gatewayStatus.state);
      if (states.at(-1) === 'CONNECTED') replayed.endVenue();
      if (states.at(-1) === 'DISCONNECTED') break;
    }
    expect(states.slice(-2)).toEqual(['CONNECTED', 'DISCONNECTED']);
  });
});
