import { describe, expect, it } from 'vitest';
import { startProxy } from '../../support/proxy.ts';
import { type AccountDesk, openAccountDesk, order, shown } from './account-desk.ts';

const PLACE = '/api/v5/trade/order';

/** The orders that the venue ever took, by clientOrderId. */
const taken = ({ venue }: AccountDesk): string[] => [...new Set(venue.facts().orderRows.map(({ clOrdId }) => clOrdId))];

describe('placing an order', () => {
  it('answers the order as the venue has taken it, and tells that it was accepted', async () => {
    await using desk = await openAccountDesk();
    const outcome = await desk.session.placeOrder(order('a'));
    expect(outcome).toMatchObject({
      type: 'ORDER',
      order: { clientOrderId: 'a', status: 'OPEN', price: '30000', volume: '0.1', filledVolume: '0', fills: [] },
    });
    expect(outcome.type === 'ORDER' && outcome.order.orderId).toMatch(/^\d+$/);
    expect(await desk.story()).toEqual(['ACCEPTED a']);
    expect(await desk.session.openOrders()).toHaveLength(1);
  });

  it('answers a market order as it was filled', async () => {
    await using desk = await openAccountDesk();
    const request = order('m', { type: 'MARKET', price: null, timeInForce: null, volume: '0.001' });
    const outcome = await desk.session.placeOrder(request);
    expect(outcome).toMatchObject({ type: 'ORDER', order: { status: 'FILLED', filledVolume: '0.001' } });
    expect(await desk.story()).toEqual(['ACCEPTED m', 'FILLED m 0.001']);
    expect(await desk.session.openOrders()).toEqual([]);
  });

  it('tells each part that is filled, and the end', async () => {
    await using desk = await openAccountDesk();
    const price = desk.venue.outside.quotes('BTC-USDT').bids[0]?.px ?? '';
    await desk.session.placeOrder(order('p', { price }));
    desk.venue.outside.trade('BTC-USDT', price, '0.04');
    await desk.untilTold(2);
    desk.venue.outside.trade('BTC-USDT', price, '5');
    expect(await desk.untilTold(3)).toEqual(['ACCEPTED p', 'PARTIALLY_FILLED p 0.04', 'FILLED p 0.06']);
    const last = (await desk.events()).at(-1)?.order;
    expect(last).toMatchObject({ status: 'FILLED', filledVolume: '0.10', remainingVolume: '0', averagePrice: price });
    expect(last?.fills).toHaveLength(2);
  });

  it('sends nothing for a repeat with the same content, however its decimals are written', async () => {
    await using desk = await openAccountDesk();
    const [first, ...others] = await Promise.all([
      desk.session.placeOrder(order('a')),
      desk.session.placeOrder(order('a')),
      desk.session.placeOrder(order('a', { volume: '0.10', price: '30000.00' })),
    ]);
    expect(others).toEqual([first, first]);
    expect(await desk.session.placeOrder(order('a'))).toEqual(first);
    await desk.restart();
    // Before the venue was asked anything.
    expect(await desk.session.placeOrder(order('a'))).toEqual(first);
    await desk.untilState('CONNECTED');
    expect(await desk.session.placeOrder(order('a'))).toEqual(first);
    expect(taken(desk)).toEqual(['a']);
  });

  it('refuses an id that was used for another order', async () => {
    await using desk = await openAccountDesk();
    const outcomes = await Promise.all([
      desk.session.placeOrder(order('a')),
      desk.session.placeOrder(order('a', { volume: '0.2' })),
    ]);
    expect(outcomes.map(shown)).toEqual(['OPEN', 'BAD_USER_INPUT']);
    expect(shown(await desk.session.placeOrder(order('a', { side: 'SELL' })))).toBe('BAD_USER_INPUT');
    expect(taken(desk)).toEqual(['a']);
  });

  it("answers the venue's refusal, and tells it once", async () => {
    await using desk = await openAccountDesk();
    const request = order('big', { volume: '1000000' });
    const refused = { type: 'REFUSED', code: 'ORDER_REJECTED', venueCode: '51008' };
    expect(await desk.session.placeOrder(request)).toMatchObject(refused);
    expect(await desk.session.placeOrder(request)).toMatchObject(refused);
    await desk.restart();
    expect(await desk.session.placeOrder(request)).toMatchObject(refused);
    expect(await desk.story()).toEqual(['REJECTED big']);
  });

  it('refuses while the gateway is switched off, away or reconciling, and forgets the id', async () => {
    await using desk = await openAccountDesk();
    desk.gateway.setEnabled(false);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('GATEWAY_DOWN');
    desk.venue.interfere = ({ path }) => (path.endsWith('orders-pending') ? { status: 503, body: 'no' } : 'PASS');
    desk.gateway.setEnabled(true);
    await desk.untilState('RECONCILING');
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('GATEWAY_DOWN');
    desk.venue.interfere = undefined;
    await desk.untilReconciled();
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('GATEWAY_DOWN');
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    expect(taken(desk)).toEqual(['a']);
  });

  it('does not lose the order when the answer is lost', async () => {
    await using desk = await openAccountDesk();
    desk.venue.interfere = ({ method, path }) => (method === 'POST' && path === PLACE ? 'DROP_AFTER' : 'PASS');
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    expect(await desk.story()).toEqual(['ACCEPTED a']);
    expect(taken(desk)).toEqual(['a']);
  });

  it.each([['DROP_BEFORE' as const], [{ status: 500, body: 'oops' }], [{ status: 200, body: '<html>' }]])(
    'never sends an order again of which it is not known whether it arrived, after %j',
    async (fate) => {
      await using desk = await openAccountDesk();
      desk.venue.interfere = ({ method, path }) => (method === 'POST' && path === PLACE ? fate : 'PASS');
      expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
      desk.venue.interfere = undefined;
      expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
      expect(await desk.story()).toEqual(['UPDATED a']);
      expect(await desk.untilToldInTime(2)).toEqual(['UPDATED a', 'REJECTED a']);
      expect(shown(await desk.session.placeOrder(order('a')))).toBe('ORDER_REJECTED');
      expect(taken(desk)).toEqual([]);
    },
  );

  it('finds an order of which it was not known whether it arrived by asking, over a restart', async () => {
    await using desk = await openAccountDesk();
    // The venue acts, but neither its answer nor its push arrives.
    desk.venue.interfere = ({ method, path }) => {
      if (method === 'POST' && path === PLACE) {
        desk.venue.disconnect();
        return 'DROP_AFTER';
      }
      return path === PLACE ? { status: 503, body: 'no' } : 'PASS';
    };
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
    await desk.restart();
    desk.venue.interfere = undefined;
    await desk.untilReconciled();
    expect(await desk.untilTold(2)).toEqual(['UPDATED a', 'ACCEPTED a']);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    expect(taken(desk)).toEqual(['a']);
  });

  it('refuses as gateway down what certainly never left, and takes the id again', async () => {
    const target = { port: 0 };
    const proxy = await startProxy(() => target.port);
    await using desk = await openAccountDesk({
      restUrl: (venue) => {
        target.port = venue.port;
        return proxy.url;
      },
    });
    await proxy.close();
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('GATEWAY_DOWN');
    expect(await desk.story()).toEqual([]);
    await proxy.open();
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    expect(taken(desk)).toEqual(['a']);
  });
});

