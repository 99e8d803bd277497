import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ManualClock } from '../../support/manual-clock.ts';
import { connect, type VenueClient } from '../replay/venue-client.ts';
import { openDesk, type PaperDesk, priceAway, SPOT } from './paper-desk.ts';

const PATHS = ['public', 'business', 'private'].map((name) => `/ws/v5/${name}`);

/** The HTTP status with which a socket is refused. */
async function refusalOf(socket: WebSocket): Promise<string> {
  const [error] = await once(socket, 'error');
  return /\d{3}/.exec(String(error))?.[0] ?? String(error);
}

/** The code with which the venue ends a connection, and what came before. */
async function ended({ socket, received }: VenueClient): Promise<{ code: number; texts: readonly string[] }> {
  const [code] = await once(socket, 'close');
  return { code, texts: received };
}

/** So many pushes in one turn, two for each placing and cancelling. */
function pushToAccount({ venue }: PaperDesk, pushes: number): void {
  const order = { instId: SPOT, side: 'buy', ordType: 'limit', sz: '0.0001', px: priceAway(venue, 0.9) } as const;
  for (let count = 0; count < pushes; count += 4) venue.outside.cancel(venue.outside.place(order));
}

/** So many pushes in one turn: the trade and the ticker. */
function pushToMarket({ venue }: PaperDesk, pushes: number): void {
  for (let count = 0; count < pushes; count += 2) venue.outside.trade(SPOT, priceAway(venue, 1), '0.001');
}

async function followMarket({ venue }: PaperDesk): Promise<VenueClient> {
  const client = await connect(`${venue.url}/ws/v5/public`);
  await client.subscribe(`trades ${SPOT}`, `tickers ${SPOT}`);
  await client.take();
  return client;
}

const FEEDS = [
  ['the account', (desk: PaperDesk) => desk.follow(), pushToAccount],
  ['the market', followMarket, pushToMarket],
] as const;

describe('a socket of the paper venue', () => {
  it.each(PATHS)('at %s is refused to pages of the web and to who asks for another host', async (path) => {
    await using desk = await openDesk();
    const statusFor = (headers: Record<string, string>) =>
      refusalOf(new WebSocket(`${desk.venue.url}${path}`, { headers }));
    expect(await statusFor({ origin: 'https://evil.example' })).toBe('403');
    expect(await statusFor({ origin: desk.venue.restUrl })).toBe('403');
    expect(await statusFor({ host: 'evil.example' })).toBe('403');
    expect(await statusFor({ host: '127.0.0.1:70000' })).toBe('403');
    await using client = await connect(`${desk.venue.url}${path}`.replace('127.0.0.1', 'localhost'));
    await client.settle();
  });

  it('is one of 200 at most', async () => {
    await using desk = await openDesk();
    const url = `${desk.venue.url}/ws/v5/public`;
    const clients = await Promise.all(Array.from({ length: 200 }, () => connect(url)));
    expect(await refusalOf(new WebSocket(url))).toBe('503');
    // Requests have room of their own.
    expect((await desk.get('/api/v5/account/balance')).status).toBe(200);
    await clients[0]?.close();
    await using again = await vi.waitFor(() => connect(url), { interval: 1 });
    await again.settle();
  });

  it('of the account is closed when nobody has logged in for 30 s, whatever else was said', async () => {
    await using desk = await openDesk();
    await using client = await connect(`${desk.venue.url}/ws/v5/private`);
    desk.clock.advance(29_999);
    client.send('nonsense');
    await client.settle();
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    const end = ended(client);
    desk.clock.advance(1);
    expect((await end).code).toBe(4004);
  });

  it('of the account stays open after a login, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    await using desk = await openDesk({ clock });
    await using client = await desk.follow();
    expect(clock.pending).toBe(0);
    clock.advance(120_000);
    await client.settle();
    const silent = await connect(`${desk.venue.url}/ws/v5/private`);
    await silent.settle();
    expect(clock.pending).toBe(1);
    await desk.venue.close();
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['of the market', '/ws/v5/public', { channel: 'tickers', instId: 'NONE' }, '60018'],
    ['of the account, without a login', '/ws/v5/private', { channel: 'orders', instType: 'ANY' }, '60011'],
  ])('%s is closed after ten errors of one request', async (_, path, arg, code) => {
    await using desk = await openDesk();
    await using client = await connect(`${desk.venue.url}${path}`);
    const subscribe = (count: number) =>
      client.send(JSON.stringify({ op: 'subscribe', args: Array.from({ length: count }, () => arg) }));
    subscribe(9);
    expect(await client.take()).toHaveLength(9);
    subscribe(500);
    client.send('ping');
    const end = await ended(client);
    expect(end.code).toBe(4002);
    expect(end.texts.map((text) => JSON.parse(text).code)).toEqual(Array.from({ length: 10 }, () => code));
  });

  it('tells what is asked for many times at once only once', async () => {
    await using desk = await openDesk();
    await using client = await connect(`${desk.venue.url}/ws/v5/public`);
    await client.subscribe(...Array.from({ length: 300 }, () => `tickers ${SPOT}`));
    const texts = await client.take();
    expect(texts.filter((text) => text.includes('"data"'))).toHaveLength(1);
  });

  it.each(FEEDS)('of %s gets 10,000 pushes of one turn when it reads', async (_, follow, push) => {
    await using desk = await openDesk();
    await using client = await follow(desk);
    push(desk, 10_000);
    expect(await client.take()).toHaveLength(10_000);
  });

  it('of the account is cut off when it does not read, and no other', async () => {
    await using desk = await openDesk();
    await using reading = await desk.follow();
    await using stalled = await desk.follow();
    stalled.socket.pause();
    for (let turn = 0; turn < 3; turn++) {
      pushToAccount(desk, 10_000);
      expect(await reading.take()).toHaveLength(10_000);
    }
    const end = ended(stalled);
    stalled.socket.resume();
    expect((await end).code).toBe(1006);
    expect(stalled.received.length).toBeLessThan(30_000);
  });

  it('of the market is cut off when it asks and does not read, and the market rests', async () => {
    await using desk = await openDesk({ isQuiet: false });
    await using stalled = await followMarket(desk);
    expect(desk.clock.pending).toBe(1);
    const end = ended(stalled);
    stalled.socket.pause();
    const args = Array.from({ length: 1400 }, () => ({ channel: 'tickers', instId: SPOT }));
    for (let count = 0; count < 200; count++) stalled.send(JSON.stringify({ op: 'subscribe', args }));
    await vi.waitFor(
      () => {
        desk.clock.advance(1000);
        expect(desk.clock.pending).toBe(0);
      },
      { interval: 10, timeout: 10_000 },
    );
    stalled.socket.resume();
    expect((await end).code).toBe(1006);
  });
});
