import type { Gateway } from '../../src/domain/gateway.ts';
import type { LiveBar } from '../../src/domain/live-bar.ts';
import { type MarketTopic, topicName } from '../../src/domain/market-topic.ts';
import type { Print } from '../../src/domain/market-trade.ts';
import type { Quote } from '../../src/domain/tick.ts';
import { ExchangeGateway, type ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import type { Logger } from '../../src/logger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { scriptedMarketVenue } from '../support/scripted-venue-market.ts';

/** A gateway and all that it published and logged, in lists that a test reads. */
export interface WatchedGateway {
  readonly gateway: ExchangeGateway;
  readonly clock: ManualClock;
  readonly quotes: Quote[];
  readonly prints: Print[];
  readonly bars: LiveBar[];
  readonly statuses: Gateway[];
  /** `ticks BTC: reason`. */
  readonly refused: string[];
  /** `ticks BTC`. */
  readonly dropped: string[];
  readonly interrupted: string[];
  readonly lines: { readonly message: string; readonly fields: object }[];
  /** Resolves when the gateway is in the state. */
  untilState(state: Gateway['state']): Promise<void>;
  /** Lets the delay before the next attempt of any socket pass. */
  passDelay(): void;
}

/** A gateway, not started, to the scripted market; its sockets tolerate silence, so that time may pass in big steps. */
export function watchGateway(origin: string, options: Partial<ExchangeGatewayOptions> = {}): WatchedGateway {
  const clock = new ManualClock();
  const watched = {
    quotes: [] as Quote[],
    prints: [] as Print[],
    bars: [] as LiveBar[],
    statuses: [] as Gateway[],
    refused: [] as string[],
    dropped: [] as string[],
    interrupted: [] as string[],
    lines: [] as { message: string; fields: object }[],
  };
  const write = (fields: object, message: string): void => void watched.lines.push({ message, fields });
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const gateway = new ExchangeGateway({
    name: 'desk',
    venue: scriptedMarketVenue(origin),
    symbols: [],
    channels: [],
    sink: {
      quote: (quote) => void watched.quotes.push(quote),
      print: (print) => void watched.prints.push(print),
      bar: (bar) => void watched.bars.push(bar),
      status: (status) => void watched.statuses.push(status),
      refused: (_, topic: MarketTopic, reason) => void watched.refused.push(`${topicName(topic)}: ${reason}`),
      interrupted: (_, topic: MarketTopic) => void watched.interrupted.push(topicName(topic)),
      dropped: (_, topic: MarketTopic) => void watched.dropped.push(topicName(topic)),
    },
    clock,
    random: () => 0.5,
    logger,
    timing: {
      socket: { silenceTimeoutMs: 86_400_000 },
      silence: { ticks: 86_400_000, trades: 86_400_000, bars: 86_400_000 },
    },
    ...options,
  });
  return {
    ...watched,
    gateway,
    clock,
    untilState: (state) => until(() => gateway.status().state === state),
    passDelay: () => {
      const next = gateway.status().connections.map(({ nextAttemptAt }) => nextAttemptAt ?? 0);
      clock.advance(Math.max(...next) - clock.now());
    },
  };
}
