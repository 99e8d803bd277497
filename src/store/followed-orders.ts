import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccountDocument } from '../domain/account-document.ts';
import { fillsOfOrder, ordersOfDocument } from '../domain/document-orders.ts';
import { CodedError } from '../domain/errors.ts';
import { isFinishedOrder, type LiveOrder, type OrderChange, type RecordedOrderChange } from '../domain/live-order.ts';
import { orderOfDocument, withFills } from '../domain/order-join.ts';
import { expired, isOverdue, lastInstantOf, observedChanges, retoldChange } from '../domain/order-observation.ts';
import { inOrderOfTime } from '../domain/order-timeline.ts';
import type { AccountStore } from './accounts.ts';

/** Where the changes of orders are recorded, and told to whoever follows them. Fails with UPSTREAM_UNAVAILABLE. */
export interface OrderRecord {
  /** Number of the last change of the account; 0 before the first. */
  lastSeq(accountCookie: string): Promise<number>;
  /** The state of each order that is not finished, and of the newest of those that are, at most `mostEnded`. */
  orders(accountCookie: string, mostEnded: number): Promise<readonly LiveOrder[]>;
  order(accountCookie: string, orderId: string): Promise<LiveOrder | undefined>;
  /** Answers the changes whose ids are new, with their numbers. */
  record(accountCookie: string, changes: readonly OrderChange[]): Promise<readonly RecordedOrderChange[]>;
}

export interface FollowedOrdersOptions {
  readonly accountCookie: string;
  /** Where the states of earlier trading days are. */
  readonly accounts: Pick<AccountStore, 'orders' | 'trades'>;
  readonly record: OrderRecord;
  /** What had ended so long before it was seen for the first time is not told. */
  readonly newsMs: number;
}

const MOST_ENDED_ORDERS = 2_000;
/** Other processes may be telling the same. */
const MOST_TRIES = 5;
/** Orders that are compared, and changes that are stored, before everybody else has a turn of the event loop. */
const A_TURN = 100;

/** Tells what the states of an account say of its orders beyond what is recorded. */
export class FollowedOrders {
  readonly #options: FollowedOrdersOptions;
  /** By key, as recorded behind `#lastSeq`. */
  #known = new Map<string, LiveOrder>();
  /** Whether every order that is recorded is known. */
  #isAllKnown = false;
  #lastSeq: number | undefined;
  /** Of the fills and orders that were seen last. */
  #digest: string | undefined;
  /** Keys of orders that are not told, and of those that are nowhere to be found. */
  readonly #passedOver = new Set<string>();
  readonly #missed = new Set<string>();

  constructor(options: FollowedOrdersOptions) {
    this.#options = options;
  }

