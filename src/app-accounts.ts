import type { AppBase } from './app-base.ts';
import type { Bus } from './bus/bus.ts';
import type { OrderStreams } from './bus/order-streams.ts';
import { positionKey } from './domain/holding-changes.ts';
import { marketKey } from './domain/market-topic.ts';
import { AccountFollower } from './store/account-follower.ts';
import type { AccountStore } from './store/accounts.ts';
import type { HoldingSink } from './store/followed-account.ts';
import type { OrderRecord } from './store/followed-orders.ts';
import type { OrderEventStore } from './store/order-events.ts';

export interface FollowerParts {
  readonly accountStore: AccountStore;
  readonly bus: Bus;
  readonly orderStreams: OrderStreams;
  readonly orderEvents: OrderEventStore;
  /** How long order events are kept. */
  readonly keptMs: number;
}

/** Follows the accounts that no gateway carries. */
export function openAccountFollower({ clock, logger, opened }: AppBase, parts: FollowerParts): AccountFollower {
  const follower = new AccountFollower({
    accounts: parts.accountStore,
    record: orderRecord(parts),
    holdings: holdingSink(parts.bus),
    newsMs: parts.keptMs,
    clock,
    random: Math.random,
    onFault: (error) => logger.warn({ error }, 'accounts that are followed cannot be read'),
  });
  opened.defer(() => follower.close());
  return follower;
}

/** Order events go through their stream, so that who follows the account is told what was stored. */
export function orderRecord({
  orderStreams,
  orderEvents,
}: Pick<FollowerParts, 'orderStreams' | 'orderEvents'>): OrderRecord {
  return {
    lastSeq: async (accountCookie) => (await orderEvents.bounds(accountCookie))?.lastSeq ?? 0,
    orders: async (accountCookie, most) => (await orderEvents.state(accountCookie, { since: 0, most })).orders,
    order: (accountCookie, orderId) => orderEvents.order(accountCookie, { orderId }),
    record: (accountCookie, changes) => orderStreams.record(accountCookie, changes),
  };
}

/** What accounts are seen to hold goes to the bus. */
export function holdingSink({ positions, balances }: Pick<Bus, 'positions' | 'balances'>): HoldingSink {
  return {
    position: (state) => positions.publish(marketKey(state.accountCookie, positionKey(state.position)), state),
    balance: (state) => balances.publish(marketKey(state.accountCookie, state.currency), state),
    dropped: (told) => {
      for (const position of told.positions) positions.forget(marketKey(told.accountCookie, positionKey(position)));
      for (const currency of told.currencies) balances.forget(marketKey(told.accountCookie, currency));
    },
  };
}
