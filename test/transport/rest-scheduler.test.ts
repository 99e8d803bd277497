import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptReport } from '../../src/transport/rest-attempts.ts';
import type { RestRules } from '../../src/transport/rest-rules.ts';
import type { RestScheduler, RestSchedulerOptions } from '../../src/transport/rest-scheduler.ts';
import { RestShare } from '../../src/transport/rest-share.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { startConnectProxy, startSocks5Proxy } from '../support/test-proxies.ts';
import { failureOf, openScheduler, type RestVenue, request, settled, startRestVenue } from './scheduled.ts';

const POST_ORDER = { method: 'POST', target: '/order', body: '{"sz":"1"}', priority: 'ORDER' } as const;

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
  const share = options.share ?? new RestShare({ clock });
  const scheduler = openScheduler(clock, { url: venue.url, share, ...options });
  stack.defer(async () => {
    await scheduler.stop({ drain: false, timeoutMs: 0 });
    share.bans.close();
  });
  return scheduler;
}

/** When the venue's requests were signed, in milliseconds from now on. */
const signedAt = (from: number): number[] => venue.received.map(({ headers }) => Number(headers['x-signed-at']) - from);

describe('a request that failed', () => {
  it('is not sent again when it is a POST: neither on a 502, nor on a 429, nor when the connection is cut', async () => {
    const scheduler = open();
    for (const reply of [502, 429, 408] as const) {
      venue.reply = () => reply;
      expect(await scheduler.send(request(POST_ORDER))).toMatchObject({ status: reply });
    }
    venue.reply = () => 'DROP';
    expect(await failureOf(scheduler.send(request(POST_ORDER)))).toMatchObject({ wasSent: 'PERHAPS' });
    clock.advance(120_000);
    expect(venue.received).toHaveLength(4);
  });

  it('is sent again when it is a GET, with a new signature each time and a growing delay', async () => {
    const startedAt = clock.now();
    const scheduler = open({ random: () => 0.999 });
    venue.reply = () => (venue.received.length < 4 ? 502 : { status: 200, body: '{"done":1}' });
    const answer = scheduler.send(request());
    for (const [attempt, delayMs] of [1_000, 1_999, 3_997].entries()) {
      await settled(venue, scheduler, attempt + 1);
      expect(scheduler.status().queued).toBe(1);
      clock.advance(delayMs - 1);
      expect(scheduler.status().queued).toBe(1);
      clock.advance(1);
      expect(scheduler.status().queued).toBe(0);
    }
    expect(await answer).toMatchObject({ status: 200, text: '{"done":1}' });
    expect(signedAt(startedAt)).toEqual([0, 1_000, 2_999, 6_996]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('with %i is answered with that after four attempts', async (status) => {
    const scheduler = open();
    venue.reply = () => status;
    const answer = scheduler.send(request());
    for (let attempt = 1; attempt < 4; attempt += 1) {
      await settled(venue, scheduler, attempt);
      clock.advance(500);
    }
    expect(await answer).toMatchObject({ status });
    expect(venue.received).toHaveLength(4);
  });

  it.each([400, 401, 403, 404, 418, 451])('with %i is answered with that at once', async (status) => {
    venue.reply = () => status;
    expect(await open().send(request())).toMatchObject({ status });
    expect(venue.received).toHaveLength(1);
  });

  it('is sent again as it is marked, whatever its method, and as often as it says', async () => {
    const scheduler = open();
    venue.reply = () => 503;
    const marked = scheduler.send(request({ method: 'POST', isIdempotent: true, mostRepeats: 1 }));
    await settled(venue, scheduler, 1);
    clock.advance(500);
    expect(await marked).toMatchObject({ status: 503 });
    expect(venue.received).toHaveLength(2);
    await scheduler.send(request({ method: 'DELETE', isIdempotent: false }));
    await scheduler.send(request({ mostRepeats: 0 }));
    expect(venue.received).toHaveLength(4);
  });

  it.each(['DROP' as const, { status: 502, headers: { connection: 'close' } }])(
    'may have arrived when any of its attempts may have: %j',
    async (reply) => {
      const scheduler = open({ mostRepeats: 1 });
      venue.reply = () => reply;
      const failing = failureOf(scheduler.send(request()));
      await settled(venue, scheduler, 1);
      const { url } = venue;
      await venue[Symbol.asyncDispose]();
      clock.advance(500);
      expect(await failing).toMatchObject({ wasSent: 'PERHAPS', message: expect.stringContaining('ECONNREFUSED') });
      venue = stack.use(await startRestVenue());
      const unsent = failureOf(openedAt(url).send(request({ mostRepeats: 0 })));
      expect(await unsent).toMatchObject({ wasSent: 'NO' });
    },
  );

  it('is not sent again when there is no time left for it', async () => {
    const scheduler = open();
    venue.reply = () => ({ status: 503, headers: { 'retry-after': '60' } });
    const answer = await scheduler.send(request({ deadlineAt: clock.now() + 30_000 }));
    expect(answer).toMatchObject({ status: 503 });
    expect(venue.received).toHaveLength(1);
  });

  it('keeps no other request waiting while it waits itself', async () => {
    const scheduler = open({ mostUnderWay: 1 });
    venue.reply = ({ target }) => (target === '/ailing' ? 503 : 200);
    const ailing = scheduler.send(request({ target: '/ailing', mostRepeats: 1 }));
    await settled(venue, scheduler, 1);
    expect(await scheduler.send(request())).toMatchObject({ status: 200 });
    clock.advance(500);
    expect(await ailing).toMatchObject({ status: 503 });
  });
});

function openedAt(url: string): RestScheduler {
  return open({ url });
}

describe('a venue that says when to come again', () => {
  it('is waited for at least as long as its Retry-After says: 2 seconds after a 429', async () => {
    const startedAt = clock.now();
    const scheduler = open();
    venue.reply = () => (venue.received.length > 1 ? 200 : { status: 429, headers: { 'retry-after': '2' } });
    const answer = scheduler.send(request());
    await settled(venue, scheduler, 1);
    clock.advance(1_999);
    expect(scheduler.status()).toMatchObject({ queued: 1, underWay: 0 });
    clock.advance(1);
    expect(await answer).toMatchObject({ status: 200 });
    expect(signedAt(startedAt)).toEqual([0, 2_000]);
  });

  const MS = (response: { header(name: string): string | undefined }, name: string): number =>
    Number(response.header(name));
  /** Rules as the venues have them, and what they send to be waited for 3 seconds. */
  const VENUES: readonly [string, NonNullable<RestRules['limitedUntil']>, (now: number) => Record<string, string>][] = [
    [
      'bybit',
      (response) => MS(response, 'x-bapi-limit-reset-timestamp'),
      (now) => ({ 'x-bapi-limit-reset-timestamp': String(now + 3_000) }),
    ],
    [
      'gate',
      (response) => 1_000 * MS(response, 'x-gate-ratelimit-reset-timestamp'),
      (now) => ({ 'x-gate-ratelimit-reset-timestamp': String((now + 3_000) / 1_000) }),
    ],
    ['kucoin', (response, now) => now + MS(response, 'gw-ratelimit-reset'), () => ({ 'gw-ratelimit-reset': '3000' })],
    [
      'htx',
      (response) => MS(response, 'x-hb-ratelimit-requests-expire'),
      (now) => ({ 'x-hb-ratelimit-requests-expire': String(now + 3_000) }),
    ],
  ];

  it.each(VENUES)('in a header of its own is waited for: %s', async (_, limitedUntil, headers) => {
    const startedAt = clock.now();
    const isLimited = (status: number): boolean => status === 429;
    const scheduler = open({
      rules: {
        limitedUntil: (response, now) => (isLimited(response.status) ? limitedUntil(response, now) : undefined),
      },
    });
    venue.reply = () => (venue.received.length > 1 ? 200 : { status: 429, headers: headers(clock.now()) });
    const answer = scheduler.send(request());
    await settled(venue, scheduler, 1);
    clock.advance(3_000);
    await answer;
    expect(signedAt(startedAt)).toEqual([0, 3_000]);
  });

  it('in an answer of 200 is waited for by all of the same pool, and by no other', async () => {
    const startedAt = clock.now();
    const rules: RestRules = {
      poolOf: () => ({ most: 10, everyMs: 1_000 }),
      limitedUntil: ({ text }, now) => (text.includes('10006') ? now + 4_000 : undefined),
    };
    const scheduler = open({ rules });
    venue.reply = () => (venue.received.length > 1 ? 200 : { status: 200, body: '{"retCode":10006}' });
    const limited = scheduler.send(request({ pool: 'a' }));
    await settled(venue, scheduler, 1);
    const answers = ['a', 'b'].map((pool) => scheduler.send(request({ pool, target: `/${pool}` })));
    await answers[1];
    expect(scheduler.status()).toMatchObject({ queued: 2, underWay: 0 });
    clock.advance(4_000);
    await Promise.all([limited, ...answers]);
    expect(venue.received.map(({ target }) => target)).toEqual(['/x?a=1', '/b', '/x?a=1', '/a']);
    expect(signedAt(startedAt)).toEqual([0, 0, 4_000, 4_000]);
  });
});

describe('a pool', () => {
  it('is shared by the clients of a venue, and by accounts only where it is not theirs', async () => {
    const share = new RestShare({ clock });
    const rules: RestRules = {
      poolOf: (name) => ({ most: 1, everyMs: 1_000, isPerAccount: name === 'mine' }),
    };
    const [ann, bob] = ['ann', 'bob'].map((account) => open({ share, rules, account }));
    for (const scheduler of [ann, bob]) await scheduler?.send(request({ pool: 'mine' }));
    await ann?.send(request({ pool: 'ours' }));
    const waiting = bob?.send(request({ pool: 'ours' }));
    expect(bob?.status().queued).toBe(1);
    clock.advance(1_000);
    await waiting;
    expect(venue.received).toHaveLength(4);
  });

  it('learns from the answers what others have taken', async () => {
    const rules: RestRules = {
      poolOf: () => ({ most: 100, everyMs: 60_000 }),
      usageOf: (response, _, now) => [
        { pool: 'ip', remaining: 100 - Number(response.header('x-mbx-used-weight-1m')), resetAt: now + 20_000 },
      ],
    };
    const scheduler = open({ rules });
    venue.reply = () => ({ status: 200, headers: { 'x-mbx-used-weight-1m': '95' } });
    await scheduler.send(request({ pool: 'ip', weight: 5 }));
    const waiting = scheduler.send(request({ pool: 'ip', weight: 6 }));
    expect(scheduler.status().queued).toBe(1);
    clock.advance(20_000);
    await waiting;
  });
});

describe('a ban', () => {
  it('of a 418 stops every request of the client until its Retry-After, with the reason, and tells when it ends', async () => {
    const told: (number | undefined)[] = [];
    const scheduler = open({ onChange: () => void told.push(scheduler.status().ban?.until) });
    const from = clock.now();
    venue.reply = () => ({ status: 418, headers: { 'retry-after': '600' } });
    expect(await scheduler.send(request())).toMatchObject({ status: 418 });
    expect(told).toEqual([from + 600_000]);
    for (const changes of [{}, POST_ORDER, { priority: 'MARKET_DATA' } as const]) {
      expect(await failureOf(scheduler.send(request(changes)))).toMatchObject({
        kind: 'GATEWAY_DOWN',
        wasSent: 'NO',
        message: 'the venue answers nobody here until 2026-11-20T04:10:00.000Z: it answered HTTP 418',
      });
    }
    venue.reply = () => 200;
    const held = scheduler.send(request({ hold: true, deadlineAt: clock.now() + 900_000 }));
    clock.advance(599_999);
    expect(venue.received).toHaveLength(1);
    clock.advance(1);
    expect(await held).toMatchObject({ status: 200 });
    expect(told).toEqual([from + 600_000, undefined]);
  });

  it('without a Retry-After lasts two minutes, and is never made shorter', async () => {
    const scheduler = open();
    const from = clock.now();
    venue.reply = () => 'HANG';
    const two = [scheduler.send(request()), scheduler.send(request())];
    await until(() => venue.hanging.length === 2);
    venue.hanging[0]?.writeHead(418).end();
    await two[0];
    expect(scheduler.status().ban).toMatchObject({ from, until: from + 120_000 });
    venue.hanging[1]?.writeHead(418, { 'retry-after': '5' }).end();
    await two[1];
    expect(scheduler.status().ban?.until).toBe(from + 120_000);
  });

  it('is what the venue says is one: HTTP 403 for ten minutes', async () => {
    const banOf: RestRules['banOf'] = ({ status }) => (status === 403 ? { forMs: 600_000 } : undefined);
    const scheduler = open({ rules: { banOf } });
    venue.reply = () => 403;
    await scheduler.send(request());
    expect(scheduler.status().ban).toMatchObject({ until: clock.now() + 600_000, reason: 'it answered HTTP 403' });
  });

  it('holds for the other clients of the venue, and not for those of another one or through a proxy', async () => {
    const share = new RestShare({ clock });
    const proxy = stack.use(await startConnectProxy());
    const other = stack.use(await startRestVenue());
    const [first, same] = [open({ share }), open({ share })];
    const through = open({ share, proxy: `http://127.0.0.1:${proxy.port}` });
    venue.reply = () => 418;
    await first.send(request());
    expect(await failureOf(same.send(request()))).toMatchObject({ kind: 'GATEWAY_DOWN' });
    venue.reply = () => 200;
    expect(await through.send(request())).toMatchObject({ status: 200 });
    expect(await open({ share, url: other.url }).send(request())).toMatchObject({ status: 200 });
  });

  it('refuses what waits already, while what was sent is still answered', async () => {
    const scheduler = open({ mostUnderWay: 2 });
    venue.reply = () => 'HANG';
    const [banned, sent, waiting] = [1, 2, 3].map(() => scheduler.send(request()));
    await until(() => venue.hanging.length === 2);
    venue.hanging[0]?.writeHead(418).end();
    expect(await banned).toMatchObject({ status: 418 });
    expect(await failureOf(waiting as Promise<unknown>)).toMatchObject({ kind: 'GATEWAY_DOWN', wasSent: 'NO' });
    venue.hanging[1]?.end('{}');
    expect(await sent).toMatchObject({ status: 200 });
  });
});

describe('a gate', () => {
  it('that is closed refuses a producer once and sends nothing, and sends what is held when it opens', async () => {
    let closed: string | undefined = 'the gateway is DISCONNECTED';
    const drops: string[] = [];
    const scheduler = open({
      gate: (priority) => (priority === 'MARKET_DATA' ? closed : undefined),
      onDropped: (_, reason) => void drops.push(reason),
    });
    const pull = { priority: 'MARKET_DATA' } as const;
    let failures = 0;
    const failing = scheduler.send(request(pull)).catch((error: unknown) => {
      failures += 1;
      return error;
    });
    const held = scheduler.send(request({ ...pull, hold: true }));
    expect(await failing).toMatchObject({ kind: 'GATEWAY_DOWN', message: 'the gateway is DISCONNECTED' });
    expect([failures, venue.received.length, scheduler.status().dropped]).toEqual([1, 0, 1]);
    expect(drops).toEqual(['the gateway is DISCONNECTED']);
    closed = undefined;
    scheduler.gateChanged();
    expect(await held).toMatchObject({ status: 200 });
    expect([failures, venue.received.length]).toEqual([1, 1]);
  });
});

describe('workers', () => {
  it('three slow requests are under way at the same time, and no fourth', async () => {
    const scheduler = open();
    venue.reply = () => 'HANG';
    const answers = Array.from({ length: 5 }, () => scheduler.send(request()));
    await until(() => venue.hanging.length === 3);
    expect(scheduler.status()).toMatchObject({ underWay: 3, queued: 2 });
    venue.reply = () => 200;
    for (const response of venue.hanging) response.end('{}');
    await Promise.all(answers);
    expect(venue.received).toHaveLength(5);
  });
});

describe('stop', () => {
  it('ends what is under way, refuses the rest, and returns', async () => {
    const scheduler = open({ mostUnderWay: 1 });
    venue.reply = () => 'HANG';
    const failures = [1, 2].map(() => failureOf(scheduler.send(request(POST_ORDER))));
    await until(() => venue.hanging.length === 1);
    await scheduler.stop({ drain: false, timeoutMs: 0 });
    expect(await Promise.all(failures)).toMatchObject([
      { kind: 'CLIENT_STOPPED', wasSent: 'PERHAPS' },
      { kind: 'CLIENT_STOPPED', wasSent: 'NO' },
    ]);
    expect(await failureOf(scheduler.send(request()))).toMatchObject({ kind: 'CLIENT_STOPPED', wasSent: 'NO' });
    expect(venue.received).toHaveLength(1);
  });

  it('that drains waits for all of it', async () => {
    const scheduler = open({ mostUnderWay: 1 });
    venue.reply = () => 'HANG';
    const answers = [1, 2].map(() => scheduler.send(request()));
    await until(() => venue.hanging.length === 1);
    const stopped = scheduler.stop({ drain: true, timeoutMs: 10_000 });
    venue.reply = () => 200;
    venue.hanging[0]?.end('{}');
    expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }]);
    await stopped;
  });

  it('that drains ends what is under way when the time is over', async () => {
    const scheduler = open({ timeoutMs: 60_000 });
    venue.reply = () => 'HANG';
    const failing = failureOf(scheduler.send(request()));
    await until(() => venue.hanging.length === 1);
    const stopped = scheduler.stop({ drain: true, timeoutMs: 3_000 });
    clock.advance(3_000);
    await stopped;
    expect(await failing).toMatchObject({ kind: 'CLIENT_STOPPED', wasSent: 'PERHAPS' });
  });
});