  /** `now` is in milliseconds since the epoch. What failed is to be observed once more. */
  async observe(document: AccountDocument, now: number): Promise<void> {
    const digest = digestOf(document);
    if (digest === this.#digest) return;
    const at = document.snapshot.updatedAt ?? now;
    await this.#catchUp();
    const orders = ordersOfDocument(document);
    await this.#recall(orders);
    if (this.#digest === undefined) this.#passOver(orders, now);
    const told = orders.filter(({ orderKey }) => !this.#passedOver.has(orderKey));
    await this.#tell([...told, ...this.#filledApart(document)], at);
    await this.#seek(document, at);
    this.#forget(orders);
    this.#digest = digest;
  }

  /** Records what the states tell; again when another process has recorded something of it meanwhile. */
  async #tell(states: readonly LiveOrder[], at: number): Promise<void> {
    const refused = new Set<string>();
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const steps: (readonly OrderChange[])[] = [];
      for (const state of states) {
        if (steps.length % A_TURN === 0) await nextTurn();
        steps.push(observedChanges(this.#known.get(state.orderKey), state, at));
      }
      const changes = inOrderOfTime(steps).map((change) =>
        refused.has(change.eventId) ? retoldChange(this.#known.get(change.order.orderKey), change) : change,
      );
      if (changes.length === 0) return;
      const ids = await this.#record(changes);
      if (ids.size === changes.length) return;
      for (const { eventId } of changes) if (!ids.has(eventId)) refused.add(eventId);
      await this.#load();
      await this.#recall(states);
    }
    // Looked at again, since what is not recorded is not told.
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'the record of orders is contended');
  }

  /** Answers the ids of those that were not recorded before. */
  async #record(changes: readonly OrderChange[]): Promise<ReadonlySet<string>> {
    const { accountCookie, record } = this.#options;
    const ids = new Set<string>();
    for (let start = 0; start < changes.length; start += A_TURN) {
      await nextTurn();
      const recorded = await record.record(accountCookie, changes.slice(start, start + A_TURN));
      for (const { order, seq, eventId } of recorded) {
        this.#known.set(order.orderKey, order);
        if (seq === (this.#lastSeq ?? 0) + 1) this.#lastSeq = seq;
        ids.add(eventId);
      }
    }
    return ids;
  }

  /** Knows what is recorded, be it by another process. */
  async #catchUp(): Promise<void> {
    const { accountCookie, record } = this.#options;
    if (this.#lastSeq === undefined || this.#lastSeq !== (await record.lastSeq(accountCookie))) await this.#load();
  }

  async #load(): Promise<void> {
    const { accountCookie, record } = this.#options;
    const lastSeq = await record.lastSeq(accountCookie);
    const orders = await record.orders(accountCookie, MOST_ENDED_ORDERS);
    this.#known = new Map(orders.map((order) => [order.orderKey, order]));
    this.#isAllKnown = orders.length < MOST_ENDED_ORDERS;
    this.#lastSeq = lastSeq;
  }

  /** Knows what is recorded of these orders. */
  async #recall(orders: readonly LiveOrder[]): Promise<void> {
    if (this.#isAllKnown) return;
    const { accountCookie, record } = this.#options;
    for (const { orderKey, orderId } of orders) {
      if (this.#known.has(orderKey)) continue;
      const recorded = await record.order(accountCookie, orderId);
      if (recorded?.orderKey === orderKey) this.#known.set(orderKey, recorded);
    }
  }

  /** Gives up what has ended and is not in the document any more, which the record still has. */
  #forget(orders: readonly LiveOrder[]): void {
    if (this.#known.size <= MOST_ENDED_ORDERS) return;
    const present = new Set(orders.map(({ orderKey }) => orderKey));
    for (const [orderKey, order] of this.#known) {
      if (isFinishedOrder(order) && !present.has(orderKey)) this.#known.delete(orderKey);
    }
    this.#isAllKnown = false;
  }

  /** What had ended long ago is not news; it would be told anew whenever the record of it was given up. */
  #passOver(orders: readonly LiveOrder[], now: number): void {
    for (const order of orders) {
      const isOld = (lastInstantOf(order) ?? now) < now - this.#options.newsMs;
      if (isOld && isFinishedOrder(order) && !this.#known.has(order.orderKey)) this.#passedOver.add(order.orderKey);
    }
  }

  /** Known orders that the document does not have, with the fills that it has of them. */
  #filledApart({ snapshot, orders, trades }: AccountDocument): LiveOrder[] {
    const present = new Set(orders.map(({ orderId }) => orderId));
    const apart = new Set(trades.map(({ orderId }) => orderId));
    return [...this.#known.values()].flatMap((order) => {
      if (order.gateway !== null || present.has(order.orderId) || !apart.has(order.orderId)) return [];
      return [withFills(order, fillsOfOrder(order, { trades, currency: snapshot.currency }))];
    });
  }

  /**
   * Finds out what became of orders that nobody saw end, once their trading day is over: as the stored states of earlier
   * days have it, else as their time in force has it.
   */
  async #seek({ snapshot, orders }: AccountDocument, at: number): Promise<void> {
    const present = new Set(orders.map(({ orderId }) => orderId));
    const lost = (): LiveOrder[] =>
      [...this.#known.values()].filter(
        (order) =>
          isOverdue(order, snapshot.tradingDay) && !present.has(order.orderId) && !this.#missed.has(order.orderKey),
      );
    const sought = lost();
    if (sought.length === 0) return;
    const key = { source: 'REALTIME', accountCookie: this.#options.accountCookie } as const;
    const [stored = []] = await this.#options.accounts.orders([key]);
    const [trades = []] = await this.#options.accounts.trades([key]);
    const ids = new Set(sought.map(({ orderId }) => orderId));
    const tradesOf = Map.groupBy(trades, ({ orderId }) => orderId);
    const found = stored.flatMap((order) => {
      if (!ids.has(order.orderId)) return [];
      const own = { trades: tradesOf.get(order.orderId) ?? [], currency: snapshot.currency };
      return [orderOfDocument(order, fillsOfOrder(order, own))];
    });
    await this.#tell(found, at);
    await this.#tell(
      lost().flatMap((order) => expired(order) ?? []),
      at,
    );
    for (const { orderKey } of lost()) this.#missed.add(orderKey);
  }
}

function digestOf({ snapshot, trades, orders }: AccountDocument): string {
  const content = [snapshot.tradingDay, snapshot.currency, trades, orders];
  const text = JSON.stringify(content, (name, value: unknown) => {
    if (name === 'faults') return undefined; // where they were read, not what
    return typeof value === 'bigint' ? String(value) : value;
  });
  return createHash('sha1').update(text).digest('base64');
}
