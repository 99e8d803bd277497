import {
  type LiveOrder,
  type OrderChange,
  ownOrderKey,
  type RecordedOrderChange,
} from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES } from '../../src/domain/order.ts';
import type { OrderTarget } from '../../src/domain/order-request.ts';

/** What an OrderEventStore keeps of one account, in arrays. */
export class OrderStreamModel {
  firstSeq = 1;
  lastSeq = 0;
  #kept: RecordedOrderChange[] = [];

  append(events: readonly OrderChange[]): RecordedOrderChange[] {
    const appended: RecordedOrderChange[] = [];
    for (const each of events) {
      if (this.#kept.some(({ eventId }) => eventId === each.eventId)) continue;
      this.lastSeq += 1;
      appended.push({ ...each, seq: this.lastSeq });
      this.#kept.push({ ...each, seq: this.lastSeq });
    }
    return appended;
  }

  read(): RecordedOrderChange[] {
    return this.#kept.filter(({ seq }) => seq >= this.firstSeq);
  }

  orders(endedSince: number): LiveOrder[] {
    const lasting = ({ order, at }: RecordedOrderChange) =>
      !FINISHED_ORDER_STATUSES.includes(order.status) || at >= endedSince;
    return this.#latest()
      .filter(lasting)
      .map(({ order }) => order);
  }

  order({ orderId, clientOrderId }: OrderTarget): LiveOrder | undefined {
    const age = ({ order }: RecordedOrderChange) => order.createdAt ?? 0;
    const newestFirst = this.#latest().toSorted((left, right) => age(right) - age(left) || right.seq - left.seq);
    const orders = newestFirst.map(({ order }) => order);
    if (orderId !== undefined) return orders.find((order) => order.orderId === orderId);
    const own = orders.find(({ orderKey }) => orderKey === ownOrderKey(clientOrderId));
    return own ?? orders.find((order) => order.clientOrderId === clientOrderId);
  }

  trim(before: number): void {
    this.firstSeq = this.read().find(({ at }) => at >= before)?.seq ?? this.lastSeq + 1;
    const isNeeded = (each: RecordedOrderChange) =>
      this.#isLast(each) && !FINISHED_ORDER_STATUSES.includes(each.order.status);
    this.#kept = this.#kept.filter((each) => each.seq >= this.firstSeq || isNeeded(each));
  }

  #latest(): RecordedOrderChange[] {
    return this.#kept.filter((each) => this.#isLast(each));
  }

  #isLast({ order, seq }: RecordedOrderChange): boolean {
    return !this.#kept.some((other) => other.order.orderKey === order.orderKey && other.seq > seq);
  }
}