describe('a proxy', () => {
  const ANN = { user: 'ann', password: 'p4ssw0rd' };

  it.each([
    ['http', startConnectProxy],
    ['socks5', startSocks5Proxy],
  ] as const)('of %s carries the requests; the status has it without user and password', async (scheme, start) => {
    const proxy = stack.use(await start(ANN));
    const scheduler = open({ proxy: `${scheme}://ann:p4ssw0rd@127.0.0.1:${proxy.port}` });
    expect(await scheduler.send(request())).toMatchObject({ status: 200 });
    expect(proxy.targets).toEqual([new URL(venue.url).host]);
    expect(scheduler.status().proxy).toBe(`${scheme}://(hidden)@127.0.0.1:${proxy.port}`);
    expect(JSON.stringify(scheduler.status())).not.toContain('p4ssw0rd');
  });

  it('that refuses us is a failure without its password in the reason, and nothing was sent', async () => {
    const proxy = stack.use(await startConnectProxy(ANN));
    const scheduler = open({ proxy: `http://ann:wr0ngw0rd@127.0.0.1:${proxy.port}` });
    const failure = await failureOf(scheduler.send(request({ mostRepeats: 0 })));
    expect(failure).toMatchObject({ wasSent: 'NO', message: 'the proxy answered with status 407' });
    expect(JSON.stringify(scheduler.status())).not.toContain('wr0ngw0rd');
  });

  it('of no known kind is refused without being quoted', () => {
    const given = { clock, url: venue.url, proxy: 'ftp://ann:p4ssw0rd@127.0.0.1' };
    expect(() => openScheduler(clock, given)).toThrow(TypeError);
    expect(() => openScheduler(clock, given)).not.toThrow(/p4ssw0rd/);
  });
});

