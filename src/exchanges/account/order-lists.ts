import { isUnsettledOrder, type LiveOrder } from '../../domain/live-order.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { OrderTarget } from '../../domain/order-request.ts';
import type { VenueRest } from '../venue-account.ts';
import type { Blotter, OrderNews } from './blotter.ts';
import type { VenueClient } from './venue-client.ts';

export interface OrderListsOptions {
  readonly client: VenueClient;
  readonly rest: VenueRest;
  readonly blotter: Blotter;
  /** Those of the gateway, for a venue that lists by symbol. */
  readonly symbols: readonly string[];
}

/** Why an order that the venue has forgotten is cancelled. */
const FORGOTTEN = 'the venue knows no such order any more';
/** A venue may show a new order in its lists only after a while. */
const LISTED_AFTER_MS = 120_000;

/** Reads what the venue lists of the orders of an account. */
export class OrderLists {
  readonly #options: OrderListsOptions;
  /** Keys of open orders that the venue did not know when they were last asked for. */
  #missing: ReadonlySet<string> = new Set();

  constructor(options: OrderListsOptions) {
    this.#options = options;
  }

  /**
   * Everything that may have happened to the orders since an instant, as the venue has it. Open ones are asked for first
   * and fills last: what happens meanwhile is in the later lists. Both are milliseconds since the epoch. Rejects with a
   * VenueUnreadable.
   */
  async read(since: number, now: number): Promise<OrderNews> {
    const { client, rest } = this.#options;
    const reports = await client.askAll((after) => rest.openOrders(after));
    const symbols = this.#listedSymbols(reports);
    // A symbol may be gone, or never have been there: that keeps nobody from asking for the others.
    const mayBeMissing = symbols !== undefined;
    for (const list of symbols ?? rest.finishedOrderLists) {
      reports.push(...(await client.askAll((after) => rest.finishedOrders(list, since, after), mayBeMissing)));
    }
    const fills: FillReport[] = [];
    for (const list of symbols ?? [undefined]) {
      fills.push(...(await client.askAll((after) => rest.fills(since, after, list), mayBeMissing)));
    }
    const listed = new Set(reports.map(({ orderId }) => orderId));
    reports.push(...(await this.#ordersOf(fills, listed)), ...(await this.#unlisted(listed, now)));
    return { reports: withTheirFills(reports, fills), fills };
  }

  /** The symbols that have to be asked for one by one; undefined: the venue lists all of them together. */
  #listedSymbols(open: readonly OrderReport[]): readonly string[] | undefined {
    const { rest, blotter, symbols } = this.#options;
    if (rest.isListedBySymbol !== true) return undefined;
    return [...new Set([...symbols, ...blotter.symbols(), ...open.map(({ symbol }) => symbol)])];
  }

  /** Orders that are known by their fills alone. */
  async #ordersOf(fills: readonly FillReport[], listed: Set<string>): Promise<OrderReport[]> {
    const { client, rest, blotter } = this.#options;
    const reports: OrderReport[] = [];
    for (const { symbol, orderId } of fills) {
      if (listed.has(orderId) || (await blotter.isKnown(orderId))) continue;
      listed.add(orderId);
      reports.push(await client.askFor(rest.order(symbol, { orderId })));
    }
    return reports;
  }

  /** What became of open orders that are in no list. What was never acknowledged is asked for by whoever placed it. */
  async #unlisted(listed: ReadonlySet<string>, now: number): Promise<OrderReport[]> {
    const reports: OrderReport[] = [];
    const missing = new Set<string>();
    for (const order of this.#options.blotter.open()) {
      if (listed.has(order.orderId) || isUnsettledOrder(order)) continue;
      const report = await this.#ask(order);
      if (report !== undefined) {
        reports.push(report);
        continue;
      }
      missing.add(order.orderKey);
      const isNew = now - (order.createdAt ?? now) < LISTED_AFTER_MS;
      // A venue forgets what was cancelled without a fill within hours; fills are in a list that it keeps for days.
      const isForgotten = this.#missing.has(order.orderKey) && !isNew;
      if (isForgotten)
        reports.push({ ...order, status: 'CANCELLED', statusMessage: FORGOTTEN, updatedAt: now, fills: [] });
    }
    this.#missing = missing;
    return reports;
  }

  /** Undefined: the venue knows of no such order. */
  async #ask(order: LiveOrder): Promise<OrderReport | undefined> {
    const { client, rest } = this.#options;
    const request = rest.order(order.symbol, targetOf(order));
    const answer = await client.ask(request);
    if (answer.type === 'DONE') return answer.value;
    return answer.type === 'NOT_FOUND' ? undefined : client.askFor(request);
  }
}

/** Reports that bring their fills along: what an order is filled by is told together with that it is. */
function withTheirFills(reports: readonly OrderReport[], fills: readonly FillReport[]): OrderReport[] {
  const byOrder = Map.groupBy(fills, ({ orderId }) => orderId);
  return reports.map((report) => {
    const listed = byOrder.get(report.orderId)?.filter(({ symbol }) => symbol === report.symbol) ?? [];
    return listed.length === 0 ? report : { ...report, fills: [...report.fills, ...listed.map(({ fill }) => fill)] };
  });
}

/** How the venue finds an order: by its own id once that is known. */
export function targetOf({ orderId, clientOrderId }: LiveOrder): OrderTarget {
  return orderId === clientOrderId ? { clientOrderId } : { orderId };
}
