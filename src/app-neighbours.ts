import type { AppBase } from './app-base.ts';
import type { SharedBus } from './app-bus.ts';
import type { HeldGateway } from './app-gateways.ts';
import { type RemoteOrders, remoteOrders } from './app-remote-orders.ts';
import { NotSentError } from './bus/redis/process-calls.ts';
import { CodedError } from './domain/errors.ts';
import type { Gateway } from './domain/gateway.ts';
import type { MarketTopic } from './domain/market-topic.ts';
import type { OrderTarget } from './domain/order-request.ts';
import type { GatewaySession } from './exchanges/gateways.ts';
import { answerCall, type CarrierAnswer, type GatewayCarrier, RemoteGateway } from './exchanges/remote-gateway.ts';
import { TopicLeases } from './exchanges/topic-leases.ts';
import { WantedTopics } from './exchanges/wanted-topics.ts';
import type { OrderEventStore } from './store/order-events.ts';

/** What a process wants of a gateway it says so often, and not for longer than that it gets it. */
const RENEW_MS = 2_000;
const LEASE_MS = 10_000;

/** The processes that share the bus, seen from this one. */
export interface Neighbours {
  /** Gateways that others carry, in the order in which they were heard of. */
  gateways(): readonly GatewaySession[];
  /** The same, with the symbols that are told of now. */
  onPage(): readonly HeldGateway[];
  readonly orders: RemoteOrders;
  /** Orders of whichever account, wherever it is carried. */
  readonly recordedOrders: Pick<OrderEventStore, 'state' | 'order'>;
  /** From now on others may use these gateways of this process. */
  serve(sessions: readonly GatewaySession[]): void;
}

export interface NeighbourParts {
  readonly shared: SharedBus;
  /** Gateways of this process, by name. */
  readonly isLocal: (gateway: string) => boolean;
  readonly orderEvents: OrderEventStore;
}

/** Gets to know the gateways of other processes, and lets those use the ones of this process. */
export function meetNeighbours(base: AppBase, { shared, isLocal, orderEvents }: NeighbourParts): Neighbours {
  const { clock, opened } = base;
  const { bus, calls } = shared;
  const known = new Map<string, RemoteGateway>();
  const statusOf = (name: string): Gateway | undefined => bus.gatewayStatus.latest(name);
  const elsewhere = (): readonly Gateway[] => bus.gatewayStatus.present().filter(({ name }) => !isLocal(name));

  const wantedOf = new Map<string, WantedTopics>();
  opened.defer(() => {
    for (const each of wantedOf.values()) each.close();
  });
  /** One for each gateway: what this process wants of it is told as a whole. */
  const wantedFrom = (name: string): WantedTopics => {
    const known = wantedOf.get(name);
    if (known !== undefined) return known;
    const tell = (topics: readonly MarketTopic[]): void => {
      const carrier = bus.carrierOf(name);
      if (carrier !== undefined) calls.tell(carrier, 'want', { gateway: name, topics });
    };
    const wanted = new WantedTopics({ clock, renewMs: RENEW_MS, tell });
    wantedOf.set(name, wanted);
    return wanted;
  };

  const carrierOf = (name: string, told: Gateway): GatewayCarrier => {
    const wanted = wantedFrom(name);
    return {
      status: () => statusOf(name) ?? told,
      hasCompared: () => statusOf(name)?.hasComparedAccount === true && bus.carrierOf(name) !== undefined,
      want: (topics) => wanted.want(topics),
      ask: (method, values) => ask(bus.carrierOf(name), { gateway: name, method, values }),
      now: () => clock.now(),
    };
  };

  const ask = async (to: string | undefined, values: object): Promise<CarrierAnswer> => {
    try {
      return { value: await calls.ask(to, 'gateway', values) };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      return error instanceof NotSentError ? 'NOT_SENT' : 'NO_ANSWER';
    }
  };

  const gateways = (): readonly RemoteGateway[] =>
    elsewhere().map((status) => {
      const { name, accountCookie } = status;
      const before = known.get(name);
      if (before !== undefined && (before.account?.accountCookie ?? null) === accountCookie) return before;
      const gateway = new RemoteGateway(name, carrierOf(name, status));
      known.set(name, gateway);
      return gateway;
    });
  const gatewayOf = (accountCookie: string): string | undefined =>
    elsewhere().find((each) => each.accountCookie === accountCookie)?.name;
  const orders = remoteOrders(base, { shared, gatewayOf });

  return {
    gateways,
    onPage: () =>
      gateways().map((session) => {
        const ticks = bus.ticks.present().filter(({ gateway }) => gateway === session.name);
        return { session, symbols: ticks.map(({ symbol }) => symbol) };
      }),
    orders,
    recordedOrders: {
      state: (accountCookie, ended) =>
        (orders.isElsewhere(accountCookie) ? orders : orderEvents).state(accountCookie, ended),
      order: (accountCookie, target) =>
        (orders.isElsewhere(accountCookie) ? orders : orderEvents).order(accountCookie, target),
    },
    serve: (sessions) => {
      const sessionOf = (name: unknown): GatewaySession => {
        const session = sessions.find((each) => each.name === name);
        if (session === undefined) throw new CodedError('NOT_FOUND', 'this process carries no such gateway');
        return session;
      };
      const leases = new Map(
        sessions.map((session) => [session.name, new TopicLeases({ session, clock, leaseMs: LEASE_MS })]),
      );
      opened.defer(() => {
        for (const each of leases.values()) each.close();
      });
      calls.handle('gateway', ({ gateway, method, values }) =>
        answerCall(sessionOf(gateway), String(method), Object(values)),
      );
      calls.handle('want', ({ gateway, topics }, from) =>
        typeof gateway === 'string' ? leases.get(gateway)?.renew(from, topics) : undefined,
      );
      calls.handle('orderBounds', ({ accountCookie }) => orderEvents.bounds(String(accountCookie)));
      calls.handle('recordedOrder', ({ accountCookie, target }) =>
        orderEvents.order(String(accountCookie), target as OrderTarget),
      );
      calls.handle('orderState', ({ accountCookie, ended }) =>
        orderEvents.state(String(accountCookie), ended as Parameters<OrderEventStore['state']>[1]),
      );
    },
  };
}