describe('the log', () => {
  const SECRETS = ['my-api-key', 'my-secret', 'my-passphrase', 'c0ffee-signature', 't0ken'];
  const signed = (): ReturnType<typeof request> =>
    request({
      target: '/private?symbol=BTC',
      compose: () => ({
        method: 'GET',
        target: '/private?symbol=BTC&signature=c0ffee-signature',
        headers: { 'X-MBX-APIKEY': 'my-api-key', 'ok-access-passphrase': 'my-passphrase', 'x-note': 'my-secret' },
        body: '',
      }),
    });

  it('has a line for each attempt, and the whole request without a secret of those that failed', async () => {
    const lines: [AttemptReport, string | null][] = [];
    const scheduler = open({
      secrets: ['my-api-key', 'my-secret', 'my-passphrase'],
      onAttempt: (...line) => void lines.push(line),
    });
    venue.reply = () => {
      if (venue.received.length === 1) return 'DROP';
      return venue.received.length === 2 ? { status: 503, body: '{"token":"t0ken","saw":"my-secret"}' } : 200;
    };
    const answer = scheduler.send(signed());
    for (const count of [1, 2]) {
      await settled(venue, scheduler, count);
      clock.advance(500);
    }
    await answer;
    expect(lines.map(([attempt]) => attempt)).toMatchObject([
      {
        method: 'GET',
        path: '/private',
        status: null,
        attempt: 1,
        failure: expect.stringMatching(/ECONNRESET|hang up/),
      },
      { method: 'GET', path: '/private', status: 503, attempt: 2, failure: null, latencyMs: 0 },
      { method: 'GET', path: '/private', status: 200, attempt: 3, failure: null, latencyMs: 0 },
    ]);
    const texts = lines.map(([, text]) => text);
    expect(texts[0]).toContain('request: GET /private error because terminated');
    expect(texts[1]).toContain('params: symbol=BTC&signature=(hidden)');
    expect(texts[2]).toBeNull();
    for (const secret of SECRETS) expect(JSON.stringify(lines)).not.toContain(secret);
  });

  it('and the status show no secret of what was sent and received last', async () => {
    const scheduler = open({ secrets: ['my-api-key', 'my-secret', 'my-passphrase'] });
    venue.reply = () => ({ status: 200, body: '{"token":"t0ken","saw":"my-secret"}' });
    await scheduler.send(signed());
    const { lastSentText, lastReceivedText } = scheduler.status();
    expect(lastSentText).toBe('GET /private?symbol=BTC&signature=(hidden)');
    expect(lastReceivedText).toBe('{"token":"(hidden)","saw":"(hidden)"}');
  });
});
