import { type LiveOrder, ownOrderKey } from '../../domain/live-order.ts';
import { FINISHED_ORDER_STATUSES } from '../../domain/order.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderTarget } from '../../domain/order-request.ts';

/** Orders by key, found by either of their ids. */
export class OrderIndex {
  readonly #mostFinished: number;
  readonly #orders = new Map<string, LiveOrder>();
  readonly #keysByOrderId = new Map<string, string>();
  readonly #keysByClientOrderId = new Map<string, string>();
  /** Keys of orders that have ended, the one that was put longest ago first. */
  readonly #finished = new Set<string>();

  /** `mostFinished` orders that have ended are kept; the one that was put longest ago goes first. */
  constructor(mostFinished = Number.POSITIVE_INFINITY) {
    this.#mostFinished = mostFinished;
  }

  get(orderKey: string): LiveOrder | undefined {
    return this.#orders.get(orderKey);
  }

  all(): LiveOrder[] {
    return [...this.#orders.values()];
  }

  /** Orders that are not finished. */
  open(): LiveOrder[] {
    return this.all().filter(({ orderKey }) => !this.#finished.has(orderKey));
  }

  /** By a clientOrderId the order that was placed through here under it, else the newest that has it. */
  find({ orderId, clientOrderId }: OrderTarget): LiveOrder | undefined {
    if (clientOrderId === undefined) {
      const own = this.#orders.get(ownOrderKey(orderId));
      return this.#byOrderId(orderId) ?? (own?.orderId === orderId ? own : undefined);
    }
    return this.#orders.get(ownOrderKey(clientOrderId)) ?? this.#lookUp(this.#keysByClientOrderId.get(clientOrderId));
  }

  /** The order that a report is about. What we wait for is recognised by its clientOrderId, anything else by its orderId. */
  findReported({ orderId, clientOrderId }: OrderReport): LiveOrder | undefined {
    const known = this.#byOrderId(orderId);
    if (known !== undefined || clientOrderId === null) return known;
    const own = this.#orders.get(ownOrderKey(clientOrderId));
    return own?.status === 'PENDING' || own?.status === 'UNKNOWN' ? own : undefined;
  }

  put(order: LiveOrder): void {
    const { orderKey, orderId, clientOrderId, status } = order;
    this.#unlink(this.#orders.get(orderKey));
    this.#orders.set(orderKey, order);
    // What is no id of the venue yet must not be found as one.
    if (orderId !== clientOrderId) this.#keysByOrderId.set(orderId, orderKey);
    if (clientOrderId !== null) this.#keysByClientOrderId.set(clientOrderId, orderKey);
    if (!FINISHED_ORDER_STATUSES.includes(status)) return;
    this.#finished.delete(orderKey);
    this.#finished.add(orderKey);
    if (this.#finished.size > this.#mostFinished) this.remove(first(this.#finished));
  }

  remove(orderKey: string): void {
    this.#unlink(this.#orders.get(orderKey));
    this.#orders.delete(orderKey);
    this.#finished.delete(orderKey);
  }

  #unlink(order: LiveOrder | undefined): void {
    if (order === undefined) return;
    const { orderKey, orderId, clientOrderId } = order;
    if (this.#keysByOrderId.get(orderId) === orderKey) this.#keysByOrderId.delete(orderId);
    if (clientOrderId !== null && this.#keysByClientOrderId.get(clientOrderId) === orderKey) {
      this.#keysByClientOrderId.delete(clientOrderId);
    }
  }

  #byOrderId(orderId: string): LiveOrder | undefined {
    return this.#lookUp(this.#keysByOrderId.get(orderId));
  }

  #lookUp(orderKey: string | undefined): LiveOrder | undefined {
    return orderKey === undefined ? undefined : this.#orders.get(orderKey);
  }
}

function first(keys: ReadonlySet<string>): string {
  const [key = ''] = keys;
  return key;
}
