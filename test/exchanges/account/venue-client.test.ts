import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VenueClient } from '../../../src/exchanges/account/venue-client.ts';
import { createOkxRest } from '../../../src/exchanges/okx/account-rest.ts';
import { requestSignature } from '../../../src/exchanges/okx/sign.ts';
import type { VenueAnswer, VenueRequest, VenueRest } from '../../../src/exchanges/venue-account.ts';
import type { RestScheduler, RestSchedulerOptions } from '../../../src/transport/rest-scheduler.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { openScheduler, type RestVenue, settled, startRestVenue } from '../../transport/scheduled.ts';

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' };
const TIME_PATH = '/api/v5/public/time';
const NO_SUCH_TIME = { status: 401, body: '{"code":"50102","msg":"Timestamp request expired"}' };
const NO_ROWS = { status: 200, body: '{"code":"0","msg":"","data":[]}' };

let clock: ManualClock;
let stack: AsyncDisposableStack;
let venue: RestVenue;
let http: RestScheduler;
/** How far the venue's clock is ahead. */
let aheadMs: number;

beforeEach(async () => {
  clock = new ManualClock();
  stack = new AsyncDisposableStack();
  venue = stack.use(await startRestVenue());
  aheadMs = 0;
});

afterEach(async () => {
  await stack.disposeAsync();
  expect(clock.pending).toBe(0);
});

function open(rest: VenueRest = createOkxRest(venue.url), options: Partial<RestSchedulerOptions> = {}): VenueClient {
  http = openScheduler(clock, { url: venue.url, rules: rest, ...options });
  stack.defer(() => http.stop({ drain: false, timeoutMs: 0 }));
  return new VenueClient({ rest, http, credentials: CREDENTIALS });
}

const serverTime = () => ({ status: 200, body: `{"code":"0","data":[{"ts":"${clock.now() + aheadMs}"}]}` });
const ownRequests = () => venue.received.filter(({ target }) => target !== TIME_PATH);

/** As OKX does: what is signed by another clock than its own is refused. */
function checkTime(): void {
  venue.reply = ({ target, headers }) => {
    if (target === TIME_PATH) return serverTime();
    const signedAt = Date.parse(String(headers['ok-access-timestamp']));
    return Math.abs(signedAt - clock.now() - aheadMs) > 30_000 ? NO_SUCH_TIME : NO_ROWS;
  };
}

describe('a signed request', () => {
  it('is signed anew for each attempt, with the time of that', async () => {
    const client = open();
    venue.reply = () => (venue.received.length < 3 ? 502 : NO_ROWS);
    const answer = client.ask(createOkxRest(venue.url).positions());
    for (const count of [1, 2]) {
      await settled(venue, http, count);
      clock.advance(1_500);
    }
    expect(await answer).toEqual({ type: 'DONE', value: [] });
    const stamps = venue.received.map(({ headers }) => String(headers['ok-access-timestamp']));
    expect(new Set(stamps).size).toBe(3);
    for (const [index, { headers, target }] of venue.received.entries()) {
      const signed = requestSignature({ method: 'GET', target, body: '' }, stamps[index] ?? '', CREDENTIALS.secret);
      expect(headers['ok-access-sign']).toBe(signed);
    }
  });

  it('may carry its signature in the query, which is made anew for each attempt as well', async () => {
    const rest: VenueRest = {
      ...createOkxRest(venue.url),
      sign: ({ target }) => ({ 'x-key': String(target.length) }),
      complete: ({ method, target, body }, { secret }, now) => ({
        ...{ method, body, target: `${target}?timestamp=${now}&signature=${secret}` },
      }),
    };
    const client = open(rest);
    venue.reply = () => (venue.received.length < 2 ? 502 : NO_ROWS);
    const answer = client.ask(rest.balances());
    await settled(venue, http, 1);
    const [from] = [clock.now()];
    clock.advance(1_500);
    await answer;
    const targets = venue.received.map(({ target }) => target);
    expect(targets.map((target) => target.replace(/^[^?]*\?timestamp=(\d+)&signature=secret$/, '$1'))).toEqual([
      String(from),
      String(from + 500),
    ]);
    expect(venue.received.map(({ headers }) => headers['x-key'])).toEqual(targets.map(({ length }) => String(length)));
  });
});

