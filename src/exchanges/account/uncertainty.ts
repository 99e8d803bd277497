import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import type { LiveOrder } from '../../domain/live-order.ts';
import type { VenueRest } from '../venue-account.ts';
import { type Blotter, isUnsettled } from './blotter.ts';
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

/** What the venue's clock may be behind ours, and an order may be on its way. */
const CERTAIN_AFTER_MS = 5_000;

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
    const { blotter } = this.#options;
    if (await this.#ask(order)) return this.#present(order);
    const unknown: LiveOrder = { ...order, status: 'UNKNOWN', statusMessage: reason };
    await blotter.learn({ states: [unknown] });
    this.#askLater(unknown, new Backoff(this.#options.random));
    return this.#present(unknown);
  }

  /** Asks for what an earlier connection or process left open. */
  async resume(orders: readonly LiveOrder[]): Promise<void> {
    for (const order of orders) {
      if (this.#asking.has(order.orderKey)) continue;
      await this.resolve(order, order.statusMessage ?? 'the answer of the venue was lost');
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#asking.values()) cancel();
    this.#asking.clear();
  }

  #askLater(order: LiveOrder, backoff: Backoff): void {
    const { orderKey } = order;
    if (this.#isClosed || !isUnsettled(this.#present(order))) {
      this.#asking.delete(orderKey);
      return;
    }
    const cancel = this.#options.clock.after(backoff.next(), () => {
      this.#ask(order)
        .catch((error: unknown) => {
          if (!this.#isClosed) this.#options.onFault(error);
          return false;
        })
        .then((isSettled) => {
          if (isSettled) this.#asking.delete(orderKey);
          else this.#askLater(order, backoff);
        });
    });
    this.#asking.set(orderKey, cancel);
  }

  /** Whether it is settled what became of the order. */
  async #ask(order: LiveOrder): Promise<boolean> {
    const { client, rest, blotter, clock } = this.#options;
    if (!isUnsettled(this.#present(order))) return true;
    const clientOrderId = order.clientOrderId ?? '';
    const isLate = clock.now() > (order.createdAt ?? 0) + this.#options.orderValidityMs + CERTAIN_AFTER_MS;
    const answer = await client.ask(rest.order(order.symbol, { clientOrderId }));
    if (answer.type === 'DONE') {
      await blotter.learn({ reports: [answer.value] });
      return true;
    }
    if (answer.type !== 'NOT_FOUND' || !isLate) return false;
    const statusMessage = 'the venue never received the order';
    await blotter.learn({ states: [{ ...order, status: 'REJECTED', statusMessage, updatedAt: clock.now() }] });
    return true;
  }

  #present(order: LiveOrder): LiveOrder {
    return this.#options.blotter.find({ clientOrderId: order.clientOrderId ?? '' }) ?? order;
  }
}
