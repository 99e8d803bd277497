import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { CodedError } from '../../domain/errors.ts';
import { inOrderOfInsertion } from '../../domain/insertion-order.ts';
import { foreignOrderKey, type LiveOrder, type OrderChange, ownOrderKey } from '../../domain/live-order.ts';
import { orderChanges } from '../../domain/order-changes.ts';
import { joinOrders, orderOfReport, orderOfRequest, withFills } from '../../domain/order-join.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { OrderTarget } from '../../domain/order-request.ts';
import { inOrderOfTime } from '../../domain/order-timeline.ts';
import type { OrderJournal } from '../order-journal.ts';
import { OrderIndex } from './order-index.ts';

/** What is learned of an account's orders. Each part may have been learned before, in any order. */
export interface OrderNews {
  readonly reports?: readonly OrderReport[];
  /** Of orders that are known, or reported along with them; others are passed over. */
  readonly fills?: readonly FillReport[];
  /** States that are made here, under their keys. */
  readonly states?: readonly LiveOrder[];
}

export interface BlotterOptions {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly journal: OrderJournal;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** `trouble` says something else than before. */
  onChange(): void;
  /** Orders are, or are not, open that were otherwise before. */
  onLearned(): void;
}

interface Waiting extends PromiseWithResolvers<void> {
  readonly news: OrderNews;
}

/** How long an order that has ended is asked for when the blotter is opened. */
const ENDED_WITHIN_MS = 24 * 3600 * 1000;
/** Orders that have ended and are still at hand; the journal has the others. */
const MOST_FINISHED = 2_000;
const MOST_WAITING = 50_000;
/** Between attempts to store what is learned: as long nothing can be placed. */
const MOST_PAUSE_MS = 4_000;

/**
 * The orders of one account. What is learned is merged with what is known, what is new about it is written to the
 * journal, and only then it is known. As long as the journal cannot be reached, what is learned waits.
 */
export class Blotter {
  readonly #options: BlotterOptions;
  readonly #index = new OrderIndex(MOST_FINISHED);
  readonly #watchers = new Set<() => void>();
  #waiting: Waiting[] = [];
  #waitingSize = 0;
  #isDraining = false;
  #isClosed = false;
  #trouble: string | null = null;
  #endPause: (() => void) | undefined;

  constructor(options: BlotterOptions) {
    this.#options = options;
  }

  /** Why what is learned cannot be stored; null when it can. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Reads what earlier processes knew, and what they may have sent. Fails as the journal does. */
  async load(): Promise<void> {
    const { journal, accountCookie, clock } = this.#options;
    for (const order of await journal.orders(accountCookie, clock.now() - ENDED_WITHIN_MS)) this.#index.put(order);
    for (const { request, submittedAt } of await journal.openSubmissions(accountCookie)) {
      const { clientOrderId } = request;
      if (this.own(clientOrderId) === undefined) this.expect(orderOfRequest(request, 'PENDING', submittedAt));
    }
  }

  find(target: OrderTarget): LiveOrder | undefined {
    return this.#index.find(target);
  }

  /** The order that was placed through here under the id. */
  own(clientOrderId: string): LiveOrder | undefined {
    return this.#index.get(ownOrderKey(clientOrderId));
  }

  /** Ascending by (createdAt, orderId). */
  open(): LiveOrder[] {
    return this.#index.open().sort(inOrderOfInsertion);
  }

