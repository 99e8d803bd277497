import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { parseSession, type SessionFrame } from '../../../src/simulator/replay/parse-session.ts';
import {
  type ReplayServer,
  type ReplayServerOptions,
  startReplayServer,
} from '../../../src/simulator/replay/replay-server.ts';
import { ask } from '../../support/http-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { connect, toArguments } from './venue-client.ts';

const RECORDED = new URL('../../../src/simulator/sessions/okx-2022-05-13.jsonl', import.meta.url);

function frame(topic: string, number: number): string {
  const [arg] = toArguments([topic]);
  // With spaces and a number that JSON.stringify would write otherwise.
  return `{"arg": ${JSON.stringify(arg)}, "data": [${number}.0]}`;
}

function acknowledgement(topic: string, event = 'subscribe'): string {
  const [arg] = toArguments([topic]);
  return JSON.stringify({ event, arg });
}

/** Frames at 0 ms (recorded before the first subscription), 100, 200, 300 and 400 ms. */
const SESSION: readonly SessionFrame[] = [
  { time: 9.9, direction: 'in', text: frame('tickers A', 0) },
  { time: 10, direction: 'out', text: '{"op":"subscribe","args":[{"channel":"tickers","instId":"A"}]}' },
  { time: 10.05, direction: 'in', text: acknowledgement('tickers A') },
  { time: 10.1, direction: 'in', text: frame('trades A', 1) },
  { time: 10.2, direction: 'in', text: frame('tickers A', 2) },
  { time: 10.3, direction: 'in', text: frame('trades A', 3) },
  { time: 10.4, direction: 'in', text: frame('books A', 4) },
];

let clock: ManualClock;
let running: ReplayServer | undefined;

beforeEach(() => {
  clock = new ManualClock();
});
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(options: Partial<ReplayServerOptions> = {}): Promise<string> {
  running = await startReplayServer({
    session: SESSION,
    venue: 'okx',
    port: 0,
    speed: 1,
    loop: false,
    clock,
    ...options,
  });
  return `${running.url}/ws/v5/public`;
}

