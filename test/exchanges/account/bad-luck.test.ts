import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/domain/errors.ts';
import type { OutsideOrder } from '../../../src/simulator/paper/outside.ts';
import { openAccountDesk, order, shown } from './account-desk.ts';

const PLACE = '/api/v5/trade/order';
const DAY_MS = 86_400_000;
const RESTING: OutsideOrder = { instId: 'BTC-USDT', side: 'buy', ordType: 'limit', px: '30000', sz: '0.1' };
const NO_SUCH_ORDER = { status: 200, body: JSON.stringify({ code: '51603', msg: 'no such order', data: [] }) };
const NO_ROWS = { status: 200, body: JSON.stringify({ code: '0', msg: '', data: [] }) };

describe('an order that was written down by a process that ended', () => {
  it('is known under its own key when the venue has it, and never told as refused afterwards', async () => {
    let isKilled = true;
    await using desk = await openAccountDesk({
      wrapJournal: (journal) => ({
        ...journal,
        submit: async (submission) => {
          const earlier = await journal.submit(submission);
          if (isKilled) throw new Error('killed');
          return earlier;
        },
      }),
    });
    await expect(desk.session.placeOrder(order('a'))).rejects.toThrow('killed');
    await desk.gateway.stop();
    isKilled = false;
    desk.venue.outside.place({ ...RESTING, clOrdId: 'a' });
    await desk.restart();
    await desk.untilState('CONNECTED');
    expect((await desk.events()).map(({ order: { orderKey } }) => orderKey)).toEqual(['own:a']);
    desk.venue.outside.trade('BTC-USDT', '30000', '0.1');
    await desk.untilTold(2);
    desk.clock.advance(2 * DAY_MS);
    desk.venue.interfere = ({ method, path }) => (method === 'GET' && path === PLACE ? NO_SUCH_ORDER : 'PASS');
    await desk.restart();
    await desk.untilReconciled();
    await desk.pass(60_000);
    expect(await desk.story()).toEqual(['ACCEPTED a', 'FILLED a 0.1']);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('FILLED');
  });
});

describe('a clientOrderId that the venue has already', () => {
  it('is that very order when its request arrived twice', async () => {
    await using desk = await openAccountDesk();
    desk.venue.interfere = ({ method, path }) => {
      // The first arrives in time, the second is the one that is answered.
      if (method === 'POST' && path === PLACE) desk.venue.outside.place({ ...RESTING, clOrdId: 'a' });
      return 'PASS';
    };
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    desk.venue.interfere = undefined;
    expect(await desk.story()).toEqual(['ACCEPTED a']);
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('CANCELLED');
  });

  it('refuses an order when another one has it, which can still be found and cancelled by it', async () => {
    await using desk = await openAccountDesk();
    const orderId = desk.venue.outside.place({ ...RESTING, px: '31000', sz: '0.3', clOrdId: 'a' });
    await desk.untilTold(1);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('ORDER_REJECTED');
    expect(await desk.story()).toEqual(['ACCEPTED a', 'REJECTED a']);
    expect(await desk.session.order({ clientOrderId: 'a' })).toMatchObject({ orderId, status: 'OPEN' });
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('CANCELLED');
  });
});

describe('an order that the venue does not list', () => {
  it('is not cancelled because the lists of the venue are late', async () => {
    await using desk = await openAccountDesk();
    await desk.pass(59_000);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
    desk.venue.interfere = ({ method, path }) => {
      if (method === 'GET' && path === PLACE) return NO_SUCH_ORDER;
      return path.endsWith('orders-pending') ? NO_ROWS : 'PASS';
    };
    await desk.pass(2_000);
    desk.venue.interfere = undefined;
    await desk.pass(130_000);
    expect(await desk.story()).toEqual(['ACCEPTED a']);
  });

  it('is cancelled when the venue has not known it for minutes', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    desk.venue.interfere = ({ method, path }) => {
      if (method === 'GET' && path === PLACE) return NO_SUCH_ORDER;
      return path.endsWith('orders-pending') ? NO_ROWS : 'PASS';
    };
    await desk.pass(200_000);
    expect(await desk.story()).toEqual(['ACCEPTED a', 'CANCELLED a']);
  });
});

