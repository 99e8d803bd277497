import type { Position } from '../../domain/account.ts';
import type { LiveOrder } from '../../domain/live-order.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderTarget } from '../../domain/order-request.ts';
import type { CurrencyBalance, VenueRest } from '../venue-account.ts';
import type { Blotter, OrderNews } from './blotter.ts';
import type { VenueClient } from './venue-client.ts';

export interface ReconciliationOptions {
  readonly client: VenueClient;
  readonly rest: VenueRest;
  readonly blotter: Blotter;
  /** Orders and fills from this instant of the venue's clock on are asked for. */
  readonly since: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why an order that the venue has forgotten is cancelled. */
const FORGOTTEN = 'the venue knows no such order any more';

/**
 * Everything that may have happened to the orders of an account since an instant, as the venue's lists have it. Open ones
 * are asked for first: what ends meanwhile is in the later lists. Rejects with a VenueUnreadable.
 */
export async function readOrders(options: ReconciliationOptions): Promise<OrderNews> {
  const { client, rest, blotter, since, now } = options;
  const reports = await client.askAll((after) => rest.openOrders(after));
  for (const list of rest.finishedOrderLists) {
    reports.push(...(await client.askAll((after) => rest.finishedOrders(list, since, after))));
  }
  const fills = await client.askAll((after) => rest.fills(since, after));
  const listed = new Set(reports.map(({ orderId }) => orderId));
  for (const { symbol, orderId } of fills) {
    if (listed.has(orderId) || (await blotter.isKnown(orderId))) continue;
    listed.add(orderId);
    reports.push(await client.askFor(rest.order(symbol, { orderId })));
  }
  for (const order of blotter.open()) {
    const isListed = listed.has(order.orderId) || reports.some((report) => isOf(report, order));
    // What the venue never acknowledged is asked for until that is certain, by whoever placed it.
    if (isListed || order.status === 'PENDING' || order.status === 'UNKNOWN') continue;
    const report = await askForOne(client, rest, order);
    // A venue forgets what was cancelled without a fill within hours; fills are in a list that it keeps for days.
    reports.push(report ?? { ...order, status: 'CANCELLED', statusMessage: FORGOTTEN, updatedAt: now, fills: [] });
  }
  return { reports, fills };
}

/** What the account holds. Rejects with a VenueUnreadable. */
export async function readHoldings({ client, rest }: Pick<ReconciliationOptions, 'client' | 'rest'>): Promise<{
  readonly positions: readonly Position[];
  readonly balances: readonly CurrencyBalance[];
}> {
  return { positions: await client.askFor(rest.positions()), balances: await client.askFor(rest.balances()) };
}

/** How the venue finds an order: by its own id once that is known. */
export function targetOf({ orderId, clientOrderId }: LiveOrder): OrderTarget {
  return orderId === clientOrderId ? { clientOrderId } : { orderId };
}

/** Undefined: the venue knows of no such order. */
async function askForOne(client: VenueClient, rest: VenueRest, order: LiveOrder): Promise<OrderReport | undefined> {
  const request = rest.order(order.symbol, targetOf(order));
  const answer = await client.ask(request);
  if (answer.type === 'DONE') return answer.value;
  return answer.type === 'NOT_FOUND' ? undefined : client.askFor(request);
}

function isOf(report: OrderReport, { clientOrderId }: LiveOrder): boolean {
  return clientOrderId !== null && report.clientOrderId === clientOrderId;
}
