import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  distinctOrders,
  distinctOrdersInSteps,
  inOrderOfInsertion,
  placeOfOrder,
} from '../../src/domain/insertion-order.ts';
import type { QifiOrder } from '../../src/domain/order.ts';
import { decoded, pythonDocument } from '../support/qifi-documents.ts';
import { costsOf } from '../support/steps.ts';

function order(changes: Partial<QifiOrder>): QifiOrder {
  const [written] = decoded(pythonDocument()).orders;
  if (written === undefined) throw new Error('the document holds no order');
  return { ...written, ...changes };
}

const ORDERS = fc.array(
  fc
    .record({
      tradingDay: fc.constantFrom(null, 18_000, 18_001),
      orderId: fc.constantFrom('6', '7', '\uff5e', '\u{1f680}'),
      createdAt: fc.constantFrom(null, 20, 1_579_141_800_112),
    })
    .map(order),
);

describe('orders', () => {
  it('have places that ascend as the orders do', () => {
    fc.assert(
      fc.property(ORDERS, (orders) => {
        expect(orders.toSorted(inOrderOfInsertion).map(placeOfOrder)).toEqual(orders.map(placeOfOrder).sort());
      }),
    );
  });

  it('come once, at the state of their latest day, wherever it stands', () => {
    const states = [null, 18_001, 18_000].map((tradingDay) => order({ orderId: 'a', tradingDay }));
    expect(distinctOrders(states)).toEqual([states[1]]);
    expect(distinctOrders(states.toReversed())).toEqual([states[1]]);
  });

  it('are the same when they are many, in steps that each cost little', () => {
    const many = Array.from({ length: 3000 }, (_, at) =>
      order({ orderId: `o${at % 2500}`, tradingDay: 18_000 + (at % 7), createdAt: (at * 7919) % 997 }),
    );
    const latest = new Map<string, QifiOrder>();
    for (const each of many.toSorted((one, other) => (one.tradingDay ?? 0) - (other.tradingDay ?? 0))) {
      latest.set(each.orderId, each);
    }
    const { result, costs } = costsOf(distinctOrdersInSteps(many));
    expect(result).toEqual([...latest.values()].sort(inOrderOfInsertion));
    expect(Math.max(...costs)).toBeLessThanOrEqual(1000);
  });
});
