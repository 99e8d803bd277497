import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplyDecimals } from '../../src/domain/decimal-text.ts';
import type { LiveOrder, OrderChange } from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES } from '../../src/domain/order.ts';
import { orderChanges } from '../../src/domain/order-changes.ts';
import { joinOrders, orderOfRequest, refusedOrder, withFills } from '../../src/domain/order-join.ts';
import { fillOf, orderHistories, reported, request, retold } from '../support/order-histories.ts';

const NOW = 5000;
const pending = orderOfRequest(request, 'PENDING', 990);
const unknown = orderOfRequest(request, 'UNKNOWN', 990);

const changesOf = (before: LiveOrder | undefined, after: LiveOrder) => orderChanges(before, after, NOW);
const kindsOf = (changes: readonly OrderChange[]) => changes.map(({ kind }) => kind);
const isEnd = ({ kind }: OrderChange) => FINISHED_ORDER_STATUSES.some((status) => status === kind);

/** All changes, as the states become known one after the other. */
function follow(states: readonly LiveOrder[]) {
  const changes: OrderChange[] = [];
  let order: LiveOrder | undefined;
  for (const state of states) {
    const next = order === undefined ? state : joinOrders(order, state);
    changes.push(...changesOf(order, next));
    order = next;
  }
  return { changes, order };
}

