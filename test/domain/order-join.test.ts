import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals } from '../../src/domain/decimal-text.ts';
import type { LiveOrder } from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES, ORDER_STATUSES } from '../../src/domain/order.ts';
import { joinOrders, orderOfRequest, refusedOrder, withFills } from '../../src/domain/order-join.ts';
import { filledBy, fillOf, orderHistories, reported, request, retold } from '../support/order-histories.ts';

const joined = (states: readonly LiveOrder[]) => states.reduce(joinOrders);

describe('a state of an order', () => {
  it('is made of a report', () => {
    expect(reported({ status: 'OPEN', filledVolume: '0.40', averagePrice: '99' })).toEqual({
      source: 'REALTIME',
      gateway: 'paper',
      accountCookie: 'paper',
      orderKey: 'own:mine1',
      orderId: 'v1',
      clientOrderId: 'mine1',
      tradingDay: null,
      symbol: 'BTC-USDT',
      instrumentId: 'BTC-USDT',
      exchangeId: null,
      side: 'BUY',
      offset: 'OPEN',
      type: 'LIMIT',
      timeInForce: 'GTC',
      status: 'PARTIALLY_FILLED',
      price: '100',
      volume: '1.00',
      filledVolume: '0.40',
      remainingVolume: '0.60',
      averagePrice: '99',
      statusMessage: null,
      venueCode: null,
      createdAt: 1000,
      updatedAt: 1000,
      fills: [],
    });
  });

  it('is made of a request that waits for an answer', () => {
    expect(orderOfRequest(request, 'UNKNOWN', 990)).toMatchObject({
      orderKey: 'own:mine1',
      orderId: 'mine1',
      clientOrderId: 'mine1',
      status: 'UNKNOWN',
      filledVolume: '0',
      remainingVolume: '1.00',
      createdAt: 990,
      updatedAt: null,
      fills: [],
    });
  });

  it('is made of a refusal, which wins over waiting', () => {
    const refused = refusedOrder(request, { code: '51008', reason: 'insufficient balance', at: 1005 });
    expect(refused).toMatchObject({ status: 'REJECTED', venueCode: '51008', statusMessage: 'insufficient balance' });
    expect(refused.updatedAt).toBe(1005);
    expect(joinOrders(refused, orderOfRequest(request, 'UNKNOWN', 990))).toEqual({ ...refused, createdAt: 990 });
  });
});

