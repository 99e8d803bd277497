import { describe, expect, it } from 'vitest';
import type { PlaceOutcome } from '../../../src/exchanges/gateways.ts';
import type { ReceivedRequest } from './simulated-account.ts';
import { type CarriedVenue, CREDENTIALS, openVenueDesk, type VenueDesk } from './venue-desk.ts';

export interface VenueUnderTest extends CarriedVenue {
  isPlacing(request: ReceivedRequest): boolean;
  isCancelling(request: ReceivedRequest): boolean;
  isAskingForOne(request: ReceivedRequest): boolean;
  /** The names and values of what a request to place an order sends. */
  sentOf(request: ReceivedRequest): Readonly<Record<string, string>>;
  /** What an order `a` of 0.1 at 30000 sends, without what changes with the time. */
  readonly sentOrder: Readonly<Record<string, string>>;
  /** The headers of it beside those that every client of HTTP sends. */
  readonly sentHeaders: readonly string[];
  /** The venue's code for an order that the account has not enough for. */
  readonly refusalCode: string;
}

const COMMON_HEADERS = ['accept', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];

/** `OPEN`, or the code of the refusal. */
function shown(outcome: PlaceOutcome | { readonly type: 'NOT_FOUND' }): string {
  if (outcome.type === 'ORDER') return outcome.order.status;
  return outcome.type === 'REFUSED' ? outcome.code : 'NOT_FOUND';
}

/** What waits for a push, or for a repeat, while time passes. */
async function inTime<Value>(desk: VenueDesk, asked: Promise<Value>): Promise<Value> {
  let isDone = false;
  const done = asked.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  while (!isDone) await desk.pass(500);
  return done;
}

