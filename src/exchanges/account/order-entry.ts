import type { Clock } from '../../async/clock.ts';
import { resolvesWithin } from '../../async/resolves-within.ts';
import { CodedError } from '../../domain/errors.ts';
import { isFinishedOrder, isUnsettledOrder, type LiveOrder } from '../../domain/live-order.ts';
import { orderOfRequest, refusedOrder } from '../../domain/order-join.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderRequest, OrderSubmission, OrderTarget } from '../../domain/order-request.ts';
import type { CancelOutcome, OrderRefusal, PlaceOutcome } from '../gateways.ts';
import type { OrderJournal } from '../order-journal.ts';
import type { PlacedOrder, VenueRequest, VenueRest } from '../venue-account.ts';
import type { Blotter } from './blotter.ts';
import { targetOf } from './order-lists.ts';
import { isSameRequest } from './same-request.ts';
import type { Uncertainty } from './uncertainty.ts';
import type { VenueClient } from './venue-client.ts';

export interface OrderEntryTiming {
  /** So long after it was sent the venue must not take an order any more. */
  readonly orderValidityMs: number;
  /** How long an answer waits for the venue to push what became of the order. */
  readonly pushTimeoutMs: number;
  /** How long an answer waits until what became of the order is stored. */
  readonly storeTimeoutMs: number;
}

export interface OrderEntryOptions {
  readonly accountCookie: string;
  readonly client: VenueClient;
  readonly rest: VenueRest;
  readonly journal: OrderJournal;
  readonly blotter: Blotter;
  readonly uncertainty: Uncertainty;
  readonly clock: Clock;
  readonly timing: OrderEntryTiming;
  /** Why the order cannot be placed now; undefined: it can. */
  placingGate(request: OrderRequest): OrderRefusal | undefined;
  /** Why none can be cancelled now. */
  cancellingGate(): OrderRefusal | undefined;
}

interface Sending extends OrderSubmission {
  readonly sendable: VenueRequest<PlacedOrder>;
  /** By our clock. */
  readonly expiresAt: number;
}

/** Whatever the venue says of it. */
const SENT_ONCE = { priority: 'ORDER', isIdempotent: false } as const;

/** Places and cancels orders of one account. An order is sent once; whether it arrived is found out by asking. */
export class OrderEntry {
  readonly #options: OrderEntryOptions;
  /** Orders that are being placed, by clientOrderId. */
  readonly #underWay = new Map<string, { readonly request: OrderRequest; readonly outcome: Promise<PlaceOutcome> }>();

  constructor(options: OrderEntryOptions) {
    this.#options = options;
  }

  /** Fails with BAD_USER_INPUT for what the venue cannot take. */
  place(request: OrderRequest): Promise<PlaceOutcome> {
    const { clientOrderId } = request;
    const underWay = this.#underWay.get(clientOrderId);
    if (underWay !== undefined) {
      return isSameRequest(underWay.request, request) ? underWay.outcome : Promise.resolve(otherContent(request));
    }
    const outcome = this.#place(request).finally(() => this.#underWay.delete(clientOrderId));
    this.#underWay.set(clientOrderId, { request, outcome });
    return outcome;
  }

  /** Whether an order with this id is being placed. */
  isUnderWay(clientOrderId: string): boolean {
    return this.#underWay.has(clientOrderId);
  }

  async cancel(target: OrderTarget, symbol: string | undefined): Promise<CancelOutcome> {
    const { journal, accountCookie, blotter } = this.#options;
    const known = blotter.find(target) ?? (await journal.order(accountCookie, target));
    if (known !== undefined && isFinishedOrder(known)) return alreadyEnded(known);
    const named = known?.symbol ?? symbol;
    if (named === undefined) return { type: 'NOT_FOUND' };
    const closed = this.#options.cancellingGate();
    if (closed !== undefined) return closed;
    return this.#cancel(named, known === undefined ? target : targetOf(known));
  }

