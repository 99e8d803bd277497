import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VenueClient } from '../../src/exchanges/account/venue-client.ts';
import { createOkxRest } from '../../src/exchanges/okx/account-rest.ts';
import { requestSignature } from '../../src/exchanges/okx/sign.ts';
import type { VenueAnswer, VenueRequest } from '../../src/exchanges/venue-account.ts';
import { type RequestStatus, requestStatus } from '../../src/transport/request-text.ts';
import type { AttemptReport } from '../../src/transport/rest-attempts.ts';
import type { RestScheduler, RestSchedulerOptions } from '../../src/transport/rest-scheduler.ts';
import { RestShare } from '../../src/transport/rest-share.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { startScriptedVenue, until } from '../support/scripted-venue.ts';
import { serveMarket } from '../support/scripted-venue-market.ts';
import { startConnectProxy } from '../support/test-proxies.ts';
import { failureOf, openScheduler, type RestVenue, request, settled, startRestVenue } from '../transport/scheduled.ts';
import { openAccountDesk, order, shown } from './account/account-desk.ts';
import { watchGateway } from './watched-gateway.ts';

// What a desk was promised of the requests to an exchange. The numbers are those of the list that it was given, whose
// other lines are in the files beside this one: acceptance-sockets, -venues and -contracts.

const CREDENTIALS = { apiKey: 'the-api-key', secret: 'the-secret', passphrase: 'the-passphrase' };
const NO_ROWS = { status: 200, body: '{"code":"0","msg":"","data":[]}' };
const PRODUCER = { priority: 'MARKET_DATA' } as const;
const AT_ONCE = { drain: false, timeoutMs: 0 };

let clock: ManualClock;
let stack: AsyncDisposableStack;
let venue: RestVenue;

beforeEach(async () => {
  clock = new ManualClock();
  stack = new AsyncDisposableStack();
  venue = stack.use(await startRestVenue());
});

afterEach(async () => {
  await stack.disposeAsync();
  expect(clock.pending).toBe(0);
});

function open(options: Partial<RestSchedulerOptions> = {}): RestScheduler {
  const share = new RestShare({ clock });
  const scheduler = openScheduler(clock, { url: venue.url, share, ...options });
  stack.defer(async () => {
    await scheduler.stop(AT_ONCE);
    share.bans.close();
  });
  return scheduler;
}

function openAccount(options: Partial<RestSchedulerOptions> = {}) {
  const rest = createOkxRest(venue.url);
  const http = open({ rules: rest, secrets: Object.values(CREDENTIALS), ...options });
  return { rest, http, client: new VenueClient({ rest, http, credentials: CREDENTIALS }) };
}

