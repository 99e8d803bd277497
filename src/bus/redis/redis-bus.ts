import type { Clock } from '../../async/clock.ts';
import type { Gateway } from '../../domain/gateway.ts';
import type { LiveBar } from '../../domain/live-bar.ts';
import { marketKey } from '../../domain/market-topic.ts';
import type { Print } from '../../domain/market-trade.ts';
import type { Bus } from '../bus.ts';
import { createLosslessTopic } from '../memory/lossless-topic.ts';
import { parseGateway } from './gateway-values.ts';
import { parseLiveBar, parsePrint, parseQuote } from './market-values.ts';
import { RedisConflatedTopic } from './redis-conflated-topic.ts';
import type { RedisLink } from './redis-link.ts';
import { RedisLosslessTopic } from './redis-lossless-topic.ts';
import { RedisTapeTopic } from './redis-tape-topic.ts';

export interface RedisBusOptions {
  readonly link: RedisLink;
  /** Names the counting of this process; another one at every start. */
  readonly epoch: string;
  readonly clock: Clock;
  /** Events that Redis keeps of each lossless stream. Default 10,000. */
  readonly maxEvents?: number | undefined;
}

export interface RedisBus extends Bus {
  /** The id of the process that carries a gateway; undefined when it is gone. */
  carrierOf(gateway: string): string | undefined;
}

/** Of each account. */
export const ORDER_LOG_EVENTS = 10_000;

/**
 * The bus of servers that are several processes. What is published in one of them is there for the readers of all;
 * without Redis it stays where it is, and comes to the others when Redis is back.
 */
export function createRedisBus({ link, epoch, clock, maxEvents = ORDER_LOG_EVENTS }: RedisBusOptions): RedisBus {
  const shared = { link, epoch, clock };
  const gatewayStatus = gatewayStatusOf(shared);
  return {
    ticks: new RedisConflatedTopic({
      ...shared,
      name: 'ticks',
      parse: (value, key) => underItsKey(key, parseQuote(value), ofMarket),
      stale: (quote) => (quote.stale ? undefined : { ...quote, stale: true }),
    }),
    liveBars: new RedisConflatedTopic({ ...shared, name: 'liveBars', parse: toBar }),
    marketTrades: new RedisTapeTopic({ ...shared, name: 'marketTrades', parse: toPrint }),
    gatewayStatus,
    carrierOf: (gateway) => gatewayStatus.publisherOf(gateway),
    positions: new RedisConflatedTopic({ ...shared, name: 'positions' }),
    balances: new RedisConflatedTopic({ ...shared, name: 'balances' }),
    runStatus: new RedisConflatedTopic({ ...shared, name: 'runStatus' }),
    losslessTopic: (options) => {
      const { shared: streams } = options;
      if (streams === undefined) return createLosslessTopic({ ...options, clock });
      return new RedisLosslessTopic({ ...options, shared: streams, link, clock, maxEvents });
    },
  };
}

function toBar(value: object, key: string): LiveBar | undefined {
  return underItsKey(key, parseLiveBar(value), ({ gateway, symbol, interval }) => marketKey(gateway, symbol, interval));
}

function toPrint(value: object, key: string): Print | undefined {
  return underItsKey(key, parsePrint(value), ofMarket);
}

function ofMarket({ gateway, symbol }: { readonly gateway: string; readonly symbol: string }): string {
  return marketKey(gateway, symbol);
}

/** Undefined for a value under the key of another market, whose readers would take it for theirs. */
function underItsKey<Value>(key: string, value: Value | undefined, keyOf: (value: Value) => string): Value | undefined {
  return value === undefined || (key.startsWith('[') && keyOf(value) !== key) ? undefined : value;
}

function gatewayStatusOf(shared: Pick<RedisBusOptions, 'link' | 'epoch' | 'clock'>): RedisConflatedTopic<Gateway> {
  return new RedisConflatedTopic({
    ...shared,
    name: 'gatewayStatus',
    parse: (value, key) => {
      const gateway = parseGateway(value);
      return gateway?.name === key ? gateway : undefined;
    },
    stale: (gateway) => ({
      ...gateway,
      state: 'DISCONNECTED',
      stateReason: 'the process that carries the gateway cannot be reached',
    }),
  });
}