describe('joinOrders', () => {
  it('tells the same of a history in whatever order and however often it is told', () => {
    const told = orderHistories.chain((history) => fc.tuple(fc.constant(history), retold(history)));
    fc.assert(
      fc.property(told, ([history, again]) => {
        expect(joined(again)).toEqual(joined(history));
      }),
      { numRuns: 2000 },
    );
  });

  it('is idempotent, commutative and associative', () => {
    const triples = orderHistories.chain((history) => {
      const part = fc.array(fc.constantFrom(...history), { minLength: 1, maxLength: 3 }).map(joined);
      return fc.tuple(part, part, part);
    });
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        expect(joinOrders(a, a)).toEqual(a);
        expect(joinOrders(a, b)).toEqual(joinOrders(b, a));
        expect(joinOrders(joinOrders(a, b), c)).toEqual(joinOrders(a, joinOrders(b, c)));
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes a filled volume or an end back, and never has more in fills than was filled', () => {
    const told = orderHistories.chain(retold);
    fc.assert(
      fc.property(told, (states) => {
        let order = states[0] ?? reported();
        for (const state of states) {
          const next = joinOrders(order, state);
          expect(compareDecimals(next.filledVolume ?? '0', order.filledVolume ?? '0')).toBeGreaterThanOrEqual(0);
          expect(compareDecimals(filledBy(next), next.filledVolume ?? '0')).toBeLessThanOrEqual(0);
          if (FINISHED_ORDER_STATUSES.includes(order.status)) expect(FINISHED_ORDER_STATUSES).toContain(next.status);
          order = next;
        }
      }),
    );
  });

  it('holds every fill once, oldest first, which add up to what was filled when all are told', () => {
    fc.assert(
      fc.property(orderHistories, (history) => {
        const order = joined(history);
        const tradeIds = new Set(history.flatMap(({ fills }) => fills.map(({ tradeId }) => tradeId)));
        expect(order.fills.map(({ tradeId }) => tradeId)).toEqual([...tradeIds].sort());
        if (order.volume !== request.volume) return;
        expect(compareDecimals(filledBy(order), order.filledVolume ?? '0')).toBe(0);
      }),
    );
  });

  it('takes the status of higher rank', () => {
    const ranks = [
      'PENDING',
      'UNKNOWN',
      'OPEN',
      'PARTIALLY_FILLED',
      'EXPIRED',
      'CANCELLED',
      'REJECTED',
      'FILLED',
    ] as const;
    expect([...ranks].sort()).toEqual([...ORDER_STATUSES].sort());
    for (const [rank, status] of ranks.entries()) {
      for (const lower of ranks.slice(0, rank)) {
        const [one, other] = [reported({ status, updatedAt: 1 }), reported({ status: lower, updatedAt: 2 })];
        expect(joinOrders(one, other).status).toBe(status);
      }
    }
  });

  it('is described by the newer report, by the venue before the request', () => {
    const asked = orderOfRequest(request, 'PENDING', 990);
    const amended = reported({ price: '101', updatedAt: 1002, statusMessage: null });
    const order = joined([asked, amended, reported({ price: '100', updatedAt: 1001, statusMessage: 'passed' })]);
    expect(order).toMatchObject({ orderId: 'v1', price: '101', statusMessage: null, createdAt: 1000, updatedAt: 1002 });
  });

  it('is described by the venue even when it was refused later, and keeps the code of the refusal', () => {
    const refused = refusedOrder(request, { code: '51008', reason: 'insufficient balance', at: 2000 });
    const [first, second] = [reported({ updatedAt: 1001 }), reported({ updatedAt: 1002, price: '101' })];
    const order = joined([refused, first, second]);
    expect(order).toMatchObject({
      status: 'REJECTED',
      venueCode: '51008',
      orderId: 'v1',
      price: '101',
      updatedAt: 1002,
    });
    expect(joined([second, first, refused])).toEqual(order);
  });

  it('keeps what only the request knows', () => {
    const asked = orderOfRequest(request, 'PENDING', 990);
    const order = joinOrders(reported({ type: null, timeInForce: null, volume: null, clientOrderId: null }), asked);
    expect(order).toMatchObject({ type: 'LIMIT', timeInForce: 'GTC', volume: '1.00', clientOrderId: 'mine1' });
  });

  it('keeps the average price of the larger filled volume while its fills are not all known', () => {
    const less = reported({ filledVolume: '0.40', averagePrice: '99', updatedAt: 1005 });
    const more = reported({ filledVolume: '0.60', averagePrice: '99.5', fills: [fillOf('t1', '0.20')] });
    expect(joinOrders(less, more)).toMatchObject({ filledVolume: '0.60', averagePrice: '99.5' });
    expect(joinOrders(less, reported({ filledVolume: '0.6', averagePrice: null })).averagePrice).toBeNull();
  });
});

describe('withFills', () => {
  it('weighs the average price by volume when the fills are all that was filled', () => {
    const fills = [fillOf('t1', '0.10', { price: '100' }), fillOf('t2', '0.20', { price: '101' })];
    expect(withFills(reported({ filledVolume: '0.30', averagePrice: '7' }), fills)).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filledVolume: '0.30',
      remainingVolume: '0.70',
      averagePrice: '100.6666666666666667',
    });
  });

  it('fills an order, even a cancelled one, whose fills reach its volume', () => {
    const cancelled = reported({ status: 'CANCELLED', filledVolume: '0.40' });
    const order = withFills(cancelled, [fillOf('t1', '0.40'), fillOf('t2', '0.6')]);
    expect(order).toMatchObject({ status: 'FILLED', filledVolume: '1.00', remainingVolume: '0' });
  });

  it('leaves a cancelled order cancelled when a late fill does not reach its volume', () => {
    expect(withFills(reported({ status: 'CANCELLED' }), [fillOf('t1', '0.99')])).toMatchObject({
      status: 'CANCELLED',
      filledVolume: '0.99',
      remainingVolume: '0.01',
    });
  });

  it('sorts fills by time and id, each once, and takes the one that knows its fee', () => {
    const [first, second, third] = [
      fillOf('b', '0.1', { at: 1 }),
      fillOf('a', '0.1', { at: 2 }),
      fillOf('c', '0.1', { at: 2 }),
    ];
    const order = withFills(reported({ fills: [third, { ...first, fee: null, feeCurrency: null }] }), [
      second,
      first,
      third,
    ]);
    expect(order.fills).toEqual([first, second, third]);
  });

  it('takes the larger volume of a fill that is told in two ways', () => {
    const order = withFills(reported({ fills: [fillOf('a', '0.2', { fee: null })] }), [fillOf('a', '0.1')]);
    expect(order.fills).toEqual([fillOf('a', '0.2', { fee: null })]);
  });
});
