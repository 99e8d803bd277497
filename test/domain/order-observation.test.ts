import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { ordersOfDocument } from '../../src/domain/document-orders.ts';
import type { LiveOrder, OrderChange } from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES } from '../../src/domain/order.ts';
import {
  expired,
  isOverdue,
  lastInstantOf,
  observedChanges,
  retoldChange,
} from '../../src/domain/order-observation.ts';
import { day } from '../support/bars.ts';
import { documentHistories, seen } from '../support/document-histories.ts';
import { decoded, pythonDocument, pythonOrder, pythonTrade } from '../support/qifi-documents.ts';

const NOW = Date.UTC(2026, 10, 20, 4);

/** The only order of a state. */
function orderOf(order: object, ...trades: object[]): LiveOrder {
  const [only] = ordersOfDocument(decoded(pythonDocument({ orders: { o: pythonOrder(order) }, trades }), 'REALTIME'));
  if (only === undefined) throw new Error('there is no order');
  return only;
}

const ALIVE = { status: 'ALIVE', volume_orign: 2, volume_left: 2, last_msg: '已报' };
const alive = orderOf(ALIVE);

/** What one who sees these states one after the other tells of their orders, and then knows. */
function follow(states: readonly (readonly LiveOrder[])[]) {
  const known = new Map<string, LiveOrder>();
  const changes: OrderChange[] = [];
  for (const [index, orders] of states.entries()) {
    for (const order of orders) {
      const told = observedChanges(known.get(order.orderKey), order, NOW + index * 1000);
      changes.push(...told);
      const last = told.at(-1);
      if (last !== undefined) known.set(order.orderKey, last.order);
    }
  }
  return { known, changes };
}

const kindsOf = (...states: LiveOrder[]) => follow(states.map((state) => [state])).changes.map(({ kind }) => kind);

