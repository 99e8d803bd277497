import { compareDecimals } from '../../domain/decimal-text.ts';
import { isFinishedOrder, isUnsettledOrder, type LiveOrder, ownOrderKey } from '../../domain/live-order.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderTarget } from '../../domain/order-request.ts';

/** Orders by key, found by either of their ids. */
export class OrderIndex {
  readonly #mostFinished: number;
  readonly #orders = new Map<string, LiveOrder>();
  readonly #keysByOrderId = new Map<string, string>();
  /** Of orders that were not placed through here, the newest of each id. */
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

  /**
   * By a clientOrderId the order that was placed through here under it, else the newest that has it; one that the venue
   * never took hides no other.
   */
  find({ orderId, clientOrderId }: OrderTarget): LiveOrder | undefined {
    if (clientOrderId === undefined) {
      const own = this.#orders.get(ownOrderKey(orderId));
      return this.#byOrderId(orderId) ?? (own?.orderId === orderId ? own : undefined);
    }
    const own = this.#orders.get(ownOrderKey(clientOrderId));
    const foreign = this.#lookUp(this.#keysByClientOrderId.get(clientOrderId));
    return own === undefined || isRefused(own) ? (foreign ?? own) : own;
  }

  /** The order that a report is about. What we wait for is recognised by its clientOrderId, anything else by its orderId. */
  findReported(report: OrderReport): LiveOrder | undefined {
    const { orderId, clientOrderId } = report;
    const known = this.#byOrderId(orderId);
    if (known !== undefined || clientOrderId === null) return known;
    const own = this.#orders.get(ownOrderKey(clientOrderId));
    return own !== undefined && isUnsettledOrder(own) && isReportOf(report, own) ? own : undefined;
  }

  put(order: LiveOrder): void {
    const { orderKey, orderId, clientOrderId } = order;
    this.#unlink(this.#orders.get(orderKey));
    this.#orders.set(orderKey, order);
    // What is no id of the venue yet must not be found as one.
    if (orderId !== clientOrderId) this.#keysByOrderId.set(orderId, orderKey);
    if (clientOrderId !== null && orderKey !== ownOrderKey(clientOrderId)) {
      this.#keysByClientOrderId.set(clientOrderId, orderKey);
    }
    if (!isFinishedOrder(order)) return;
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

/** Whether what a venue has under the clientOrderId of an order is that order, and not one that somebody else placed. */
export function isReportOf(report: OrderReport, order: LiveOrder): boolean {
  const { symbol, side, volume } = report;
  const isSameVolume = volume === null || order.volume === null || compareDecimals(volume, order.volume) === 0;
  return symbol === order.symbol && side === order.side && isSameVolume;
}

/** The venue never had the order. */
function isRefused({ status, orderId, clientOrderId }: LiveOrder): boolean {
  return status === 'REJECTED' && orderId === clientOrderId;
}

function first(keys: ReadonlySet<string>): string {
  const [key = ''] = keys;
  return key;
}