  async #place(request: OrderRequest): Promise<PlaceOutcome> {
    const { client, journal, accountCookie, placingGate, clock, rest, timing } = this.#options;
    const before = await journal.submission(accountCookie, request.clientOrderId);
    if (before !== undefined) return this.#repeat(before.request, request);
    const closed = placingGate(request);
    if (closed !== undefined) return closed;
    const submittedAt = clock.now();
    // Made first: what the venue cannot take is refused before it is written down.
    const expiresAt = submittedAt + timing.orderValidityMs;
    const sendable = { ...rest.placeOrder(request, client.toVenueTime(expiresAt)), ...SENT_ONCE };
    const earlier = await journal.submit({ request, submittedAt });
    if (earlier !== undefined) return this.#repeat(earlier.request, request);
    const closedMeanwhile = placingGate(request);
    if (closedMeanwhile !== undefined) {
      await journal.withdraw(accountCookie, request.clientOrderId);
      return closedMeanwhile;
    }
    return this.#send({ request, submittedAt, sendable, expiresAt });
  }

  /** What became of the first one. */
  async #repeat(first: OrderRequest, request: OrderRequest): Promise<PlaceOutcome> {
    if (!isSameRequest(first, request)) return otherContent(request);
    const { clientOrderId } = request;
    const { blotter, journal, accountCookie, clock } = this.#options;
    const order = blotter.own(clientOrderId) ?? (await journal.order(accountCookie, { clientOrderId }));
    // Its events may have been given up long ago.
    return outcomeOf(order ?? orderOfRequest(request, 'UNKNOWN', clock.now()));
  }

  async #send({ request, submittedAt, sendable, expiresAt }: Sending): Promise<PlaceOutcome> {
    const { client, journal, accountCookie, blotter, clock } = this.#options;
    const pending = orderOfRequest(request, 'PENDING', submittedAt);
    blotter.expect(pending);
    const answer = await client.ask(sendable, { deadlineAt: expiresAt });
    switch (answer.type) {
      case 'DONE':
        return this.#accepted(pending, answer.value.orderId);
      case 'NOT_SENT':
        blotter.withdraw(pending);
        await journal.withdraw(accountCookie, request.clientOrderId);
        return { type: 'REFUSED', code: 'GATEWAY_DOWN', message: answer.reason, venueCode: null };
      case 'REFUSED':
      case 'NOT_FOUND':
        return this.#refused(pending, refusedOrder(request, { ...answer, at: clock.now() }));
      case 'UNCLEAR':
        return outcomeOf(await this.#options.uncertainty.resolve(pending, answer.reason));
    }
  }

  /** The venue pushes what it has made of the order, which says more than its answer; if it does not, that counts. */
  async #accepted(pending: LiveOrder, orderId: string): Promise<PlaceOutcome> {
    const { blotter, timing } = this.#options;
    const { type, timeInForce } = pending;
    const endsAtOnce = type === 'MARKET' || timeInForce === 'IOC' || timeInForce === 'FOK';
    const isPushed = (): boolean => {
      const order = this.#present(pending);
      return endsAtOnce ? isFinishedOrder(order) : !isUnsettledOrder(order);
    };
    if (!(await blotter.until(isPushed, timing.pushTimeoutMs))) {
      await this.#store({ ...pending, orderId, status: 'OPEN' });
    }
    const order = this.#present(pending);
    if (!isUnsettledOrder(order)) return outcomeOf(order);
    return outcomeOf({
      ...pending,
      orderId,
      status: 'UNKNOWN',
      statusMessage: 'what the venue answered is not stored yet',
    });
  }

  async #refused(pending: LiveOrder, refused: LiveOrder): Promise<PlaceOutcome> {
    // What the venue has it did not refuse, whatever it says: the request may have arrived twice.
    if (isUnsettledOrder(this.#present(pending))) await this.#store(refused);
    const order = this.#present(pending);
    return outcomeOf(isUnsettledOrder(order) ? refused : order);
  }

  /** Waits a while until it is stored; afterwards that goes on by itself. */
  async #store(state: LiveOrder): Promise<void> {
    const { blotter, clock, timing } = this.#options;
    await resolvesWithin(blotter.learn({ states: [state] }), clock, timing.storeTimeoutMs);
  }

  async #cancel(symbol: string, target: OrderTarget): Promise<CancelOutcome> {
    const { client, rest, blotter, timing } = this.#options;
    const answer = await client.ask({ ...rest.cancelOrder(symbol, target), priority: 'ORDER' });
    const find = (): LiveOrder | undefined => blotter.find(target);
    switch (answer.type) {
      case 'DONE': {
        const hasEnded = (): boolean => {
          const order = find();
          return order !== undefined && isFinishedOrder(order);
        };
        if (!(await blotter.until(hasEnded, timing.pushTimeoutMs))) await this.#askAgain(symbol, target);
        const order = find();
        if (order === undefined) return { type: 'NOT_FOUND' };
        return { type: 'ORDER', order };
      }
      case 'NOT_SENT':
        return { type: 'REFUSED', code: 'GATEWAY_DOWN', message: answer.reason, venueCode: null };
      case 'NOT_FOUND': {
        const order = find();
        // It may still arrive, or be asked for where it is not shown yet.
        return order === undefined ? { type: 'NOT_FOUND' } : { type: 'ORDER', order };
      }
      case 'REFUSED':
        // It may have ended without our knowing.
        await this.#askAgain(symbol, target);
        if (find() === undefined) return { type: 'NOT_FOUND' };
        return { type: 'REFUSED', code: 'ORDER_REJECTED', message: answer.reason, venueCode: answer.code };
      case 'UNCLEAR':
        throw new CodedError(
          'UPSTREAM_UNAVAILABLE',
          `it is not known whether the cancel arrived and it can be sent again: ${answer.reason}`,
        );
    }
  }

  async #askAgain(symbol: string, target: OrderTarget): Promise<void> {
    const { client, rest, blotter, clock, timing } = this.#options;
    const answer = await client.ask<OrderReport>(rest.order(symbol, target));
    if (answer.type !== 'DONE') return;
    await resolvesWithin(blotter.learn({ reports: [answer.value] }), clock, timing.storeTimeoutMs);
  }

  /** What is known of the order by now. */
  #present(order: LiveOrder): LiveOrder {
    return this.#options.blotter.own(order.clientOrderId ?? '') ?? order;
  }
}

/** A refused order is no order to whoever placed it. */
function outcomeOf(order: LiveOrder): PlaceOutcome {
  if (order.status !== 'REJECTED') return { type: 'ORDER', order };
  const message = order.statusMessage ?? 'the venue refused the order';
  return { type: 'REFUSED', code: 'ORDER_REJECTED', message, venueCode: order.venueCode };
}

function otherContent({ clientOrderId }: OrderRequest): OrderRefusal {
  const message = `the clientOrderId ${clientOrderId} was used for another order`;
  return { type: 'REFUSED', code: 'BAD_USER_INPUT', message, venueCode: null };
}

function alreadyEnded({ status }: LiveOrder): OrderRefusal {
  return { type: 'REFUSED', code: 'ORDER_REJECTED', message: `the order is ${status} already`, venueCode: null };
}