describe('an answer', () => {
  const reading: VenueRequest<unknown> = {
    ...{ method: 'DELETE', target: '/x', body: '' },
    read: ({ text }): VenueAnswer<unknown> => ({ type: 'DONE', value: JSON.parse(text) }),
  };

  it('of 204 is a success with nothing in it', async () => {
    venue.reply = () => 204;
    expect(await open().ask(reading)).toEqual({ type: 'DONE', value: null });
  });

  it('of 200 that says it failed is a failure, and is not asked for again', async () => {
    venue.reply = () => ({ status: 200, body: '{"code":"51000","msg":"Parameter instId error","data":[]}' });
    const answer = await open().ask(createOkxRest(venue.url).openOrders());
    expect(answer).toEqual({ type: 'REFUSED', code: '51000', reason: 'Parameter instId error' });
    expect(venue.received).toHaveLength(1);
  });

  it('of a request that was never sent says so', async () => {
    const client = open(createOkxRest(venue.url), { gate: () => 'the gateway is DISCONNECTED' });
    const answer = await client.ask(createOkxRest(venue.url).positions());
    expect(answer).toEqual({ type: 'NOT_SENT', reason: 'the gateway is DISCONNECTED' });
    expect(venue.received).toEqual([]);
  });
});

describe("the venue's clock", () => {
  it('is measured at the start, and what is signed afterwards bears its time', async () => {
    aheadMs = 120_000;
    checkTime();
    const alarms: string[] = [];
    const client = open(createOkxRest(venue.url), { onClockAlarm: (reason) => void alarms.push(reason) });
    http.start();
    await settled(venue, http, 5);
    expect(http.status()).toMatchObject({
      clockOffsetMs: 120_000,
      clockAlarm: "our clock is 120000 ms behind the venue's",
    });
    expect(alarms).toHaveLength(1);
    expect(await client.ask(createOkxRest(venue.url).positions())).toMatchObject({ type: 'DONE' });
    expect(ownRequests()).toHaveLength(1);
  });

  it('is measured again when the venue refuses the time of a signature, and the question is asked once more', async () => {
    aheadMs = -90_000;
    checkTime();
    const client = open();
    expect(await client.ask(createOkxRest(venue.url).positions())).toEqual({ type: 'DONE', value: [] });
    expect(venue.received.map(({ target }) => target)).toEqual([
      '/api/v5/account/positions',
      ...Array.from({ length: 5 }, () => TIME_PATH),
      '/api/v5/account/positions',
    ]);
  });

  it('is measured again for what may not be sent twice, too, which is not', async () => {
    aheadMs = 90_000;
    checkTime();
    const client = open();
    const cancel = createOkxRest(venue.url).cancelOrder('BTC-USDT', { orderId: '1' });
    expect(await client.ask(cancel)).toMatchObject({ type: 'REFUSED', code: '50102' });
    await settled(venue, http, 6);
    expect(ownRequests()).toHaveLength(1);
    expect(client.toVenueTime(clock.now())).toBe(clock.now() + 90_000);
  });

  it.each([
    { status: 200, body: '{"code":"0","data":[{}]}' },
    { status: 200, body: '{"code":"0","data":[{"ts":"soon"}]}' },
    { status: 503, body: '' },
  ])('is taken to be ours when the venue does not tell it, which is asked once: $status $body', async (reply) => {
    venue.reply = () => reply;
    const client = open();
    await http.measureClock();
    expect(client.toVenueTime(clock.now())).toBe(clock.now());
    expect(venue.received).toHaveLength(1);
  });
});

describe('a list of many pages', () => {
  it('is not begun again for a hiccup at one of them', async () => {
    const rest = createOkxRest(venue.url);
    const client = open(rest, { mostRepeats: 0 });
    const row = (ordId: number) => ({ ...ROW, ordId: String(ordId) });
    const page = (from: number, length: number) => ({
      status: 200,
      body: JSON.stringify({ code: '0', data: Array.from({ length }, (_, index) => row(from - index)) }),
    });
    venue.reply = ({ target }) => {
      if (!target.includes('after=')) return page(1_000, 100);
      return venue.received.length === 2 ? 503 : page(900, 3);
    };
    const reports = client.askAll((after) => rest.openOrders(after));
    await settled(venue, http, 2);
    clock.advance(500);
    expect(await reports).toHaveLength(103);
    expect(venue.received).toHaveLength(3);
  });
});

const ROW = {
  ...{ instType: 'SPOT', instId: 'BTC-USDT', ordId: '1', clOrdId: '', px: '30000', sz: '0.1', ordType: 'limit' },
  ...{ side: 'buy', posSide: '', tdMode: 'cash', tgtCcy: '', state: 'live', accFillSz: '0', avgPx: '', fillPx: '' },
  ...{ fillSz: '', fillTime: '', tradeId: '', fillFee: '', fillFeeCcy: '', fee: '0', feeCcy: 'BTC', lever: '' },
  ...{ cTime: '1795147200000', uTime: '1795147200000', reduceOnly: 'false', execType: '', category: 'normal' },
};
