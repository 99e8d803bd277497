import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  connectSocket,
  type GraphQLSocket,
  type GraphQLSocketOptions,
  type SocketMessage,
} from '../support/graphql-socket.ts';
import { openEvents } from './event-reader.ts';
import { type Quote, type ServedDesk, serveDesk } from './served-desk.ts';

const BEHIND_BYTES = 64 * 1024;
/** Of what has waited, 256 events are written as a whole when the connection has drained. */
const SLICE_BYTES = 256 * 1_200;
const SYMBOLS = 20;
const QUOTES = 'subscription { quotes { symbol seq text } }';
const PRINTS = 'subscription { prints { symbol seq text } }';

const desks: ServedDesk[] = [];
const sockets: GraphQLSocket[] = [];
/** The server's ends of the connections, oldest first. */
const accepted: Socket[] = [];

function onAccepted(message: unknown): void {
  const { socket } = Object(message);
  if (socket instanceof Socket) accepted.push(socket);
}

beforeEach(() => subscribe('net.server.socket', onAccepted));

afterEach(async () => {
  vi.useRealTimers();
  unsubscribe('net.server.socket', onAccepted);
  accepted.length = 0;
  for (const { webSocket } of sockets.splice(0)) webSocket.terminate();
  for (const desk of desks.splice(0)) await desk.close();
});

async function serve(transport: NonNullable<Parameters<typeof serveDesk>[1]>['transport'] = {}): Promise<ServedDesk> {
  const desk = await serveDesk({}, { transport: { behindBytes: BEHIND_BYTES, ...transport } });
  desks.push(desk);
  return desk;
}

interface Connection {
  readonly client: GraphQLSocket;
  /** The server's end. */
  readonly near: Socket;
}

async function connect({ port }: ServedDesk, options: GraphQLSocketOptions = {}): Promise<Connection> {
  const client = await connectSocket(port, options);
  sockets.push(client);
  const near = accepted.at(-1);
  if (near === undefined) throw new Error('received no connection');
  return { client, near };
}

function quoteIn({ payload }: SocketMessage): Quote {
  const { data } = Object(payload);
  return data.quotes ?? data.prints;
}

/** The seqs of the first quotes that come. */
function hearSeqs(client: GraphQLSocket, count: number): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const seqs: number[] = [];
  client.listener = (message) => {
    if (seqs.push(quoteIn(message).seq) === count) resolve(seqs);
  };
  return promise;
}

const quote = (seq: number, text = ''): Quote => ({ symbol: `S${seq % SYMBOLS}`, seq, text });

/** Publishes until so much waits for a reader that reads nothing; says up to which seq. */
async function publishUntil(isBehind: () => boolean, publish: (...quotes: Quote[]) => void): Promise<number> {
  const text = 'x'.repeat(1_000);
  let seq = 0;
  while (!isBehind()) {
    publish(...Array.from({ length: 100 }, () => quote(++seq, text)));
    await nextTurn();
  }
  return seq;
}

