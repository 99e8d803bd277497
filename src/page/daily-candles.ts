/// <reference lib="dom" />
import { type BarColumns, type Candle, dailyCandles, formingDay, type LiveBar, withLast } from './candle.ts';
import type { CandleSource, CandleSourceOptions } from './candle-source.ts';
import { keepFollowing } from './following.ts';
import { LIVE_BARS } from './minute-candles.ts';
import type { Operation } from './panel.ts';
import type { SelectedSymbol } from './selection.ts';

const YEARS = 2;

export const DAILY_BARS = `query DailyBars($code: String!, $start: Date!) {
  bars(code: $code, start: $start) {
    code
    source
    columns {
      date
      open
      high
      low
      close
      volume
    }
  }
}`;

interface DailyBarsData {
  readonly bars: { readonly code: string; readonly source: string; readonly columns: BarColumns };
}

interface DailyCandlesOptions extends CandleSourceOptions {
  /** Which gateway makes the bar of the day that is not over, if any does. */
  readonly gatewayOf: (code: string) => SelectedSymbol | undefined;
}

/** The daily bars of one code after another, each with the day that is not over where a gateway has it. */
export class DailyCandles implements CandleSource {
  readonly #options: DailyCandlesOptions;
  candles: readonly Candle[] = [];
  note = '';
  #code: string;
  #stopForming: () => void = () => {};

  constructor(code: string, options: DailyCandlesOptions) {
    this.#code = code;
    this.#options = options;
  }

  get name(): string {
    return this.#code;
  }

  get operation(): Operation {
    const start = new Date();
    start.setFullYear(start.getFullYear() - YEARS);
    return { query: DAILY_BARS, variables: { code: this.#code, start: start.toISOString().slice(0, 10) } };
  }

  /** Shows another code, or the same one again. False: it has no daily bars. */
  async open(code: string): Promise<boolean> {
    this.#code = code;
    this.#stopForming();
    this.#replace([], `Asking for the daily bars of ${code} …`);
    try {
      const { bars } = await this.#options.desk.ask<DailyBarsData>(this.operation);
      if (this.#code !== code) return true;
      this.#replace(dailyCandles(bars.columns), `${code} has no daily bars in the last ${YEARS} years.`);
      this.#followForming(bars.code);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#code === code) this.#replace([], `No daily bars of ${code}: ${reason}`);
    }
    return this.candles.length > 0;
  }

  #followForming(code: string): void {
    const forming = this.#options.gatewayOf(code);
    if (forming === undefined) return;
    this.#stopForming = keepFollowing<{ liveBars: LiveBar }>(this.#options.desk, {
      query: LIVE_BARS,
      variables: () => ({ gateway: forming.gateway, symbols: [forming.symbol], interval: 'D1' }),
      onData: ({ liveBars }) => {
        const candles = withLast(this.candles, formingDay(liveBars));
        if (candles === undefined) return;
        const isFirst = this.candles.length === 0;
        this.candles = candles;
        this.#options.onChange(this, isFirst ? 'ALL' : 'LAST');
      },
      // The days that are over are shown all the same.
      onProblem: () => {},
    });
  }

  #replace(candles: readonly Candle[], note: string): void {
    this.candles = candles;
    this.note = note;
    this.#options.onChange(this, 'ALL');
  }
}
