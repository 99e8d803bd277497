import type { AppBase } from './app-base.ts';
import type { SharedBus } from './app-bus.ts';
import { pause } from './async/pause.ts';
import type { StreamBounds } from './bus/bus.ts';
import { ORDER_TOPIC, type OrdersElsewhere, type PositionedChange, type RecordedOrders } from './bus/order-streams.ts';
import { ORDER_LOG_EVENTS } from './bus/redis/redis-bus.ts';
import { type LogEnd, StreamLog } from './bus/redis/stream-log.ts';
import { CodedError } from './domain/errors.ts';
import type { LiveOrder } from './domain/live-order.ts';
import type { OrderEventStore } from './store/order-events.ts';

export interface RemoteOrderParts {
  readonly shared: SharedBus;
  /** The gateway elsewhere that carries the account; undefined when none does. */
  readonly gatewayOf: (accountCookie: string) => string | undefined;
}

/** What Redis does not have yet of a stream that is counted anew is looked for so often, and so many times. */
const LOOK_MS = 100;
const MOST_LOOKS = 50;

/** Also single orders, as they were recorded there last. */
export interface RemoteOrders extends OrdersElsewhere, Pick<OrderEventStore, 'order'> {}

/** The orders of accounts that other processes carry: events are in Redis, states are theirs to tell. */
export function remoteOrders({ clock }: AppBase, { shared, gatewayOf }: RemoteOrderParts): RemoteOrders {
  const { bus, link, calls } = shared;
  const log = new StreamLog<PositionedChange>({ link, name: ORDER_TOPIC, maxEvents: ORDER_LOG_EVENTS });
  const ask = async (method: string, accountCookie: string, more: object = {}): Promise<unknown> => {
    const gateway = gatewayOf(accountCookie);
    const carrier = gateway === undefined ? undefined : bus.carrierOf(gateway);
    try {
      return await calls.ask(carrier, method, { accountCookie, ...more });
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw unavailable();
    }
  };
  const endOf = (accountCookie: string): Promise<LogEnd | undefined> => log.end(accountCookie).catch(() => undefined);
  return {
    isElsewhere: (accountCookie) => gatewayOf(accountCookie) !== undefined,
    read: (...asked) => log.read(...asked),
    bounds: async (accountCookie) => {
      const end = await endOf(accountCookie);
      if (end !== undefined && end.id !== '') return end;
      return ((await ask('orderBounds', accountCookie)) as StreamBounds | undefined | null) ?? undefined;
    },
    order: async (accountCookie, target) =>
      ((await ask('recordedOrder', accountCookie, { target })) as LiveOrder | undefined | null) ?? undefined,
    state: async (accountCookie, ended) => {
      const state = (await ask('orderState', accountCookie, { ended })) as RecordedOrders;
      // Who reads behind the state has to find the same counting in Redis.
      for (let looks = 0; looks < MOST_LOOKS; looks++) {
        const end = await endOf(accountCookie);
        if (end?.epoch === (state.bounds?.epoch ?? '')) return state;
        await pause(LOOK_MS, { clock, signal: new AbortController().signal });
      }
      throw unavailable();
    },
  };
}

function unavailable(): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', 'the process that carries the account cannot be reached');
}
