export interface FollowedOrder {
  readonly id: string;
  readonly orderId: string;
  readonly status: string;
  /** Decimal text, as all amounts of live orders: to be added by a library for decimals, not by `Number`. */
  readonly filledVolume: string | null;
}

export interface OrderEvent {
  readonly __typename: 'OrderEvent';
  readonly cursor: string;
  readonly seq: number;
  readonly kind: string;
  readonly order: FollowedOrder;
  readonly fill: { readonly price: string; readonly volume: string } | null;
}

export interface OrderSnapshot {
  readonly __typename: 'OrderSnapshot';
  readonly cursor: string;
  readonly orders: readonly FollowedOrder[];
}

export interface StreamGap {
  readonly __typename: 'StreamGap';
  readonly reason: string;
}

export type OrderStreamItem = OrderEvent | OrderSnapshot | StreamGap;

export interface OrderEventsData {
  readonly orderEvents: OrderStreamItem;
}

/** BEGINNING: the events that are kept, then the new ones. SNAPSHOT, the default, begins with the orders as they stand. */
export const ORDER_EVENTS = `
  subscription OrderEvents($accountCookie: String!, $after: Cursor) {
    orderEvents(accountCookie: $accountCookie, after: $after, startAt: BEGINNING) {
      __typename
      ... on OrderEvent { cursor seq kind order { ...FollowedOrder } fill { price volume } }
      ... on OrderSnapshot { cursor orders { ...FollowedOrder } }
      ... on StreamGap { reason }
    }
  }
  fragment FollowedOrder on Order { id orderId status filledVolume }
`;

/** The orders of one account as the items of its stream make them, and how many events there were. */
export class OrderState {
  readonly orders = new Map<string, FollowedOrder>();
  events = 0;
  #lastSeq = 0;

  /** False for an event that was there before, which a program passes over. */
  take(item: OrderStreamItem): boolean {
    switch (item.__typename) {
      case 'OrderEvent':
        if (item.seq <= this.#lastSeq) return false;
        this.#lastSeq = item.seq;
        this.orders.set(item.order.orderId, item.order);
        this.events += 1;
        return true;
      case 'OrderSnapshot':
        this.orders.clear();
        for (const order of item.orders) this.orders.set(order.orderId, order);
        return true;
      case 'StreamGap':
        // Numbers may begin anew behind a gap; the snapshot that follows replaces the orders.
        this.#lastSeq = 0;
        return true;
      default:
        // A later server may send more kinds of items.
        return false;
    }
  }
}