  /** Of the orders that are at hand, each once. */
  symbols(): readonly string[] {
    return [...new Set(this.#index.all().map(({ symbol }) => symbol))];
  }

  /** Whether the venue's order was ever heard of. Fails as the journal does. */
  async isKnown(orderId: string): Promise<boolean> {
    return (await this.#recall(orderId)) !== undefined;
  }

  /** An order is on its way to the venue: nothing is recorded of that. */
  expect(pending: LiveOrder): void {
    this.#index.put(pending);
  }

  /** The order never left. */
  withdraw({ orderKey }: LiveOrder): void {
    this.#index.remove(orderKey);
  }

  /**
   * Resolves when everything new about it is stored and known. Rejects with OVERLOADED when too much waits for the
   * journal, and with SHUTTING_DOWN when the blotter is closed first.
   */
  learn(news: OrderNews): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    const size = sizeOf(news);
    if (this.#waitingSize > 0 && this.#waitingSize + size > MOST_WAITING) {
      return Promise.reject(new CodedError('OVERLOADED', `more than ${MOST_WAITING} reports wait to be stored`));
    }
    const waiting = { news, ...Promise.withResolvers<void>() };
    this.#waiting.push(waiting);
    this.#waitingSize += size;
    if (!this.#isDraining) void this.#drain();
    return waiting.promise;
  }

  /** Resolves with true as soon as the condition holds, which is asked after each change, and with false after the time. */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const watch = (): void => {
      if (condition()) resolve(true);
      else if (this.#isClosed) resolve(false);
    };
    const cancel = this.#options.clock.after(timeoutMs, () => resolve(false));
    this.#watchers.add(watch);
    try {
      return await promise;
    } finally {
      cancel();
      this.#watchers.delete(watch);
    }
  }

  /** What is being stored is stored; what waits is refused. */
  close(): void {
    this.#isClosed = true;
    this.#endPause?.();
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
    for (const watch of this.#watchers) watch();
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting.splice(0);
      this.#waitingSize = 0;
      try {
        const learned = await this.#persistently(() => this.#merge(waiting.map(({ news }) => news)));
        const changes = inOrderOfTime(learned.map((order) => this.#changesOf(order)));
        if (changes.length > 0) await this.#persistently(() => this.#record(changes));
        for (const order of learned) this.#index.put(order);
        if (learned.length > 0) this.#options.onLearned();
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
      for (const watch of this.#watchers) watch();
    }
    this.#isDraining = false;
  }

  /** The new states of the orders that the news are about. */
  async #merge(news: readonly OrderNews[]): Promise<LiveOrder[]> {
    const { gateway, accountCookie } = this.#options;
    const learned = new OrderIndex();
    const merge = (known: LiveOrder | undefined, state: LiveOrder): void =>
      learned.put(known === undefined ? state : joinOrders(known, state));
    const stateOf = (orderKey: string): LiveOrder | undefined => learned.get(orderKey) ?? this.#index.get(orderKey);
    for (const { states = [], reports = [], fills = [] } of news) {
      for (const state of states) merge(stateOf(state.orderKey), state);
      for (const report of reports) {
        const known = learned.findReported(report) ?? this.#index.findReported(report);
        const recalled = known === undefined ? await this.#recall(report.orderId) : stateOf(known.orderKey);
        const orderKey = recalled?.orderKey ?? foreignOrderKey(report.orderId);
        merge(recalled, orderOfReport(report, { gateway, accountCookie, orderKey }));
      }
      for (const { orderId, fill } of fills) {
        const known = learned.find({ orderId }) ?? (await this.#recall(orderId));
        if (known !== undefined) learned.put(withFills(known, [fill]));
      }
    }
    return learned.all();
  }

  /** As it is known here, else as it was last stored. */
  async #recall(orderId: string): Promise<LiveOrder | undefined> {
    const { journal, accountCookie } = this.#options;
    const known = this.#index.find({ orderId });
    if (known !== undefined) return known;
    const stored = await journal.order(accountCookie, { orderId });
    if (stored !== undefined) this.#index.put(stored);
    return stored;
  }

  #changesOf(order: LiveOrder): readonly OrderChange[] {
    return orderChanges(this.#index.get(order.orderKey), order, this.#options.clock.now());
  }

  async #record(changes: readonly OrderChange[]): Promise<void> {
    await this.#options.journal.record(this.#options.accountCookie, changes);
  }

  /** Tries again, after growing delays, as long as the journal cannot be reached. */
  async #persistently<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    const backoff = new Backoff(this.#options.random, MOST_PAUSE_MS);
    for (;;) {
      try {
        const answer = await task();
        this.#tell(null);
        return answer;
      } catch (error) {
        if (this.#isClosed) throw closed();
        if (!(error instanceof CodedError) || error.code !== 'UPSTREAM_UNAVAILABLE') throw error;
        this.#tell(`orders cannot be stored: ${error.message}`);
        await this.#pause(backoff.next());
        if (this.#isClosed) throw closed();
      }
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(delayMs, resolve);
    this.#endPause = resolve;
    await promise;
    cancel();
    this.#endPause = undefined;
  }

  #tell(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#options.onChange();
  }
}

function sizeOf({ reports = [], fills = [], states = [] }: OrderNews): number {
  return reports.length + fills.length + states.length;
}

function closed(): CodedError {
  return new CodedError('SHUTTING_DOWN', 'the gateway is stopping');
}