describe('a reader that stops reading', () => {
  it('of what is conflated costs little memory and the others nothing, and goes on with the newest', {
    timeout: 60_000,
  }, async () => {
    const desk = await serve();
    const { quotes } = desk.feeds;
    const [stalled, other] = [await connect(desk), await connect(desk)];
    stalled.client.subscribe('stalled', QUOTES);
    other.client.subscribe('other', QUOTES);
    await Promise.all([stalled.client.rest(), other.client.rest()]);
    stalled.client.webSocket.pause();
    const events = 100_000;
    const others = hearSeqs(other.client, events);
    let peak = 0;
    const turnsMs: number[] = [];
    for (let seq = 1; seq <= events; ) {
      const before = process.threadCpuUsage();
      quotes.publish(
        ...Array.from({ length: 100 }, () => quote(seq++, 'some more bytes, so that the kernel has enough at last')),
      );
      await nextTurn();
      const { user, system } = process.threadCpuUsage(before);
      turnsMs.push((user + system) / 1_000);
      peak = Math.max(peak, stalled.near.writableLength);
    }
    expect(await others).toEqual(Array.from({ length: events }, (_, index) => index + 1));
    expect(desk.feeds.resolved).toBe(events);
    expect(peak).toBeGreaterThan(BEHIND_BYTES);
    // A turn's worth is written as a whole.
    expect(peak).toBeLessThan(BEHIND_BYTES + 100 * 200);
    // Not the longest one, which has the garbage collection in it.
    expect(turnsMs.toSorted((left, right) => left - right)[Math.floor(0.99 * turnsMs.length)]).toBeLessThan(50);
    stalled.client.webSocket.resume();
    // What had waited is written when everything before it has left.
    const seen = [...(await stalled.client.rest()), ...(await stalled.client.rest())].map(quoteIn);
    expect(seen.length).toBeLessThan(events);
    const newest = new Map<string, number>();
    for (const { symbol, seq } of seen) {
      expect(seq).toBeGreaterThan(newest.get(symbol) ?? 0);
      newest.set(symbol, seq);
    }
    const last = Array.from({ length: SYMBOLS }, (_, index) => events - SYMBOLS + 1 + index);
    expect([...newest.values()].toSorted((left, right) => left - right)).toEqual(last);
    expect(new Set(seen.slice(-SYMBOLS).map(({ seq }) => seq))).toEqual(new Set(last));
  });

  it('of the tape ends with SLOW_CONSUMER when 10,000 more have come, and nothing else does', async () => {
    const desk = await serve();
    const { prints, quotes } = desk.feeds;
    const { client, near } = await connect(desk);
    client.subscribe('tape', PRINTS);
    client.subscribe('quotes', QUOTES);
    await quotes.untilReaders(1);
    client.webSocket.pause();
    let seq = await publishUntil(
      () => near.writableLength > BEHIND_BYTES,
      (...some) => prints.publish(...some),
    );
    while (prints.readers > 0) {
      prints.publish(...Array.from({ length: 100 }, () => quote(++seq)));
      await nextTurn();
    }
    expect(near.writableLength).toBeLessThan(BEHIND_BYTES + SLICE_BYTES);
    quotes.publish(quote(1));
    await quotes.untilAwaited();
    client.webSocket.resume();
    const messages = [...(await client.rest()), ...(await client.rest())];
    const ofTape = messages.filter(({ id }) => id === 'tape');
    expect(ofTape.pop()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'SLOW_CONSUMER' } }] });
    expect(ofTape.map((message) => quoteIn(message).seq)).toEqual(ofTape.map((_, index) => index + 1));
    expect(seq - ofTape.length).toBeGreaterThan(10_000);
    expect(seq - ofTape.length).toBeLessThan(10_500);
    expect(messages.filter(({ id }) => id === 'quotes').map(({ type }) => type)).toEqual(['next']);
  });

  it('for too long is told to try again later if it reads that, and cut off if it does not', async () => {
    const desk = await serve({ stallTimeoutMs: 50 });
    const [reads, never] = [await connect(desk), await connect(desk)];
    for (const { client } of [reads, never]) {
      client.subscribe('1', QUOTES);
      await client.rest();
      client.webSocket.pause();
    }
    const closing = closeFrameOn(reads.near);
    await publishUntil(
      () => reads.near.writableLength > BEHIND_BYTES && never.near.writableLength > BEHIND_BYTES,
      (...some) => desk.feeds.quotes.publish(...some),
    );
    await closing;
    reads.client.webSocket.resume();
    expect(await reads.client.closed).toEqual({ code: 1013, reason: 'Too slow' });
    await once(never.near, 'close');
    await desk.feeds.quotes.untilReaders(0);
  });
});

