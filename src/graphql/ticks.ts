import { badUserInput } from '../domain/errors.ts';
import { marketKey } from '../domain/market-topic.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import type { Tick as TickState } from '../domain/tick.ts';
import { builder } from './builder.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { followMarket, gatewayOf, symbolsOf } from './market-streams.ts';
import { symbolArguments } from './symbol-arguments.ts';

const HIGHEST_RATE = 1_000;

const Tick = builder.objectRef<TickState>('Tick').implement({
  description:
    'The newest quote of one symbol at one gateway. Conflated: a slow reader gets fewer ticks, never an older one after a newer one. Prices are in quote currency, sizes in base coins or contracts; null is what the venue has not sent.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only. One for each gateway and symbol.',
      resolve: ({ gateway, symbol }) => encodeId('Tick', encodeKey(gateway, symbol)),
    }),
    gateway: t.exposeString('gateway', { description: 'The gateway that it came through.' }),
    symbol: t.exposeString('symbol', { description: "The venue's own name of the instrument." }),
    seq: t.expose('seq', {
      type: 'SafeInt',
      description:
        "Rises by exactly one with each state of the symbol, so the difference to a reader's previous tick, minus one, is what was passed over. It starts anew with epoch.",
    }),
    epoch: t.exposeID('epoch', {
      description: 'Names the counting that seq belongs to; another epoch, another counting.',
    }),
    timestamp: t.expose('timestamp', {
      type: 'DateTime',
      nullable: true,
      description: "The venue's time; null when it sends none.",
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When this server received it.' }),
    last: t.exposeFloat('last', { nullable: true, description: 'Price of the last trade.' }),
    lastSize: t.exposeFloat('lastSize', { nullable: true, description: 'Size of the last trade.' }),
    bid: t.exposeFloat('bid', { nullable: true, description: 'Best price that somebody bids.' }),
    bidSize: t.exposeFloat('bidSize', { nullable: true, description: 'Size at the best bid.' }),
    ask: t.exposeFloat('ask', { nullable: true, description: 'Best price that somebody asks.' }),
    askSize: t.exposeFloat('askSize', { nullable: true, description: 'Size at the best ask.' }),
    open24h: t.exposeFloat('open24h', { nullable: true, description: 'Price 24 hours ago.' }),
    high24h: t.exposeFloat('high24h', { nullable: true, description: 'Highest price of the last 24 hours.' }),
    low24h: t.exposeFloat('low24h', { nullable: true, description: 'Lowest price of the last 24 hours.' }),
    volume24h: t.exposeFloat('volume24h', { nullable: true, description: 'Size traded in the last 24 hours.' }),
    stale: t.exposeBoolean('stale', { description: 'The source has been silent past its limit.' }),
  }),
});

builder.queryField('ticks', (t) =>
  t.field({
    type: [Tick],
    nullable: true,
    description: 'The present quotes, in the order of the symbols; a symbol without any quote yet is left out.',
    args: symbolArguments(t.arg),
    resolve: (_root, args, context) => {
      const { name } = gatewayOf(context, args.gateway);
      return symbolsOf(args).flatMap((symbol) => context.bus.ticks.latest(marketKey(name, symbol)) ?? []);
    },
  }),
);

const delivery: SharedDelivery<TickState> = { kind: 'CONFLATED', keyOf: ({ symbol }) => symbol };

builder.subscriptionField('ticks', (t) =>
  t.field({
    type: Tick,
    description:
      'Conflated: first the present quote of each symbol, then the newest. `ticks` of Query answers the same once.',
    args: {
      ...symbolArguments(t.arg),
      maxPerSecond: t.arg.float({
        description:
          'Bounds what this reader gets for each symbol, in ticks a second; the newest value always arrives. No bound when absent.',
      }),
    },
    extensions: { delivery },
    subscribe: (_root, args, context) => {
      const session = gatewayOf(context, args.gateway);
      const symbols = symbolsOf(args);
      const reader = context.bus.ticks.subscribe({
        keys: symbols.map((symbol) => marketKey(session.name, symbol)),
        maxPerSecond: rateOf(args.maxPerSecond),
      });
      return followMarket({ session, topics: symbols.map((symbol) => ({ channel: 'ticks', symbol })), reader });
    },
    resolve: (tick) => tick,
  }),
);

function rateOf(maxPerSecond: number | null | undefined): number | undefined {
  if (maxPerSecond == null) return undefined;
  if (maxPerSecond > 0 && maxPerSecond <= HIGHEST_RATE) return maxPerSecond;
  throw badUserInput(`received maxPerSecond: ${maxPerSecond}, wanted more than 0 and at most ${HIGHEST_RATE}`);
}