describe('an account that was not compared for days', () => {
  it('is asked for everything since, however much was learned in another way', async () => {
    await using desk = await openAccountDesk();
    await desk.gateway.stop();
    desk.venue.outside.place({ ...RESTING, clOrdId: 'first' });
    desk.venue.outside.trade('BTC-USDT', '30000', '0.1');
    desk.clock.advance(2 * DAY_MS);
    desk.venue.outside.place({ ...RESTING, clOrdId: 'second' });
    await desk.restart();
    await desk.untilReconciled();
    expect(await desk.story()).toEqual(['ACCEPTED first', 'FILLED first 0.1', 'ACCEPTED second']);
  });
});

describe('while the journal is away', () => {
  it('an order that was sent is answered as UNKNOWN in bounded time, and told once it can be stored', async () => {
    let isAway = false;
    await using desk = await openAccountDesk({
      wrapJournal: (journal) => ({
        ...journal,
        record: async (accountCookie, changes) => {
          if (isAway) throw new CodedError('UPSTREAM_UNAVAILABLE', 'the store is away');
          return journal.record(accountCookie, changes);
        },
        submit: async (submission) => {
          const earlier = await journal.submit(submission);
          isAway = true;
          return earlier;
        },
      }),
    });
    let outcome: string | undefined;
    void desk.session.placeOrder(order('a')).then((answer) => {
      outcome = shown(answer);
    });
    await desk.pass(10_000);
    expect(outcome).toBe('UNKNOWN');
    isAway = false;
    expect(await desk.untilToldInTime(1)).toEqual(['ACCEPTED a']);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
  });
});

describe('the gate', () => {
  it('is asked again right before an order is sent', async () => {
    let onSubmit = (): void => {};
    await using desk = await openAccountDesk({
      wrapJournal: (journal) => ({
        ...journal,
        submit: async (submission) => {
          const earlier = await journal.submit(submission);
          onSubmit();
          return earlier;
        },
      }),
    });
    onSubmit = () => desk.gateway.setEnabled(false);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('GATEWAY_DOWN');
    expect(desk.venue.facts().orderRows).toEqual([]);
    onSubmit = () => {};
    desk.gateway.setEnabled(true);
    await desk.untilReconciled();
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
  });

  it('stays open when a comparison fails while the connection stands', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    desk.venue.interfere = ({ path }) => (path.endsWith('orders-pending') ? { status: 429, body: '' } : 'PASS');
    await desk.pass(61_000);
    expect(desk.gateway.status().state).toBe('DEGRADED');
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('OPEN');
    expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('CANCELLED');
  });

  it('lets a cancel through while the orders are still compared', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    desk.venue.interfere = ({ path }) => (path.endsWith('orders-pending') ? { status: 503, body: '' } : 'PASS');
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    while (desk.gateway.status().connections.find(({ kind }) => kind === 'PRIVATE')?.state !== 'RECONCILING') {
      await desk.pass(500);
    }
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('GATEWAY_DOWN');
    const cancelled = desk.session.cancelOrder({ clientOrderId: 'a' });
    // What is pushed waits for the comparison: it is asked for after a while.
    await desk.pass(2_000);
    expect(shown(await cancelled)).toBe('CANCELLED');
  });
});

it('an UNKNOWN order is asked for by one chain of questions, over however many connections', async () => {
  await using desk = await openAccountDesk();
  desk.venue.interfere = ({ method, path }) => {
    if (path !== PLACE) return 'PASS';
    return method === 'POST' ? 'DROP_BEFORE' : { status: 503, body: '' };
  };
  expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
  await desk.pass(2_000);
  const pending = desk.clock.pending;
  for (let count = 0; count < 4; count++) {
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    await desk.untilReconciled();
  }
  await desk.pass(1_000);
  expect(desk.clock.pending).toBeLessThanOrEqual(pending + 1);
});

it('holdings are asked for only when they are followed', async () => {
  await using desk = await openAccountDesk({ channels: ['orders'] });
  expect(desk.balances).toEqual([]);
  expect(desk.positions).toEqual([]);
});