describe('what a state of an order tells', () => {
  it('is its acceptance at the time of its insertion, and what has happened since', () => {
    const { changes } = follow([[alive]]);
    expect(changes).toMatchObject([{ kind: 'ACCEPTED', at: 1_579_141_800_112, order: { status: 'OPEN' } }]);
    const filled = orderOf({ ...ALIVE, status: 'FINISHED', volume_left: 0 }, pythonTrade({ volume: 2 }));
    expect(kindsOf(filled)).toEqual(['ACCEPTED', 'FILLED']);
    expect(kindsOf(alive, filled)).toEqual(['ACCEPTED', 'FILLED']);
  });

  it('is nothing when it is seen again', () => {
    expect(kindsOf(alive, alive, alive)).toEqual(['ACCEPTED']);
  });

  it('is the end at the time when it was seen, with the words that go with it', () => {
    const { changes } = follow([
      [alive],
      [orderOf({ ...ALIVE, status: 'CANCEL', volume_left: 0, last_msg: '已撤单' })],
    ]);
    expect(changes[1]).toMatchObject({ kind: 'CANCELLED', at: NOW + 1000, order: { statusMessage: '已撤单' } });
    expect(changes[1]?.order.updatedAt).toBe(NOW + 1000);
  });

  it('is a fill by itself, be it that the writer tells of the trade later than of the order', () => {
    const filled = orderOf({ ...ALIVE, status: 'FINISHED', volume_left: 0 });
    const { changes } = follow([[alive], [filled], [{ ...filled, fills: orderOf(ALIVE, pythonTrade()).fills }]]);
    expect(changes.map(({ kind, fill }) => [kind, fill?.tradeId])).toEqual([
      ['ACCEPTED', undefined],
      ['FILLED', undefined],
      ['UPDATED', 'a930d427-1'],
    ]);
  });

  it('is nothing when it is behind what is known, as from a reader that is late', () => {
    const cancelled = orderOf({ ...ALIVE, status: 'CANCEL', last_msg: '已撤单' });
    expect(kindsOf(alive, cancelled, alive, cancelled)).toEqual(['ACCEPTED', 'CANCELLED']);
    const partly = orderOf({ ...ALIVE, volume_left: 1, last_msg: '部分成交' });
    expect(kindsOf(alive, partly, alive, partly)).toEqual(['ACCEPTED', 'UPDATED']);
  });

  it('is an update each time that its words change, also back to what they were', () => {
    const other = orderOf({ ...ALIVE, last_msg: '未成交' });
    const { changes } = follow([[alive], [other], [alive], [other]]);
    expect(changes.map(({ kind, order }) => [kind, order.statusMessage])).toEqual([
      ['ACCEPTED', '已报'],
      ['UPDATED', '未成交'],
      ['UPDATED', '已报'],
      ['UPDATED', '未成交'],
    ]);
    expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('is an update each time, also when the states say that they were written in the same moment', () => {
    let [known] = observedChanges(undefined, alive, NOW).map(({ order }) => order);
    const ids: string[] = [];
    for (const statusMessage of ['未成交', '已报', '未成交', '已报']) {
      const [change] = observedChanges(known, { ...alive, statusMessage }, NOW);
      known = change?.order;
      expect(known).toMatchObject({ statusMessage });
      ids.push(change?.eventId ?? '');
    }
    expect(new Set(ids).size).toBe(4);
  });

  it('has the id of what happened, not of when or by whom it was seen', () => {
    const end = orderOf({ ...ALIVE, status: 'FINISHED', volume_left: 0, last_msg: '全部成交' }, pythonTrade());
    const states = [alive, orderOf({ ...ALIVE, last_msg: 'queued' }), end];
    let [known, later]: (LiveOrder | undefined)[] = [];
    for (const state of states) {
      const changes = observedChanges(known, state, NOW);
      const again = observedChanges(known, state, NOW + 777);
      expect(again.map(({ eventId }) => eventId)).toEqual(changes.map(({ eventId }) => eventId));
      known = changes.at(-1)?.order;
      later = again.at(-1)?.order;
    }
    expect(later?.status).toBe('FILLED');
  });

  it('keeps the first trading day under which the order was seen', () => {
    const { known } = follow([[alive], [{ ...alive, tradingDay: day('2020-01-17'), statusMessage: 'queued' }]]);
    expect([...known.values()][0]).toMatchObject({ statusMessage: 'queued', tradingDay: day('2020-01-16') });
  });

  it('is told once, and ends where the order was seen last, whatever was seen and however often', () => {
    const looked = documentHistories.chain(seen);
    fc.assert(
      fc.property(looked, (documents) => {
        const { changes } = follow(documents.map(ordersOfDocument));
        expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(changes.length);
        const replayed = new Map(changes.map(({ order }) => [order.orderId, order]));
        const last = lastSeen(documents);
        expect([...replayed.keys()].toSorted()).toEqual([...last.keys()].toSorted());
        for (const [orderId, order] of last) {
          expect(outlineOf(replayed.get(orderId))).toEqual(outlineOf(order));
          expect(endsOf(changes, orderId)).toHaveLength(FINISHED_ORDER_STATUSES.includes(order.status) ? 1 : 0);
          const fills = changes.filter((change) => change.order.orderId === orderId && change.fill !== null);
          expect(fills.map(({ fill }) => fill?.tradeId).toSorted()).toEqual(tradeIdsOf(order).toSorted());
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** As the document has it that has it last. */
function lastSeen(documents: readonly AccountDocument[]): Map<string, LiveOrder> {
  return new Map(documents.flatMap(ordersOfDocument).map((order) => [order.orderId, order]));
}

function outlineOf(order: LiveOrder | undefined): object | undefined {
  if (order === undefined) return undefined;
  const { status, statusMessage, price, volume, averagePrice } = order;
  // The Python writer forgets what was filled of a cancelled order, where nobody saw it before.
  return { status, statusMessage, price, volume, averagePrice, fills: tradeIdsOf(order) };
}

const tradeIdsOf = ({ fills }: LiveOrder): string[] => fills.map(({ tradeId }) => tradeId);

function endsOf(changes: readonly OrderChange[], orderId: string): OrderChange[] {
  return changes.filter(
    ({ kind, order }) => order.orderId === orderId && FINISHED_ORDER_STATUSES.some((status) => status === kind),
  );
}

describe('an order that is not in the state of a later trading day', () => {
  const yesterday = { ...alive, tradingDay: day('2020-01-16') };

  it('is overdue when it was not seen to end', () => {
    expect(isOverdue(yesterday, day('2020-01-17'))).toBe(true);
    expect(isOverdue(yesterday, day('2020-01-16'))).toBe(false);
    expect(isOverdue({ ...yesterday, status: 'FILLED' }, day('2020-01-17'))).toBe(false);
    expect(isOverdue({ ...yesterday, tradingDay: null }, day('2020-01-17'))).toBe(false);
    expect(isOverdue(yesterday, null)).toBe(false);
    expect(isOverdue({ ...yesterday, gateway: 'paper' }, day('2020-01-17'))).toBe(false);
  });

  it.each(['GFD', 'IOC', 'FOK'] as const)(
    'is expired when it is %s, with what is known to be filled',
    (timeInForce) => {
      const partly = { ...orderOf({ ...ALIVE, volume_left: 1 }), timeInForce };
      const [known] = follow([[partly]]).known.values();
      const end = expired(partly);
      const changes = end === undefined ? [] : observedChanges(known, end, NOW + 5000);
      expect(changes).toMatchObject([
        { kind: 'EXPIRED', at: NOW + 5000, order: { status: 'EXPIRED', filledVolume: '1', remainingVolume: '1' } },
      ]);
      expect(changes[0]?.order.statusMessage).toMatch(/not seen/);
    },
  );

  it.each(['GTC', 'GTD', null] as const)('stays as it was when it is %s', (timeInForce) => {
    expect(expired({ ...yesterday, timeInForce })).toBeUndefined();
  });
});

describe('a change that is told again', () => {
  it('is an update under an id of its own, which is the same for all who tell it', () => {
    const [change] = observedChanges(undefined, alive, NOW);
    if (change === undefined) throw new Error('nothing was told');
    const again = retoldChange({ ...alive, updatedAt: 5 }, change);
    expect(again).toMatchObject({ kind: 'UPDATED', fill: null, order: change.order });
    expect(again.eventId).not.toBe(change.eventId);
    expect(retoldChange({ ...alive, updatedAt: 5 }, { ...change, at: 7 }).eventId).toBe(again.eventId);
    expect(retoldChange({ ...alive, updatedAt: 6 }, change).eventId).not.toBe(again.eventId);
  });
});

describe('the last instant of an order', () => {
  it('is that of its last fill, or of its insertion', () => {
    expect(lastInstantOf(alive)).toBe(1_579_141_800_112);
    expect(lastInstantOf({ ...alive, createdAt: null })).toBeNull();
    const fill = { tradeId: 't', price: '1', volume: '1', fee: null, feeCurrency: null, at: NOW };
    expect(lastInstantOf({ ...alive, fills: [fill] })).toBe(NOW);
  });
});