describe('a replayed session', () => {
  it('goes to a subscriber at its times, byte for byte, without the recorded acknowledgements', async () => {
    await using client = await connect(await start());
    await client.subscribe('tickers A', 'trades A');
    expect(await client.take()).toEqual([acknowledgement('tickers A'), acknowledgement('trades A')]);
    clock.advance(0);
    expect(await client.take()).toEqual([frame('tickers A', 0)]);
    clock.advance(99);
    expect(await client.take()).toEqual([]);
    clock.advance(1);
    expect(await client.take()).toEqual([frame('trades A', 1)]);
    clock.advance(1000);
    expect(await client.take()).toEqual([frame('tickers A', 2), frame('trades A', 3)]);
  });

  it('leaves out the channels that nobody asked for', async () => {
    await using client = await connect(await start());
    await client.subscribe('trades A');
    clock.advance(1000);
    expect(await client.take()).toEqual([acknowledgement('trades A'), frame('trades A', 1), frame('trades A', 3)]);
  });

  it('waits for the first subscription, whatever else is asked and refused', async () => {
    await using client = await connect(await start());
    client.send('nonsense');
    await client.subscribe('tickers NONE');
    await client.unsubscribe('tickers A');
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
    await client.take();
    await client.subscribe('tickers A');
    clock.advance(1000);
    expect(await client.take()).toEqual([acknowledgement('tickers A'), frame('tickers A', 0), frame('tickers A', 2)]);
  });

  it('passes for all connections at once: one that comes later sees the rest', async () => {
    const url = await start();
    await using early = await connect(url);
    await using late = await connect(url);
    await early.subscribe('trades A');
    clock.advance(150);
    await late.subscribe('trades A', 'tickers A');
    clock.advance(1000);
    expect((await early.take()).slice(1)).toEqual([frame('trades A', 1), frame('trades A', 3)]);
    expect((await late.take()).slice(2)).toEqual([frame('tickers A', 2), frame('trades A', 3)]);
  });

  it('goes on without what a connection unsubscribes from', async () => {
    await using client = await connect(await start());
    await client.subscribe('trades A', 'tickers A');
    clock.advance(150);
    await client.take();
    await client.unsubscribe('trades A');
    clock.advance(1000);
    expect(await client.take()).toEqual([acknowledgement('trades A', 'unsubscribe'), frame('tickers A', 2)]);
  });

  it('sends a channel once to a connection that asked for it twice', async () => {
    await using client = await connect(await start());
    await client.subscribe('trades A', 'trades A');
    await client.subscribe('trades A');
    clock.advance(1000);
    expect((await client.take()).slice(3)).toEqual([frame('trades A', 1), frame('trades A', 3)]);
  });

  it('ends, and sends nothing more', async () => {
    await using client = await connect(await start());
    await client.subscribe('trades A');
    clock.advance(1000);
    await client.take();
    expect(clock.pending).toBe(0);
    await client.subscribe('tickers A');
    clock.advance(60_000);
    expect(await client.take()).toEqual([acknowledgement('tickers A')]);
  });

  it('begins again a second after its end when it is to loop', async () => {
    await using client = await connect(await start({ loop: true }));
    await client.subscribe('tickers A', 'books A');
    await client.take();
    clock.advance(400);
    const pass = [frame('tickers A', 0), frame('tickers A', 2), frame('books A', 4)];
    expect(await client.take()).toEqual(pass);
    clock.advance(999);
    expect(await client.take()).toEqual([]);
    clock.advance(401);
    expect(await client.take()).toEqual(pass);
    clock.advance(1400);
    expect(await client.take()).toEqual(pass);
  });

  it.each([
    [2, 50],
    [0.5, 200],
    [1000, 1],
  ])('is %d times as fast: the first trade comes after %d ms', async (speed, afterMs) => {
    await using client = await connect(await start({ speed }));
    await client.subscribe('trades A');
    await client.take();
    clock.advance(afterMs - 1);
    expect(await client.take()).toEqual([]);
    clock.advance(1);
    expect((await client.take())[0]).toEqual(frame('trades A', 1));
  });

  it('rewinds when the last connection has gone', async () => {
    const url = await start();
    const first = await connect(url);
    const second = await connect(url);
    await first.subscribe('trades A');
    clock.advance(150);
    await first.close();
    await second.settle();
    expect(clock.pending).toBe(1);
    await second.close();
    await vi.waitFor(() => expect(clock.pending).toBe(0), { interval: 1 });
    await using third = await connect(url);
    clock.advance(60_000);
    await third.subscribe('trades A');
    clock.advance(1000);
    expect((await third.take()).slice(1)).toEqual([frame('trades A', 1), frame('trades A', 3)]);
  });

  it('counts from its first frame when no subscription was recorded', async () => {
    const session = SESSION.filter(({ direction }) => direction === 'in').map((each) => ({
      ...each,
      time: each.time + 5,
    }));
    await using client = await connect(await start({ session }));
    await client.subscribe('trades A');
    await client.take();
    clock.advance(199);
    expect(await client.take()).toEqual([]);
    clock.advance(1);
    expect(await client.take()).toEqual([frame('trades A', 1)]);
  });

  it('waits in parts for what is months away', async () => {
    const session: SessionFrame[] = [
      { time: 0, direction: 'in', text: frame('trades A', 1) },
      { time: 1e7, direction: 'in', text: frame('trades A', 2) },
    ];
    await using client = await connect(await start({ session }));
    await client.subscribe('trades A');
    clock.advance(0);
    expect(clock.untilNext).toBe(86_400_000);
    clock.advance(1e10);
    expect((await client.take()).slice(1)).toEqual([frame('trades A', 1), frame('trades A', 2)]);
  });

  it('is all of the recording of OKX: 74 trades and 28 tickers, in order', async () => {
    const session = parseSession(readFileSync(RECORDED, 'utf8'));
    await using client = await connect(await start({ session }));
    const symbols = ['BTC-USDT', 'BTC-USD-220527', 'UNI-USD-SWAP'];
    await client.subscribe(...symbols.flatMap((symbol) => [`tickers ${symbol}`, `trades ${symbol}`]));
    expect(await client.take()).toHaveLength(6);
    for (let second = 0; second < 12; second++) clock.advance(1000);
    const data = session.map(({ text }) => text).filter((text) => text.includes('"data"'));
    expect(await client.take()).toEqual(data);
    expect(data.filter((text) => text.includes('"trades"'))).toHaveLength(74);
    expect(data).toHaveLength(102);
  });
});