describe('a reader of an event stream that stops reading', () => {
  it('of what is conflated goes on with the newest', async () => {
    const desk = await serve();
    const events = await openEvents(desk, QUOTES);
    await desk.feeds.quotes.untilReaders(1);
    const near = accepted.at(-1);
    events.pause();
    const last = await publishUntil(
      () => (near?.writableLength ?? 0) > BEHIND_BYTES,
      (...some) => desk.feeds.quotes.publish(...some),
    );
    const newest = Array.from({ length: 40 * SYMBOLS }, (_, index) => quote(last + 1 + index));
    desk.feeds.quotes.publish(...newest);
    await desk.feeds.quotes.untilAwaited();
    await nextTurn();
    expect(near?.writableLength).toBeLessThan(BEHIND_BYTES + SLICE_BYTES);
    events.resume();
    desk.feeds.quotes.end();
    const seen = (await events.untilClosed()).filter(({ type }) => type === 'next');
    const seqs = seen.map(({ data }) => JSON.parse(data).data.quotes.seq);
    expect(seqs.slice(0, -SYMBOLS)).toEqual(seqs.slice(0, -SYMBOLS).map((_, index) => index + 1));
    expect(seqs.slice(-SYMBOLS).toSorted()).toEqual(newest.slice(-SYMBOLS).map(({ seq }) => seq));
    expect(seqs.length).toBeLessThan(last + newest.length);
  });

  it('of the tape ends with SLOW_CONSUMER when 10,000 more have come', async () => {
    const desk = await serve();
    const { prints } = desk.feeds;
    const events = await openEvents(desk, PRINTS);
    await prints.untilReaders(1);
    const near = accepted.at(-1);
    events.pause();
    let seq = await publishUntil(
      () => (near?.writableLength ?? 0) > BEHIND_BYTES,
      (...some) => prints.publish(...some),
    );
    while (prints.readers > 0) {
      prints.publish(...Array.from({ length: 100 }, () => quote(++seq)));
      await nextTurn();
    }
    events.resume();
    const [end, error, ...others] = (await events.untilClosed()).toReversed();
    expect(end).toMatchObject({ type: 'complete' });
    expect(JSON.parse(error?.data ?? '')).toMatchObject({ errors: [{ extensions: { code: 'SLOW_CONSUMER' } }] });
    expect(seq - others.length).toBeGreaterThan(10_000);
  });

  it.each([
    ['is shared', QUOTES, 'quotes'],
    ['is followed alone', 'subscription { lines { text } }', 'lines'],
  ] as const)('for too long is cut off, and the source of what %s let go', async (_what, query, name) => {
    const desk = await serve({ stallTimeoutMs: 50 });
    const events = await openEvents(desk, query);
    const feed = desk.feeds[name];
    await feed.untilReaders(1);
    const near = accepted.at(-1);
    events.pause();
    const text = 'x'.repeat(10_000);
    let seq = 0;
    while (feed.readers > 0) {
      const isBehind = (near?.writableLength ?? 0) > BEHIND_BYTES;
      if (!isBehind && name === 'quotes') desk.feeds.quotes.publish(quote(++seq, text));
      if (!isBehind && name === 'lines') desk.feeds.lines.publish({ cursor: 'c', text });
      await nextTurn();
    }
    expect(near?.destroyed).toBe(true);
    events.destroy();
  });
});

describe('a client that does not read the answers to its', () => {
  const text = 'x'.repeat(200_000);
  const greeting = { query: 'query ($name: String!) { hello(name: $name) }', variables: { name: text } };
  const ping = { type: 'ping', payload: { text } };

  /** Asks until the answers wait at the server; says how often. */
  async function askUntilBehind({ client, near }: Connection, message: (count: number) => object): Promise<number> {
    let count = 0;
    while (near.writableLength <= BEHIND_BYTES) {
      client.send(message(count++));
      await nextTurn();
    }
    return count;
  }

  it.each<[string, (count: number) => object, (count: number) => object[]]>([
    ['pings', () => ping, () => [{ ...ping, type: 'pong' }]],
    [
      'queries',
      (count) => ({ type: 'subscribe', id: `${count}`, payload: greeting }),
      (count) => [
        { type: 'next', id: `${count}`, payload: { data: { hello: `hello ${text}` } } },
        { type: 'complete', id: `${count}` },
      ],
    ],
  ])('%s is not read either, and has every answer when it reads again', async (_what, message, answers) => {
    const desk = await serve();
    const { client, near } = await connect(desk);
    client.webSocket.pause();
    let asked = await askUntilBehind({ client, near }, message);
    let peak = near.writableLength;
    for (let more = 0; more < 200; more++) {
      client.send(message(asked++));
      await nextTurn();
      peak = Math.max(peak, near.writableLength);
    }
    expect(near.isPaused()).toBe(true);
    // What it may have to wait, and the answers to what one read from the connection brought.
    expect(peak).toBeLessThan(BEHIND_BYTES + 2 * text.length);
    client.webSocket.resume();
    const wanted = Array.from({ length: asked }, (_, count) => answers(count)).flat();
    expect(await client.take(wanted.length)).toEqual(wanted);
    expect(await client.rest()).toEqual([]);
    expect(near.isPaused()).toBe(false);
  });

  it('pings for too long is told to try again later, and its own close is read', async () => {
    const desk = await serve({ stallTimeoutMs: 50 });
    const { client, near } = await connect(desk);
    client.webSocket.pause();
    const closing = closeFrameOn(near);
    await askUntilBehind({ client, near }, () => ping);
    await closing;
    expect(near.isPaused()).toBe(false);
    client.webSocket.resume();
    expect(await client.closed).toEqual({ code: 1013, reason: 'Too slow' });
  });
});

