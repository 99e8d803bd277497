/// <reference lib="dom" />
import { type Candle, type LiveBar, minuteCandle, withLast } from './candle.ts';
import type { CandleSource, CandleSourceOptions } from './candle-source.ts';
import { keepFollowing } from './following.ts';
import type { GatewayFacts, Operation } from './panel.ts';
import type { SelectedSymbol } from './selection.ts';

const MOST_MINUTES = 1_440;

export const LIVE_BARS = `subscription LiveBars($gateway: String!, $symbols: [String!]!, $interval: LiveBarInterval!) {
  liveBars(gateway: $gateway, symbols: $symbols, interval: $interval) {
    symbol
    openTime
    open
    high
    low
    close
    volume
  }
}`;

/** The minutes of all symbols since the page was opened; those of one of them are shown. */
export class MinuteCandles implements CandleSource {
  readonly #options: CandleSourceOptions;
  readonly #candles = new Map<string, readonly Candle[]>();
  #selected: SelectedSymbol | undefined;
  #problem: string | undefined;

  constructor(selected: SelectedSymbol | undefined, options: CandleSourceOptions) {
    this.#selected = selected;
    this.#options = options;
  }

  get name(): string {
    return this.#selected?.symbol ?? '';
  }

  get candles(): readonly Candle[] {
    return this.#selected === undefined ? [] : (this.#candles.get(keyOf(this.#selected)) ?? []);
  }

  get note(): string {
    if (this.#selected === undefined) return 'No gateway with symbols is configured.';
    return this.#problem ?? `Minutes of ${this.name} are collected from now on: waiting for the first trade.`;
  }

  get operation(): Operation {
    const { gateway = '', symbol = '' } = this.#selected ?? {};
    return { query: LIVE_BARS, variables: { gateway, symbols: [symbol], interval: 'M1' } };
  }

  select(selected: SelectedSymbol): void {
    this.#selected = selected;
    this.#options.onChange(this, 'ALL');
  }

  follow(gateways: readonly GatewayFacts[]): void {
    for (const { name: gateway, symbols } of gateways) {
      keepFollowing<{ liveBars: LiveBar }>(this.#options.desk, {
        query: LIVE_BARS,
        variables: () => ({ gateway, symbols, interval: 'M1' }),
        onData: ({ liveBars }) => this.#take(gateway, liveBars),
        onProblem: (problem) => {
          if (this.#selected?.gateway !== gateway || this.#problem === problem) return;
          this.#problem = problem;
          if (this.candles.length === 0) this.#options.onChange(this, 'ALL');
        },
      });
    }
  }

  #take(gateway: string, bar: LiveBar): void {
    const key = keyOf({ gateway, symbol: bar.symbol });
    const before = this.#candles.get(key) ?? [];
    const candles = withLast(before, minuteCandle(bar))?.slice(-MOST_MINUTES);
    if (candles === undefined) return;
    this.#candles.set(key, candles);
    if (this.#selected === undefined || keyOf(this.#selected) !== key) return;
    this.#options.onChange(this, before.length === 0 ? 'ALL' : 'LAST');
  }
}

function keyOf({ gateway, symbol }: SelectedSymbol): string {
  return JSON.stringify([gateway, symbol]);
}
