import type { DeskOrder, OrderStreamItem } from '../../src/page/order-stream.ts';

const START = Date.UTC(2026, 10, 20, 4);

/** An open order; `number` says when it was placed, in seconds. */
export function orderOf(number: number, changes: Partial<DeskOrder> = {}): DeskOrder {
  return {
    id: `id-${number}`,
    orderId: String(number),
    clientOrderId: `client${number}`,
    symbol: 'BTC-USDT',
    instrumentId: 'BTC-USDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    status: 'OPEN',
    statusMessage: null,
    price: '64250.10',
    volume: '0.50',
    filledVolume: '0',
    averagePrice: null,
    createdAt: new Date(START + number * 1000).toISOString(),
    updatedAt: null,
    ...changes,
  };
}

export function eventOf(seq: number, order: DeskOrder): OrderStreamItem {
  return {
    __typename: 'OrderEvent',
    cursor: `cursor-${seq}`,
    eventId: `event-${seq}`,
    seq,
    kind: 'UPDATED',
    at: order.createdAt ?? '',
    order,
    fill: null,
  };
}

export function snapshotOf(cursor: string, orders: readonly DeskOrder[]): OrderStreamItem {
  return { __typename: 'OrderSnapshot', cursor, orders };
}

export function gapOf(reason: string): OrderStreamItem {
  return { __typename: 'StreamGap', reason };
}
