import { marketKey } from '../domain/market-topic.ts';
import type { MarketTrade as CountedPrint } from '../domain/market-trade.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import { builder } from './builder.ts';
import { followMarket, gatewayOf, symbolsOf } from './market-streams.ts';
import { symbolArguments } from './symbol-arguments.ts';
import { SideEnum } from './trades.ts';

const MarketTrade = builder.objectRef<CountedPrint>('MarketTrade').implement({
  description:
    "One print of a venue's public tape, live ones only. side is the taker's. In order and complete for a reader that keeps up (seq rises by one for each gateway and symbol; under a new epoch prints may be missing); one that falls 10,000 behind ends with SLOW_CONSUMER.",
  fields: (t) => ({
    gateway: t.exposeString('gateway', { description: 'The gateway that it came through.' }),
    symbol: t.exposeString('symbol', { description: "The venue's own name of the instrument." }),
    seq: t.expose('seq', {
      type: 'SafeInt',
      description: 'Number of this print among those of the gateway and symbol; rises by one within an epoch.',
    }),
    epoch: t.exposeID('epoch', {
      description: 'Names the counting that seq belongs to; another epoch, another counting.',
    }),
    tradeId: t.exposeString('tradeId', {
      nullable: true,
      description: "The venue's own id, digit for digit; null when it sends none.",
    }),
    timestamp: t.expose('timestamp', {
      type: 'DateTime',
      nullable: true,
      description: "The venue's time; null when it sends none.",
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When this server received it.' }),
    price: t.expose('price', { type: 'Decimal', description: 'In quote currency, digits as the venue sent them.' }),
    size: t.expose('size', { type: 'Decimal', description: 'Base coins or contracts, digits as the venue sent them.' }),
    side: t.expose('side', {
      type: SideEnum,
      nullable: true,
      description: "The taker's side; null when the venue does not say.",
    }),
  }),
});

/**
 * Prints that may wait to be executed, which is our own haste. What a reader may be behind is bounded where its bytes go
 * out.
 */
const MOST_IN_A_BURST = 100_000;

const delivery: SharedDelivery<CountedPrint> = { kind: 'TAPE', keyOf: ({ symbol }) => symbol };

builder.subscriptionField('marketTrades', (t) =>
  t.field({
    type: MarketTrade,
    description:
      'The tape: every live print in order for a reader that keeps up; one that falls 10,000 behind ends with SLOW_CONSUMER. Nothing from before the subscription.',
    args: symbolArguments(t.arg),
    extensions: { delivery },
    subscribe: (_root, args, context) => {
      const session = gatewayOf(context, args.gateway);
      const symbols = symbolsOf(args);
      const reader = context.bus.marketTrades.subscribe({
        keys: symbols.map((symbol) => marketKey(session.name, symbol)),
        mostBehind: MOST_IN_A_BURST,
      });
      return followMarket({ session, topics: symbols.map((symbol) => ({ channel: 'trades', symbol })), reader });
    },
    resolve: (print) => print,
  }),
);
