import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectSocket, type GraphQLSocket, type SocketMessage } from '../support/graphql-socket.ts';
import { openEvents } from './event-reader.ts';
import { type Quote, type ServedDesk, serveDesk } from './served-desk.ts';

const BEHIND_BYTES = 64 * 1024;
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

/** A client, and the server's end of its connection. */
async function connect({ port }: ServedDesk): Promise<{ readonly client: GraphQLSocket; readonly near: Socket }> {
  const client = await connectSocket(port);
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
    let longestTurnMs = 0;
    for (let seq = 1; seq <= events; ) {
      const before = process.threadCpuUsage();
      quotes.publish(
        ...Array.from({ length: 100 }, () => quote(seq++, 'some more bytes, so that the kernel has enough at last')),
      );
      await nextTurn();
      const { user, system } = process.threadCpuUsage(before);
      longestTurnMs = Math.max(longestTurnMs, (user + system) / 1_000);
      peak = Math.max(peak, stalled.near.writableLength);
    }
    expect(await others).toEqual(Array.from({ length: events }, (_, index) => index + 1));
    expect(desk.feeds.resolved).toBe(events);
    expect(peak).toBeGreaterThan(BEHIND_BYTES);
    // A turn's worth is written as a whole.
    expect(peak).toBeLessThan(BEHIND_BYTES + 100 * 200);
    expect(longestTurnMs).toBeLessThan(50);
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
    expect(near.writableLength).toBeLessThan(BEHIND_BYTES + 100 * 1_200);
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
    expect(near?.writableLength).toBeLessThan(BEHIND_BYTES + 100 * 1_200);
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
