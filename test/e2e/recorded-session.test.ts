import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { type Program, runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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

function lastQuotes(): Map<string, object> {
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

describe('a recorded session of OKX, served by `deskgraph replay`', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let replay: Program;
  let desk: TestDeskgraph;

  beforeEach(async () => {
    folder = temporaryFolder();
    replay = runProgram(['replay', SESSION, '--venue', 'okx', '--port', '0', '--speed', '50'], { cwd: folder.path });
    const [, origin] = await replay.waitFor(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const urls = `{ public: "${origin}/ws/v5/public", business: "${origin}/ws/v5/business" }`;
    desk = await startDeskgraph({
      environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
      files: { 'desk.yaml': `gateways:\n  - { name: okx, venue: okx, urls: ${urls} }\n` },
    });
  });
  afterEach(async () => {
    await desk.close();
    replay.child.kill('SIGTERM');
    await replay.finished;
    folder[Symbol.dispose]();
  });

  it('reaches a reader over WebSocket: 74 prints, each once and in order, and the last quotes', async () => {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    const variables = { symbols: SYMBOLS };
    socket.subscribe('tape', TAPE, { variables });
    socket.subscribe('ticks', TICKS, { variables });
    const prints = await socket.take(74, 'tape');
    expect(prints.map(({ payload }) => Object(payload).data.marketTrades)).toEqual(expectedPrints());

    const wanted = lastQuotes();
    const newest = new Map<string, { timestamp: string }>();
    const isLast = (symbol: string) => newest.get(symbol)?.timestamp === Object(wanted.get(symbol)).timestamp;
    while (!SYMBOLS.every(isLast)) {
      const { payload } = await socket.next('ticks');
      const { seq, ...tick } = Object(payload).data.ticks;
      newest.set(tick.symbol, tick);
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

  it('reaches a reader over server-sent events: the same 74 prints', async () => {
    const prints: object[] = [];
    for await (const { data } of desk.events(TAPE, { symbols: SYMBOLS })) {
      prints.push(data.marketTrades);
      if (prints.length === 74) break;
    }
    expect(prints).toEqual(expectedPrints());
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
      if (states.at(-1) === 'CONNECTED') replay.child.kill('SIGTERM');
      if (states.at(-1) === 'DISCONNECTED') break;
    }
    expect(states.slice(-2)).toEqual(['CONNECTED', 'DISCONNECTED']);
  });
});
