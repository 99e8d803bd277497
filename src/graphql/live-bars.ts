import type { ArgBuilder } from '@pothos/core';
import { type LiveBar as FormingBar, LIVE_BAR_INTERVALS } from '../domain/live-bar.ts';
import { marketKey } from '../domain/market-topic.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import { builder, type DeskgraphTypes } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { followMarket, gatewayOf, symbolsOf } from './market-streams.ts';
import { symbolArguments } from './symbol-arguments.ts';

const LiveBarIntervalEnum = describedEnum('LiveBarInterval', {
  description: 'How long a live bar is.',
  values: LIVE_BAR_INTERVALS,
  meaning: {
    M1: 'One minute.',
    M3: 'Three minutes.',
    M5: 'Five minutes.',
    M15: 'Fifteen minutes.',
    M30: 'Thirty minutes.',
    H1: 'One hour.',
    H4: 'Four hours.',
    D1: 'One day, as the venue cuts it.',
  },
});

const LiveBar = builder.objectRef<FormingBar>('LiveBar').implement({
  description:
    'A bar that is forming, or that has just closed. Conflated for each symbol and openTime; a closed bar is always delivered.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only. One for each gateway, symbol, interval and openTime.',
      resolve: ({ gateway, symbol, interval, openTime }) =>
        encodeId('LiveBar', encodeKey(gateway, symbol, interval, openTime)),
    }),
    gateway: t.exposeString('gateway', { description: 'The gateway that it came through.' }),
    symbol: t.exposeString('symbol', { description: "The venue's own name of the instrument." }),
    interval: t.expose('interval', { type: LiveBarIntervalEnum, description: 'How long it is.' }),
    openTime: t.expose('openTime', { type: 'DateTime', description: 'When it begins, by the clock of the venue.' }),
    open: t.exposeFloat('open', { description: 'First price, in quote currency.' }),
    high: t.exposeFloat('high', { description: 'Highest price so far.' }),
    low: t.exposeFloat('low', { description: 'Lowest price so far.' }),
    close: t.exposeFloat('close', { description: 'Last price so far.' }),
    volume: t.exposeFloat('volume', { description: 'Size traded so far, in base coins or contracts.' }),
    isClosed: t.exposeBoolean('isClosed', {
      description: 'Whether it is over: a closed bar does not change any more.',
    }),
  }),
});

builder.queryField('liveBars', (t) =>
  t.field({
    type: [LiveBar],
    nullable: true,
    description:
      'The present bar of each symbol, in the order of the symbols; a symbol without any bar yet is left out.',
    args: liveBarArguments(t.arg),
    resolve: (_root, args, context) => {
      const { name } = gatewayOf(context, args.gateway);
      return symbolsOf(args).flatMap(
        (symbol) => context.bus.liveBars.latest(marketKey(name, symbol, args.interval)) ?? [],
      );
    },
  }),
);

const delivery: SharedDelivery<FormingBar> = {
  kind: 'CONFLATED',
  keyOf: ({ symbol }) => symbol,
  partOf: ({ openTime }) => String(openTime),
};

builder.subscriptionField('liveBars', (t) =>
  t.field({
    type: LiveBar,
    description:
      'Conflated for each symbol and openTime: first the present bar of each symbol, then the newest; a closed bar is always delivered.',
    args: liveBarArguments(t.arg),
    extensions: { delivery },
    subscribe: (_root, args, context) => {
      const { interval } = args;
      const session = gatewayOf(context, args.gateway);
      const symbols = symbolsOf(args);
      const reader = context.bus.liveBars.subscribe({
        keys: symbols.map((symbol) => marketKey(session.name, symbol, interval)),
      });
      return followMarket({
        session,
        topics: symbols.map((symbol) => ({ channel: 'bars', symbol, interval })),
        reader,
      });
    },
    resolve: (bar) => bar,
  }),
);

function liveBarArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    ...symbolArguments(arg),
    interval: arg({
      type: LiveBarIntervalEnum,
      required: true,
      defaultValue: 'M1',
      description: 'How long the bars are.',
    }),
  };
}