describe('the acceptance list of the exchange bus: requests', () => {
  it('13: a request goes by CONNECT where a proxy is configured, whose password nobody sees', async () => {
    const proxy = stack.use(await startConnectProxy({ user: 'desk', password: 'proxy-secret' }));
    const lines: unknown[] = [];
    const scheduler = open({
      proxy: `http://desk:proxy-secret@127.0.0.1:${proxy.port}`,
      mostRepeats: 0,
      onAttempt: (...line) => void lines.push(line),
    });
    venue.reply = () => (venue.received.length === 1 ? 200 : 'DROP');
    expect(await scheduler.send(request())).toMatchObject({ status: 200 });
    const failure = await failureOf(scheduler.send(request()));
    expect([...new Set(proxy.targets)]).toEqual([new URL(venue.url).host]);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify([scheduler.status(), lines, failure.message, failure.stack])).not.toContain('proxy-secret');
  });

  it('14: the POST of an order that is answered with 502 is not sent again', async () => {
    await using desk = await openAccountDesk();
    let posts = 0;
    desk.venue.interfere = ({ method }) => {
      if (method !== 'POST') return 'PASS';
      posts += 1;
      return { status: 502, body: 'bad gateway' };
    };
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
    // The order is asked for meanwhile, and found to be none.
    await desk.pass(120_000);
    expect(posts).toBe(1);
  });

  it('14: nor is any POST by a client that repeats what it may', async () => {
    const scheduler = open();
    venue.reply = () => 502;
    const post = request({ method: 'POST', target: '/order', body: '{"sz":"1"}', priority: 'ORDER' });
    expect(await scheduler.send(post)).toMatchObject({ status: 502 });
    clock.advance(120_000);
    expect(scheduler.status()).toMatchObject({ queued: 0, underWay: 0 });
    expect(venue.received).toHaveLength(1);
  });

  it('14: a GET that is answered with 502 is, with a new signature and timestamp each time', async () => {
    const { rest, http, client } = openAccount();
    venue.reply = () => (venue.received.length < 4 ? 502 : NO_ROWS);
    const answer = client.ask(rest.positions());
    for (const count of [1, 2, 3]) {
      await settled(venue, http, count);
      clock.advance(4_000);
    }
    expect(await answer).toEqual({ type: 'DONE', value: [] });
    const sent = venue.received.map(({ headers, target }) => {
      const timestamp = String(headers['ok-access-timestamp']);
      const signature = requestSignature({ method: 'GET', target, body: '' }, timestamp, CREDENTIALS.secret);
      expect(headers['ok-access-sign']).toBe(signature);
      return { timestamp, signature };
    });
    expect(new Set(sent.map(({ timestamp }) => timestamp)).size).toBe(4);
    expect(new Set(sent.map(({ signature }) => signature)).size).toBe(4);
  });

  it('14: after a 429 with a Retry-After of 2 nothing is sent for 2 seconds of the clock', async () => {
    const scheduler = open();
    venue.reply = () => (venue.received.length > 1 ? 200 : { status: 429, headers: { 'retry-after': '2' } });
    const answeredAt = clock.now();
    const answer = scheduler.send(request());
    await settled(venue, scheduler, 1);
    clock.advance(1_999);
    expect(scheduler.status()).toMatchObject({ queued: 1, underWay: 0 });
    clock.advance(1);
    expect(await answer).toMatchObject({ status: 200 });
    expect(Number(venue.received[1]?.headers['x-signed-at']) - answeredAt).toBe(2_000);
  });

  it('14: a 418 stops all requests, and turns the status of the gateway with the reason', async () => {
    await using desk = await openAccountDesk();
    await desk.pass(1_000);
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', stateReason: null });
    let asked = 0;
    desk.venue.interfere = () => {
      asked += 1;
      return { status: 418, body: '' };
    };
    await desk.session.placeOrder(order('a'));
    const reason = 'REST: the venue answers nobody here until 2026-11-20T04:02:01.000Z: it answered HTTP 418';
    expect(desk.gateway.status()).toMatchObject({ state: 'DEGRADED', stateReason: reason });
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('GATEWAY_DOWN');
    await desk.pass(60_000);
    expect(asked).toBe(1);
  });

  it('15: while the gateway is down a producer is refused, told once and sends nothing, and what is held goes when it is up', async () => {
    const sockets = await startScriptedVenue();
    serveMarket(sockets);
    const drops: [number, string][] = [];
    const desk = watchGateway(new URL(sockets.url).origin, { symbols: ['BTC'], channels: ['ticks'] });
    stack.defer(async () => {
      await desk.gateway.stop();
      await sockets.close();
    });
    const scheduler = open({
      gate: () => {
        const { state } = desk.gateway.status();
        return state === 'CONNECTED' ? undefined : `the gateway is ${state}`;
      },
      onDropped: (...drop) => void drops.push(drop),
    });
    const failures: unknown[] = [];
    const refused = scheduler.send(request(PRODUCER)).catch((error: unknown) => failures.push(error));
    const held = scheduler.send(request({ ...PRODUCER, hold: true }));
    await refused;
    expect(failures).toMatchObject([{ kind: 'GATEWAY_DOWN', wasSent: 'NO', message: 'the gateway is DISABLED' }]);
    expect(drops).toEqual([[1, 'the gateway is DISABLED']]);
    expect(venue.received).toEqual([]);
    desk.gateway.start();
    await desk.untilState('CONNECTED');
    scheduler.gateChanged();
    expect(await held).toMatchObject({ status: 200 });
    expect([failures.length, venue.received.length]).toEqual([1, 1]);
  });

  it('16: of a full queue of 10,000 a producer is dropped and counted, and a trader told that it is full', async () => {
    const drops: [number, string][] = [];
    const scheduler = open({ timeoutMs: 60_000, onDropped: (...drop) => void drops.push(drop) });
    venue.reply = () => 'HANG';
    const waiting = Array.from({ length: 10_003 }, () => failureOf(scheduler.send(request(PRODUCER))));
    await until(() => venue.received.length === 3);
    expect(scheduler.status()).toMatchObject({ queued: 10_000, underWay: 3, dropped: 0 });
    expect(await failureOf(scheduler.send(request(PRODUCER)))).toMatchObject({ kind: 'QUEUE_FULL' });
    expect(scheduler.status()).toMatchObject({ queued: 10_000, dropped: 1 });
    expect(drops).toEqual([[1, '10000 requests wait already']]);
    expect(await failureOf(scheduler.send(request({ priority: 'ORDER' })))).toMatchObject({
      ...{ kind: 'QUEUE_FULL', wasSent: 'NO', message: '10000 requests wait already' },
    });
    expect(scheduler.status().dropped).toBe(1);
    await scheduler.stop(AT_ONCE);
    expect(await Promise.all(waiting)).toHaveLength(10_003);
    expect(venue.received).toHaveLength(3);
  });

  it('17: three slow requests are under way at the same time', async () => {
    const scheduler = open();
    venue.reply = () => 'HANG';
    const answers = [1, 2, 3].map(() => scheduler.send(request()));
    await until(() => venue.hanging.length === 3);
    expect(scheduler.status()).toMatchObject({ underWay: 3, queued: 0 });
    for (const response of venue.hanging) response.end('{}');
    expect(await Promise.all(answers)).toMatchObject(Array(3).fill({ status: 200 }));
  });

  it('18: stop returns, with what is under way ended', async () => {
    const scheduler = open();
    venue.reply = () => 'HANG';
    const failures = [1, 2, 3, 4].map(() => failureOf(scheduler.send(request())));
    await until(() => venue.hanging.length === 3);
    await scheduler.stop(AT_ONCE);
    expect(await Promise.all(failures)).toMatchObject([
      ...Array(3).fill({ kind: 'CLIENT_STOPPED', wasSent: 'PERHAPS' }),
      { kind: 'CLIENT_STOPPED', wasSent: 'NO' },
    ]);
    // Also for who asks again.
    await scheduler.stop(AT_ONCE);
  });

  it('18: stop returns, with what is under way and waits answered where that is asked for', async () => {
    const scheduler = open();
    venue.reply = () => 'HANG';
    const answers = [1, 2, 3, 4].map(() => scheduler.send(request()));
    await until(() => venue.hanging.length === 3);
    const stopped = scheduler.stop({ drain: true, timeoutMs: 10_000 });
    venue.reply = () => 200;
    for (const response of venue.hanging) response.end('{}');
    await stopped;
    expect(await Promise.all(answers)).toMatchObject(Array(4).fill({ status: 200 }));
  });

  it('19: the text of a request that failed has all of it but key, secret, passphrase, token and signature', async () => {
    const texts: (string | null)[] = [];
    const { rest, client } = openAccount({ mostRepeats: 0, onAttempt: (_, text) => void texts.push(text) });
    const quoting = JSON.stringify({ token: 'the-token', saw: CREDENTIALS });
    venue.reply = () => ({ status: 503, body: quoting });
    await client.ask(rest.openOrders());
    const [text] = texts;
    expect(texts).toHaveLength(1);
    expect(text).toContain('request: GET /api/v5/trade/orders-pending failed because 503');
    const { headers } = venue.received[0] ?? {};
    expect(headers).toMatchObject({ 'ok-access-key': 'the-api-key', 'ok-access-passphrase': 'the-passphrase' });
    const hidden = [...Object.values(CREDENTIALS), 'the-token', String(headers?.['ok-access-sign'])];
    for (const secret of hidden) expect(text).not.toContain(secret);
    expect(text?.match(/\(hidden\)/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('22: a 204 is a success with nothing in it, and a 200 with the code 51000 is a failure', async () => {
    const attempts: RequestStatus[] = [];
    const onAttempt = (attempt: AttemptReport) => void attempts.push(requestStatus(attempt));
    const { rest, client } = openAccount({ onAttempt });
    const ending: VenueRequest<unknown> = {
      ...{ method: 'DELETE', target: '/x', body: '' },
      read: ({ text }): VenueAnswer<unknown> => ({ type: 'DONE', value: JSON.parse(text) }),
    };
    venue.reply = () => 204;
    expect(await client.ask(ending)).toEqual({ type: 'DONE', value: null });
    expect(attempts).toEqual(['success']);
    venue.reply = () => ({ status: 200, body: '{"code":"51000","msg":"Parameter instId error","data":[]}' });
    expect(await client.ask(rest.openOrders())).toEqual({
      ...{ type: 'REFUSED', code: '51000', reason: 'Parameter instId error' },
    });
    expect(venue.received).toHaveLength(2);
  });
});