describe('cancelling an order', () => {
  it('answers the order as cancelled, by either id', async () => {
    await using desk = await openAccountDesk();
    const a = await desk.session.placeOrder(order('a'));
    await desk.session.placeOrder(order('b'));
    const orderId = a.type === 'ORDER' ? a.order.orderId : '';
    expect(shown(await desk.session.cancelOrder({ orderId }))).toBe('CANCELLED');
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'b' }))).toBe('CANCELLED');
    expect(await desk.story()).toEqual(['ACCEPTED a', 'ACCEPTED b', 'CANCELLED a', 'CANCELLED b']);
  });

  it('refuses for an order that has ended, and knows none that never was', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('m', { type: 'MARKET', price: null, volume: '0.001' }));
    await desk.untilTold(2);
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'm' }))).toBe('ORDER_REJECTED');
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'none' }))).toBe('NOT_FOUND');
    expect(shown(await desk.session.cancelOrder({ orderId: '99999999' }, 'BTC-USDT'))).toBe('NOT_FOUND');
  });

  it('says that it is not known when the answer is lost, and may be asked again', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    desk.venue.interfere = ({ path }) => (path.endsWith('cancel-order') ? 'DROP_BEFORE' : 'PASS');
    await expect(desk.session.cancelOrder({ clientOrderId: 'a' })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    desk.venue.interfere = undefined;
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('CANCELLED');
  });

  it('refuses while the gateway is away', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('GATEWAY_DOWN');
  });
});

describe('asking for one order', () => {
  it('answers what is known, else what the venue says, else nothing', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    expect(await desk.session.order({ clientOrderId: 'a' })).toMatchObject({ clientOrderId: 'a', status: 'OPEN' });
    expect(await desk.session.order({ clientOrderId: 'none' })).toBeUndefined();
    expect(await desk.session.order({ orderId: '4711' })).toBeUndefined();
  });

  it('fails when the venue cannot be asked', async () => {
    await using desk = await openAccountDesk();
    desk.venue.interfere = () => ({ status: 503, body: 'no' });
    await expect(desk.session.order({ orderId: '4711' })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