describe('the ping to a reader', () => {
  const KEEP_ALIVE_MS = 12_000;
  const PONG_TIMEOUT_MS = 30_000;
  const MUCH = 'x'.repeat(64 * 1024 * 1024);

  async function serveByHand(stallTimeoutMs: number): Promise<ServedDesk> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    return serve({ keepAliveMs: KEEP_ALIVE_MS, pongTimeoutMs: PONG_TIMEOUT_MS, stallTimeoutMs });
  }

  /** Makes many megabytes wait for a client, of which the kernel has taken what it takes. */
  async function makeWait({ feeds }: ServedDesk, { client, near }: Connection): Promise<void> {
    client.subscribe('1', QUOTES);
    await feeds.quotes.untilReaders(1);
    client.webSocket.pause();
    feeds.quotes.publish(quote(1, MUCH));
    while (near.writableLength < BEHIND_BYTES) await nextTurn();
  }

  /** The client takes some, until the server notices. */
  async function takeSome({ client, near }: Connection): Promise<void> {
    const waiting = (): unknown => Reflect.get(Object(Reflect.get(near, '_handle')), 'writeQueueSize');
    const before = waiting();
    client.webSocket.resume();
    while (waiting() === before) await nextTurn();
    client.webSocket.pause();
  }

  it('stands behind what waits, so that a slow one stays as long as it takes something', async () => {
    const desk = await serveByHand(30_000);
    const connection = await connect(desk);
    const { client, near } = connection;
    await makeWait(desk, connection);
    for (let elapsedMs = 0; elapsedMs < 2 * PONG_TIMEOUT_MS; elapsedMs += KEEP_ALIVE_MS) {
      await takeSome(connection);
      vi.advanceTimersByTime(KEEP_ALIVE_MS);
      expect([near.destroyed, near.writableLength > BEHIND_BYTES]).toEqual([false, true]);
    }
    const closing = closeFrameOn(near);
    vi.advanceTimersByTime(2 * 30_000);
    await closing;
    expect(client.webSocket.readyState).toBe(client.webSocket.OPEN);
  });

  it('does not shorten the time that one which is behind has to take something', async () => {
    const stallTimeoutMs = 10 * PONG_TIMEOUT_MS;
    const desk = await serveByHand(stallTimeoutMs);
    const connection = await connect(desk);
    await makeWait(desk, connection);
    vi.advanceTimersByTime(stallTimeoutMs - 1);
    expect(connection.near.destroyed).toBe(false);
    const closing = closeFrameOn(connection.near);
    vi.advanceTimersByTime(1);
    await closing;
    connection.client.webSocket.resume();
    expect(await connection.client.closed).toEqual({ code: 1013, reason: 'Too slow' });
  });

  it('is to be answered by one for whom nothing waits, whatever is sent to it', async () => {
    const desk = await serveByHand(30_000);
    const { client, near } = await connect(desk, { autoPong: false });
    client.subscribe('1', QUOTES);
    await desk.feeds.quotes.untilReaders(1);
    for (let seq = 1; seq <= 3; seq++) {
      desk.feeds.quotes.publish(quote(seq));
      expect(quoteIn(await client.next('1')).seq).toBe(seq);
      expect(near.destroyed).toBe(false);
      vi.advanceTimersByTime(KEEP_ALIVE_MS);
    }
    expect(await client.closed).toMatchObject({ code: 1006 });
  });
});

/** Resolves when the server has begun to close the WebSocket on this connection. */
function closeFrameOn(near: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const write = near.write.bind(near);
  near.write = (chunk: unknown, ...more: unknown[]) => {
    if (Buffer.isBuffer(chunk) && chunk[0] === 0x88) resolve();
    return Reflect.apply(write, near, [chunk, ...more]);
  };
  return promise;
}