/** How an account at a real venue behaves, over real sockets of a simulated one. */
export function describeVenueAccount(venue: VenueUnderTest): void {
  const { isPlacing, isCancelling, isAskingForOne } = venue;
  const open = async (options = {}): Promise<VenueDesk> => {
    const desk = await openVenueDesk(venue, options);
    await desk.untilState('CONNECTED');
    return desk;
  };

  describe('the login', () => {
    it('opens the stream, and then the account is compared with the venue', async () => {
      await using desk = await open();
      expect(desk.venue.sockets.attempts).toBe(1);
      expect(desk.balances.map(({ currency, total }) => [currency, total])).toEqual([['USDT', '1000']]);
      expect(await desk.session.openOrders()).toEqual([]);
    });

    it('is tried again after growing delays when the venue refuses it, and never at once', async () => {
      await using desk = await openVenueDesk(venue, { acceptsLogin: false });
      const startedAt = desk.clock.now();
      const attemptsAt: number[] = [];
      while (attemptsAt.length < 8) {
        await desk.pass(500);
        while (attemptsAt.length < desk.venue.sockets.attempts) attemptsAt.push(desk.clock.now() - startedAt);
      }
      const delays = attemptsAt.slice(1).map((at, index) => at - (attemptsAt[index] ?? 0));
      expect(Math.min(...delays.slice(3))).toBeGreaterThan(2_000);
      expect(attemptsAt.at(-1)).toBeGreaterThan(30_000);
      expect(shown(await desk.session.placeOrder(desk.order('a')))).toBe('GATEWAY_DOWN');
      expect(desk.venue.requests.filter(({ method }) => method === 'POST')).toEqual([]);
    });

    it('shows neither keys nor signatures, whatever the venue quotes of them', async () => {
      await using desk = await openVenueDesk(venue, { acceptsLogin: false });
      await desk.untilState('DISCONNECTED');
      const refusedLogin = JSON.stringify([desk.gateway.status(), desk.logged]);
      const sent = desk.venue.sockets.connections.flatMap(({ texts }) => texts).join();
      const signatures = [...sent.matchAll(/[0-9a-f]{64}/g)].map(([text]) => text);
      expect(signatures.length).toBeGreaterThan(0);
      desk.venue.acceptsLogin = true;
      await desk.untilState('CONNECTED');
      await desk.session.placeOrder(desk.order('a'));
      // What a venue refuses is logged in full.
      await desk.session.placeOrder(desk.order('big', { volume: '5000' }));
      await desk.pass(1_000);
      const working = JSON.stringify([desk.gateway.status(), desk.logged]);
      for (const secret of [CREDENTIALS.apiKey, CREDENTIALS.secret, ...signatures]) {
        expect(refusedLogin).not.toContain(secret);
        expect(working).not.toContain(secret);
      }
      expect(refusedLogin).toContain('(hidden)');
      expect(working).not.toMatch(/[0-9a-f]{64}/);
    });
  });

  describe('placing an order', () => {
    it('sends what was asked for and nothing else: the clientOrderId as it is, and no id of a broker', async () => {
      await using desk = await open();
      expect(shown(await desk.session.placeOrder(desk.order('a')))).toBe('OPEN');
      const [request, ...others] = desk.venue.requests.filter(isPlacing);
      if (request === undefined || others.length > 0) throw new Error('wanted one request');
      expect(venue.sentOf(request)).toEqual(venue.sentOrder);
      const names = Object.keys(request.headers).filter((name) => !COMMON_HEADERS.includes(name));
      expect(names.sort()).toEqual([...venue.sentHeaders].sort());
      expect(desk.venue.taken).toEqual(['a']);
      expect(await desk.story()).toEqual(['ACCEPTED a']);
    });

    it('answers a market order as it was filled', async () => {
      await using desk = await open();
      const request = desk.order('m', { type: 'MARKET', price: null, timeInForce: null });
      const outcome = await desk.session.placeOrder(request);
      expect(outcome).toMatchObject({
        type: 'ORDER',
        order: { status: 'FILLED', filledVolume: '0.1', averagePrice: '60000', clientOrderId: 'm' },
      });
      expect(await desk.story()).toEqual(['ACCEPTED m', 'FILLED m 0.1']);
    });

    it('tells each fill once, however often and in however many ways the venue says it', async () => {
      await using desk = await open();
      await desk.session.placeOrder(desk.order('a'));
      desk.venue.trade('a', '0.04');
      await desk.untilTold(2);
      desk.venue.disconnect();
      await desk.untilState('DISCONNECTED');
      await desk.untilState('CONNECTED');
      desk.venue.trade('a', '0.06');
      await desk.untilTold(3);
      // The lists are read again every minute.
      await desk.pass(125_000);
      await desk.restart();
      await desk.untilState('CONNECTED');
      expect(await desk.story()).toEqual(['ACCEPTED a', 'PARTIALLY_FILLED a 0.04', 'FILLED a 0.06']);
      const last = (await desk.events()).at(-1)?.order;
      expect(last?.fills.map(({ fee, feeCurrency }) => [fee, feeCurrency])).toEqual([
        ['0.01', 'BNB'],
        ['0.01', 'BNB'],
      ]);
    });

    it("answers the venue's refusal with its code", async () => {
      await using desk = await open();
      const refused = { type: 'REFUSED', code: 'ORDER_REJECTED', venueCode: venue.refusalCode };
      expect(await desk.session.placeOrder(desk.order('big', { volume: '5000' }))).toMatchObject(refused);
      expect(await desk.story()).toEqual(['REJECTED big']);
      expect(desk.venue.taken).toEqual([]);
    });

    it('finds out by its clientOrderId what became of an order whose answer and push were lost, without sending it again', async () => {
      await using desk = await open();
      desk.venue.isPushing = false;
      desk.venue.interfere = (request) => {
        if (isPlacing(request)) return 'DROP_AFTER';
        return isAskingForOne(request) ? { status: 503, body: 'busy' } : 'PASS';
      };
      expect(shown(await inTime(desk, desk.session.placeOrder(desk.order('a'))))).toBe('UNKNOWN');
      expect(await desk.story()).toEqual(['UPDATED a']);
      desk.venue.interfere = () => 'PASS';
      expect(await desk.untilTold(2)).toEqual(['UPDATED a', 'ACCEPTED a']);
      expect(shown(await desk.session.placeOrder(desk.order('a')))).toBe('OPEN');
      expect(desk.venue.taken).toEqual(['a']);
      expect(desk.venue.requests.filter(isPlacing)).toHaveLength(1);
      const asked = desk.venue.requests.filter(isAskingForOne);
      expect(asked.every(({ query }) => [...query.values()].includes('a'))).toBe(true);
    });

    it.each(['DROP_BEFORE' as const, { status: 500, body: '{}' }, { status: 504, body: '<html>' }])(
      'never sends an order again of which it is not known whether it arrived, after %j',
      async (fate) => {
        await using desk = await open();
        desk.venue.interfere = (request) => (isPlacing(request) ? fate : 'PASS');
        expect(shown(await inTime(desk, desk.session.placeOrder(desk.order('a'))))).toBe('UNKNOWN');
        expect(await desk.untilTold(2)).toEqual(['UPDATED a', 'REJECTED a']);
        expect(shown(await desk.session.placeOrder(desk.order('a')))).toBe('ORDER_REJECTED');
        expect(desk.venue.requests.filter(isPlacing)).toHaveLength(1);
      },
    );

    it('is refused as long as trading at real venues is off, while everything else works', async () => {
      await using desk = await open({ tradingEnabled: false });
      expect(shown(await desk.session.placeOrder(desk.order('a')))).toBe('TRADING_DISABLED');
      desk.venue.place({ ...desk.order('foreign'), price: '30000', type: 'LIMIT' });
      await desk.untilTold(1);
      expect(shown(await desk.session.cancelOrder({ clientOrderId: 'foreign' }))).toBe('TRADING_DISABLED');
      expect(desk.venue.requests.filter((request) => isPlacing(request) || isCancelling(request))).toEqual([]);
      expect(await desk.session.openOrders()).toMatchObject([{ clientOrderId: 'foreign', status: 'OPEN' }]);
      expect(await desk.story()).toEqual(['ACCEPTED foreign']);
    });
  });

  describe('cancelling an order', () => {
    it('answers the order as cancelled under its own id, by either id', async () => {
      await using desk = await open();
      const a = await desk.session.placeOrder(desk.order('a'));
      await desk.session.placeOrder(desk.order('b'));
      const orderId = a.type === 'ORDER' ? a.order.orderId : '';
      expect(shown(await desk.session.cancelOrder({ orderId }))).toBe('CANCELLED');
      expect(shown(await desk.session.cancelOrder({ clientOrderId: 'b' }))).toBe('CANCELLED');
      expect(await desk.story()).toEqual(['ACCEPTED a', 'ACCEPTED b', 'CANCELLED a', 'CANCELLED b']);
    });

    it('learns from the venue what it did not know of an order that cannot be cancelled any more', async () => {
      await using desk = await open();
      await desk.session.placeOrder(desk.order('a'));
      desk.venue.isPushing = false;
      desk.venue.trade('a', '0.1');
      expect(shown(await inTime(desk, desk.session.cancelOrder({ clientOrderId: 'a' })))).toBe('ORDER_REJECTED');
      expect((await desk.session.order({ clientOrderId: 'a' }))?.status).toBe('FILLED');
    });

    it('knows no order that never was', async () => {
      await using desk = await open();
      expect(shown(await desk.session.cancelOrder({ orderId: '99' }, venue.symbol))).toBe('NOT_FOUND');
      expect(await desk.session.order({ clientOrderId: 'none' })).toBeUndefined();
    });

    it('says that it is not known when the answer is lost, and may be asked again', async () => {
      await using desk = await open();
      await desk.session.placeOrder(desk.order('a'));
      desk.venue.interfere = (request) => (isCancelling(request) ? 'DROP_BEFORE' : 'PASS');
      await expect(inTime(desk, desk.session.cancelOrder({ clientOrderId: 'a' }))).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
      desk.venue.interfere = () => 'PASS';
      expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('CANCELLED');
    });
  });

  it('learns after a lost connection what happened meanwhile, each thing once', async () => {
    await using desk = await open();
    await desk.session.placeOrder(desk.order('a'));
    await desk.session.placeOrder(desk.order('b'));
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    desk.venue.trade('a', '0.03');
    desk.clock.advance(1);
    const b = desk.venue.find({ clientOrderId: 'b' });
    if (b !== undefined) desk.venue.cancel(b);
    desk.clock.advance(1);
    desk.venue.place({ ...desk.order('other'), price: '31000', type: 'LIMIT' });
    desk.clock.advance(1);
    desk.venue.trade('other', '0.1');
    await desk.untilState('CONNECTED');
    const told = await desk.story();
    expect([...told].sort()).toEqual([
      'ACCEPTED a',
      'ACCEPTED b',
      'ACCEPTED other',
      'CANCELLED b',
      'FILLED other 0.1',
      'PARTIALLY_FILLED a 0.03',
    ]);
    await desk.pass(125_000);
    expect(await desk.story()).toEqual(told);
  });
}