describe('orderChanges', () => {
  it('are none while the order waits for its answer', () => {
    expect(changesOf(undefined, pending)).toEqual([]);
    expect(changesOf(pending, pending)).toEqual([]);
  });

  it('tell that nobody knows what became of the order, once', () => {
    const changes = changesOf(pending, joinOrders(pending, unknown));
    expect(changes).toMatchObject([{ kind: 'UPDATED', at: 990, fill: null, order: { status: 'UNKNOWN' } }]);
    expect(changesOf(unknown, unknown)).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['a pending order', pending],
    ['an unknown order', unknown],
  ])('go from %s to an open one by ACCEPTED', (_, before) => {
    const after = before === undefined ? reported() : joinOrders(before, reported());
    expect(changesOf(before, after)).toMatchObject([{ kind: 'ACCEPTED', at: 1000, fill: null }]);
    expect(changesOf(before, after)[0]?.order).toEqual(after);
  });

  it('go to a refusal by REJECTED alone', () => {
    const after = joinOrders(pending, refusedOrder(request, { code: '51008', reason: 'insufficient', at: 1005 }));
    const changes = changesOf(pending, after);
    expect(changes).toMatchObject([{ kind: 'REJECTED', at: 1005 }]);
    expect(changes[0]?.order).toEqual(after);
  });

  it('tell each fill with the order as it stood then, and the acceptance that it implies', () => {
    const [first, second] = [fillOf('t1', '0.40', { at: 1001 }), fillOf('t2', '0.60', { at: 1002, price: '101' })];
    const after = reported({ status: 'FILLED', filledVolume: '1.00', updatedAt: 1003, fills: [second, first] });
    const changes = changesOf(undefined, after);
    expect(changes).toMatchObject([
      { kind: 'ACCEPTED', at: 1000, fill: null, order: { status: 'OPEN', filledVolume: '0', remainingVolume: '1.00' } },
      {
        kind: 'PARTIALLY_FILLED',
        at: 1001,
        fill: first,
        order: { status: 'PARTIALLY_FILLED', filledVolume: '0.40', remainingVolume: '0.60', averagePrice: '100' },
      },
      { kind: 'FILLED', at: 1002, fill: second, order: { status: 'FILLED', averagePrice: '100.6' } },
    ]);
    expect(changes.map(({ order }) => order.fills)).toEqual([[], [first], [first, second]]);
    expect(changes.at(-1)?.order).toEqual(after);
  });

  it('tell a fill before the end that came with it, and the reason of the end only with the end', () => {
    const fill = fillOf('t1', '0.40', { at: 1001 });
    const news = { status: 'CANCELLED', filledVolume: '0.40', statusMessage: 'by the user', updatedAt: 1004 } as const;
    const after = joinOrders(reported(), reported({ ...news, fills: [fill] }));
    expect(changesOf(reported(), after)).toMatchObject([
      { kind: 'PARTIALLY_FILLED', at: 1001, order: { status: 'PARTIALLY_FILLED', statusMessage: null } },
      { kind: 'CANCELLED', at: 1004, order: { status: 'CANCELLED', statusMessage: 'by the user' } },
    ]);
  });

  it('tell FILLED without a fill while the last one is not known, and the late fill as UPDATED', () => {
    const filled = reported({ status: 'FILLED', filledVolume: '1.00', fills: [fillOf('t1', '0.40')] });
    const changes = changesOf(reported(), joinOrders(reported(), filled));
    expect(kindsOf(changes)).toEqual(['PARTIALLY_FILLED', 'FILLED']);
    expect(changes[1]?.fill).toBeNull();

    const late = fillOf('t2', '0.60', { at: 1200 });
    const after = withFills(filled, [late]);
    expect(changesOf(filled, after)).toMatchObject([
      { kind: 'UPDATED', at: 1200, fill: late, order: { status: 'FILLED' } },
    ]);
  });

  it('tell a fill of a cancelled order as UPDATED, even when it completes the order', () => {
    const cancelled = reported({ status: 'CANCELLED', filledVolume: '0.40' });
    const after = withFills(cancelled, [fillOf('t1', '0.40'), fillOf('t2', '0.60')]);
    const changes = changesOf(cancelled, after);
    expect(kindsOf(changes)).toEqual(['UPDATED', 'UPDATED']);
    expect(changes.map(({ order }) => order.status)).toEqual(['CANCELLED', 'FILLED']);
  });

  it('tell a filled volume without its fill as UPDATED', () => {
    const after = joinOrders(reported(), reported({ filledVolume: '0.40', updatedAt: 1001 }));
    expect(changesOf(reported(), after)).toMatchObject([
      { kind: 'UPDATED', at: 1001, fill: null, order: { status: 'PARTIALLY_FILLED', filledVolume: '0.40' } },
    ]);
  });

  it('tell the last fill alone as the completing one when the volume was lowered to what is filled', () => {
    const before = reported({ filledVolume: '0.60' });
    const fills = [fillOf('t1', '0.30'), fillOf('t2', '0.30')];
    const after = joinOrders(before, reported({ volume: '0.60', filledVolume: '0.60', updatedAt: 1200, fills }));
    expect(kindsOf(changesOf(before, after))).toEqual(['PARTIALLY_FILLED', 'FILLED']);
  });

  it('tell another average price only when nothing else shows it', () => {
    const before = reported({ filledVolume: '0.60', averagePrice: '100' });
    const news = { filledVolume: '0.60', averagePrice: '101', updatedAt: 1200 };
    expect(kindsOf(changesOf(before, joinOrders(before, reported(news))))).toEqual(['UPDATED']);
    const withFill = joinOrders(before, reported({ ...news, fills: [fillOf('t1', '0.30')] }));
    expect(kindsOf(changesOf(before, withFill))).toEqual(['PARTIALLY_FILLED']);
    expect(kindsOf(changesOf(undefined, reported({ averagePrice: '0' })))).toEqual(['ACCEPTED']);
  });

  it.each([
    ['price', { price: '101' }],
    ['volume', { volume: '2.00' }],
    ['message', { statusMessage: 'halted' }],
  ])('tell another %s as UPDATED', (_, changed) => {
    const after = joinOrders(reported(), reported({ ...changed, updatedAt: 1001 }));
    expect(kindsOf(changesOf(reported(), after))).toEqual(['UPDATED']);
  });

  it('tell a fee that became known as UPDATED', () => {
    const before = reported({ fills: [fillOf('t1', '0.40', { fee: null })] });
    const after = withFills(before, [fillOf('t1', '0.40')]);
    expect(changesOf(before, after)).toMatchObject([{ kind: 'UPDATED', fill: null, order: after }]);
  });

  it('are none when only the time of the last news is another', () => {
    const after = joinOrders(reported(), reported({ updatedAt: 1001 }));
    expect(after.updatedAt).toBe(1001);
    expect(changesOf(reported(), after)).toEqual([]);
  });

  it('happen now when the venue tells no time', () => {
    expect(changesOf(undefined, reported({ createdAt: null, updatedAt: null }))).toMatchObject([{ at: NOW }]);
  });

  it('tell a price that went to and fro under an id each time', () => {
    const prices = ['100', '101', '100', '101'];
    const { changes } = follow(prices.map((price, index) => reported({ price, updatedAt: 1000 + index })));
    expect(kindsOf(changes)).toEqual(['ACCEPTED', 'UPDATED', 'UPDATED', 'UPDATED']);
    expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('have one id for one fact, however it became known', () => {
    const fill = fillOf('t1', '1.00');
    const atOnce = changesOf(undefined, reported({ status: 'FILLED', filledVolume: '1.00', fills: [fill] }));
    const { changes: oneByOne } = follow([reported(), withFills(pending, [fill])]);
    expect(atOnce.map(({ eventId }) => eventId)).toEqual(oneByOne.map(({ eventId }) => eventId));
    const foreign = { ...reported(), orderKey: 'foreign:v1' };
    expect(changesOf(undefined, foreign)[0]?.eventId).not.toBe(atOnce[0]?.eventId);
  });

  describe('over a history told in any order', () => {
    const told = orderHistories.chain((history) => fc.tuple(fc.constant(history), retold(history)));
    const forEachHistory = (check: (states: readonly LiveOrder[], again: readonly LiveOrder[]) => void) =>
      fc.assert(
        fc.property(told, ([history, again]) => check(history, again)),
        { numRuns: 1000 },
      );

    it('tell nothing twice', () => {
      forEachHistory((_, states) => {
        const ids = follow(states).changes.map(({ eventId }) => eventId);
        expect(ids.filter((id, index) => ids.indexOf(id) < index)).toEqual([]);
      });
    });

    it('accept the order once, before all else but that nothing is known of it', () => {
      forEachHistory((_, states) => {
        const known = follow(states).changes.filter(({ order }) => order.status !== 'UNKNOWN');
        expect(known[0]?.kind).toMatch(/^(ACCEPTED|REJECTED)$/);
        expect(known.slice(1).map(({ kind }) => kind)).not.toContain('ACCEPTED');
      });
    });

    it('tell every fill exactly once, under the same ids as in any other order', () => {
      const fillsOf = (changes: readonly OrderChange[]) => changes.filter(({ fill }) => fill !== null);
      forEachHistory((history, again) => {
        const { changes, order } = follow(again);
        const tradeIds = fillsOf(changes).map(({ fill }) => fill?.tradeId);
        expect(tradeIds.sort()).toEqual(order?.fills.map(({ tradeId }) => tradeId).sort());
        const ids = fillsOf(changes).map(({ eventId }) => eventId);
        const idsOfHistory = fillsOf(follow(history).changes).map(({ eventId }) => eventId);
        expect(ids.sort()).toEqual(idsOfHistory.sort());
      });
    });

    it('end the order once, when it has ended, and only update it from then on', () => {
      forEachHistory((_, states) => {
        const { changes, order } = follow(states);
        const isFinished = FINISHED_ORDER_STATUSES.some((status) => status === order?.status);
        expect(changes.filter(isEnd)).toHaveLength(isFinished ? 1 : 0);
        const end = isFinished ? changes.findIndex(isEnd) : changes.length;
        for (const { kind, order: then } of changes.slice(end + 1)) {
          expect(kind).toBe('UPDATED');
          expect(FINISHED_ORDER_STATUSES).toContain(then.status);
        }
      });
    });

    it('leave the reader with the present state, but for the time of the last news and how a number is spelt', () => {
      const spelt = (decimal: string | null | undefined) => (decimal == null ? null : multiplyDecimals(decimal, '1'));
      const seen = (order: LiveOrder | undefined) => ({
        ...order,
        updatedAt: null,
        filledVolume: spelt(order?.filledVolume),
        remainingVolume: spelt(order?.remainingVolume),
      });
      forEachHistory((_, states) => {
        const { changes, order } = follow(states);
        expect(seen(changes.at(-1)?.order)).toEqual(seen(order));
      });
    });
  });
});
