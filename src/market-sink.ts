import type { Bus } from './bus/bus.ts';
import { badUserInput, quoted } from './domain/errors.ts';
import { type MarketTopic, marketKey, topicName } from './domain/market-topic.ts';
import type { AccountSink, MarketSink } from './exchanges/gateways.ts';

/** What gateways receive goes to the bus. */
export function marketSink(bus: Bus): MarketSink {
  return {
    quote: (quote) => bus.ticks.publish(marketKey(quote.gateway, quote.symbol), quote),
    print: (print) => bus.marketTrades.publish(marketKey(print.gateway, print.symbol), print),
    bar: (bar) => {
      bus.liveBars.publish(marketKey(bar.gateway, bar.symbol, bar.interval), bar, String(bar.openTime));
    },
    status: (gateway) => bus.gatewayStatus.publish(gateway.name, gateway),
    refused: (gateway, topic, reason) => {
      const error = badUserInput(`the venue does not serve ${quoted(topicName(topic))}: ${reason}`);
      const topics = { ticks: bus.ticks, trades: bus.marketTrades, bars: bus.liveBars };
      topics[topic.channel].fail(keyOf(gateway, topic), error);
    },
    interrupted: (gateway, topic) => {
      if (topic.channel === 'trades') bus.marketTrades.interrupt(keyOf(gateway, topic));
    },
    dropped: (gateway, topic) => {
      const key = keyOf(gateway, topic);
      if (topic.channel === 'ticks') bus.ticks.forget(key);
      if (topic.channel === 'bars') bus.liveBars.forget(key);
      if (topic.channel === 'trades') bus.marketTrades.interrupt(key);
    },
  };
}

/** What gateways learn of accounts goes to the bus; their orders are recorded first, by an OrderJournal. */
export function accountSink(bus: Bus): AccountSink {
  return {
    position: (state) => bus.positions.publish(marketKey(state.accountCookie, state.position.instrumentId), state),
    balance: (state) => bus.balances.publish(marketKey(state.accountCookie, state.currency), state),
  };
}

function keyOf(gateway: string, topic: MarketTopic): string {
  return marketKey(gateway, topic.symbol, topic.channel === 'bars' ? topic.interval : undefined);
}
