import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { resolvesWithin } from '../../async/resolves-within.ts';
import { isUnsettledOrder, type LiveOrder } from '../../domain/live-order.ts';
import type { VenueRest } from '../venue-account.ts';
import type { Blotter } from './blotter.ts';
import { isReportOf } from './order-index.ts';
import type { VenueClient } from './venue-client.ts';

export interface UncertaintyOptions {
  readonly client: VenueClient;
  readonly rest: VenueRest;
  readonly blotter: Blotter;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** So long after an order was sent the venue must not take it any more. */
  readonly orderValidityMs: number;
  onFault(error: unknown): void;
}

/** What the venue's clock may be behind ours: with a larger difference it takes no signature. */
const CERTAIN_AFTER_MS = 30_000;
/** Between questions. */
const MOST_PAUSE_MS = 8_000;
/** How long whoever placed an order waits until what became of it is stored. */
const STORED_WITHIN_MS = 5_000;

/**
 * Orders of which it is not known whether they reached the venue. It is asked for them by their clientOrderId until it
 * knows them, or says that it does not at a time when it could not take them any more. They are never sent again.
 */
export class Uncertainty {
  readonly #options: UncertaintyOptions;
  /** By order key, what ends the wait for the next question. */
  readonly #asking = new Map<string, () => void>();
  #isClosed = false;

  constructor(options: UncertaintyOptions) {
    this.#options = options;
  }

  /** The order as it stands after one question; if that was not answered it is UNKNOWN, and asked for again and again. */
  async resolve(order: LiveOrder, reason: string): Promise<LiveOrder> {
    const { clock } = this.#options;
    const unknown: LiveOrder = { ...order, status: 'UNKNOWN', statusMessage: reason };
    if (!this.#asking.has(order.orderKey)) {
      this.#asking.set(order.orderKey, () => {});
      await resolvesWithin(this.#begin(order, unknown), clock, STORED_WITHIN_MS);
    }
    const present = this.#present(unknown);
    return present.status === 'PENDING' ? unknown : present;
  }

  /** Asks for what an earlier connection or process left open. */
  async resume(orders: readonly LiveOrder[]): Promise<void> {
    for (const order of orders) await this.resolve(order, order.statusMessage ?? 'the answer of the venue was lost');
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#asking.values()) cancel();
    this.#asking.clear();
  }

  async #begin(order: LiveOrder, unknown: LiveOrder): Promise<void> {
    const { blotter, random } = this.#options;
    const isSettled = await this.#askSafely(order);
    if (!isSettled) {
      // It is asked for again whether or not that could be stored.
      this.#askLater(unknown, new Backoff(random, MOST_PAUSE_MS));
      await blotter.learn({ states: [unknown] });
    } else {
      this.#asking.delete(order.orderKey);
    }
  }

  #askLater(order: LiveOrder, backoff: Backoff): void {
    const { orderKey } = order;
    if (this.#isClosed) return;
    const cancel = this.#options.clock.after(backoff.next(), async () => {
      if (await this.#askSafely(order)) this.#asking.delete(orderKey);
      else this.#askLater(order, backoff);
    });
    this.#asking.set(orderKey, cancel);
  }

  async #askSafely(order: LiveOrder): Promise<boolean> {
    try {
      return await this.#ask(order);
    } catch (error) {
      if (!this.#isClosed) this.#options.onFault(error);
      return false;
    }
  }

  /** Whether it is settled what became of the order. */
  async #ask(order: LiveOrder): Promise<boolean> {
    const { client, rest, blotter, clock, orderValidityMs } = this.#options;
    if (!isUnsettledOrder(this.#present(order))) return true;
    const isLate = clock.now() > (order.createdAt ?? 0) + orderValidityMs + CERTAIN_AFTER_MS;
    const answer = await client.ask(rest.order(order.symbol, { clientOrderId: order.clientOrderId ?? '' }));
    const isAnothers = answer.type === 'DONE' && !isReportOf(answer.value, order);
    if (answer.type === 'DONE' && !isAnothers) {
      await blotter.learn({ reports: [answer.value] });
      return true;
    }
    if (!isAnothers && (answer.type !== 'NOT_FOUND' || !isLate)) return false;
    const statusMessage = isAnothers
      ? 'the venue has another order under this clientOrderId'
      : 'the venue never received the order';
    await blotter.learn({ states: [{ ...order, status: 'REJECTED', statusMessage, updatedAt: clock.now() }] });
    return true;
  }

  #present(order: LiveOrder): LiveOrder {
    return this.#options.blotter.own(order.clientOrderId ?? '') ?? order;
  }
}