describe('the replay server', () => {
  it('answers ping with pong, as text', async () => {
    const { socket } = await connect(await start());
    socket.send('ping');
    const [data, isBinary] = await once(socket, 'message');
    expect([String(data), isBinary]).toEqual(['pong', false]);
    socket.terminate();
  });

  it.each([
    ['no JSON', '{"op":', '60012'],
    ['a text in quotes', '"ping"', '60012'],
    ['an operation that it does not have', '{"op":"login","args":[{"apiKey":"a"}]}', '60012'],
    ['no arguments', '{"op":"subscribe","args":[]}', '60012'],
    ['an argument without a symbol', '{"op":"subscribe","args":[{"channel":"tickers"}]}', '60012'],
    ['a symbol that was not recorded', '{"op":"subscribe","args":[{"channel":"tickers","instId":"B"}]}', '60018'],
    ['an unknown channel', '{"op":"subscribe","args":[{"channel":"ticker","instId":"A"}]}', '60018'],
    ['a channel of the other socket', '{"op":"subscribe","args":[{"channel":"candle1m","instId":"A"}]}', '60018'],
    ['nothing that it knows to end', '{"op":"unsubscribe","args":[{"channel":"tickers","instId":"B"}]}', '60018'],
  ])('answers %s with an error of the venue and stays', async (_, request, code) => {
    await using client = await connect(await start());
    client.send(request);
    const [answer = ''] = await client.take();
    expect(JSON.parse(answer)).toEqual({ event: 'error', code, msg: expect.any(String) });
    await client.subscribe('tickers A');
    expect(await client.take()).toEqual([acknowledgement('tickers A')]);
  });

  it('answers each argument of a request by itself', async () => {
    await using client = await connect(await start());
    await client.subscribe('tickers A', 'tickers B', 'trades A');
    const answers = await client.take();
    expect(answers.map((answer) => JSON.parse(answer).event)).toEqual(['subscribe', 'error', 'subscribe']);
    expect(JSON.parse(answers[1] ?? '').msg).toContain("channel:tickers,instId:B doesn't exist");
  });

  it('acknowledges a channel of the venue that is quiet in the recording', async () => {
    const url = await start();
    await using business = await connect(url.replace('public', 'business'));
    await business.subscribe('candle1m A', 'tickers A');
    const answers = await business.take();
    expect(answers[0]).toBe(acknowledgement('candle1m A'));
    expect(JSON.parse(answers[1] ?? '')).toMatchObject({ code: '60018' });
  });

  it('has one clock for both sockets', async () => {
    const url = await start();
    await using business = await connect(`${url.replace('public', 'business')}?brokerId=9`);
    await using client = await connect(url);
    await business.subscribe('candle1m A');
    clock.advance(150);
    await client.subscribe('trades A');
    clock.advance(1000);
    expect((await client.take()).slice(1)).toEqual([frame('trades A', 3)]);
  });

  it.each(['/', '/ws/v5/private', '/ws/v5/public/', '/ws/v5', '//', '/__proto__'])(
    'has no socket at %s',
    async (path) => {
      await start();
      const socket = new WebSocket(`${running?.url}${path}`);
      const [error] = await once(socket, 'error');
      expect(String(error)).toContain('404');
    },
  );

  it.each([
    ['a page of the web', { origin: 'https://evil.example' }],
    ['a page without an address', { origin: 'null' }],
    ['a page of this machine', { origin: 'http://localhost:8080' }],
    ['who asks for another host', { host: 'evil.example' }],
    ['who asks for a port that is none', { host: '127.0.0.1:99999' }],
  ])('has no socket for %s', async (_, headers) => {
    const socket = new WebSocket(await start(), { headers });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });

  it('answers nobody who asks for another host over HTTP', async () => {
    const url = (await start()).replace('ws:', 'http:');
    expect((await ask({ url, headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it('says over HTTP where its sockets are', async () => {
    const url = (await start()).replace('ws:', 'http:');
    expect((await fetch(url)).status).toBe(426);
    expect((await fetch(`${url}/x`)).status).toBe(404);
  });

  it('ends a connection with a request that the venue would not take, and no other', async () => {
    const url = await start();
    await using client = await connect(url);
    const other = await connect(url);
    other.send('x'.repeat(65_537));
    await once(other.socket, 'close');
    await client.subscribe('tickers A');
    expect(await client.take()).toEqual([acknowledgement('tickers A')]);
  });

  it('cuts off a client that reads nothing, and serves the others', async () => {
    const text = `{"arg":{"channel":"trades","instId":"A"},"data":["${'x'.repeat(2 ** 20)}"]}`;
    const url = await start({ session: [{ time: 0, direction: 'in', text }], loop: true });
    await using client = await connect(url);
    const stalled = await connect(url);
    await stalled.subscribe('trades A');
    await client.subscribe('trades A');
    clock.advance(0);
    await client.take();
    stalled.socket.pause();
    for (let pass = 0; pass < 60; pass++) {
      clock.advance(1000);
      expect(await client.take()).toHaveLength(1);
    }
    stalled.socket.resume();
    await once(stalled.socket, 'close');
    expect(stalled.received.length).toBeLessThan(60);
  });

  it('ends every socket and timer when it closes, and may be closed again', async () => {
    const client = await connect(await start({ loop: true }));
    await client.subscribe('tickers A');
    expect(clock.pending).toBe(1);
    const ended = once(client.socket, 'close');
    await Promise.all([running?.close(), running?.close()]);
    await ended;
    expect(clock.pending).toBe(0);
    await running?.close();
    await expect(connect(`${running?.url}/ws/v5/public`)).rejects.toThrow('ECONNREFUSED');
  });

  it('fails on a port that is taken', async () => {
    await start();
    const { port } = running ?? { port: 0 };
    const second = startReplayServer({ session: SESSION, venue: 'okx', port, speed: 1, loop: false, clock });
    await expect(second).rejects.toThrow('EADDRINUSE');
  });

  it.each([
    ['acknowledgements only', acknowledgement('tickers A')],
    ['frames of no channel', '{"data":[1]}'],
    ['texts that are no JSON', 'hello'],
  ])('refuses a session with %s', async (_, text) => {
    await expect(start({ session: [{ time: 0, direction: 'in', text }] })).rejects.toThrow(
      'received a session without a frame of an OKX channel',
    );
  });

  it('says what it has', async () => {
    await start();
    expect(running?.replay).toMatchObject({ symbols: ['A'], channels: ['ticks', 'trades'] });
  });
});
