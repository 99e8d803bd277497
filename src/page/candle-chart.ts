/// <reference lib="dom" />
import type { IChartApi, ISeriesApi, Time } from 'lightweight-charts';
import type { Candle } from './candle.ts';
import { loadLightweightCharts } from './charting.ts';
import { PriceDigits } from './price-digits.ts';
import { onThemeChange, themeColour } from './theme.ts';

/** How many candles there is room for at first. */
const IN_VIEW = 110;

interface CandleChartOptions {
  /** The candle under the pointer; the last one when it points at none. */
  readonly onPoint: (candle: Candle | undefined, previous: Candle | undefined, decimals: number) => void;
}

/** Candles over their volume, in the colours of the page. */
export class CandleChart {
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #onPoint: CandleChartOptions['onPoint'];
  #candles: readonly Candle[] = [];
  #decimals = 2;

  private constructor(chart: IChartApi, series: SeriesPair, { onPoint }: CandleChartOptions) {
    this.#chart = chart;
    this.#prices = series.prices;
    this.#volumes = series.volumes;
    this.#onPoint = onPoint;
    this.#paint();
    onThemeChange(() => this.#paint());
    chart.subscribeCrosshairMove(({ time }) => this.#point(time));
  }

  static async make(container: HTMLElement, options: CandleChartOptions): Promise<CandleChart> {
    const { createChart, CandlestickSeries, HistogramSeries, CrosshairMode } = await loadLightweightCharts();
    const chart = createChart(container, {
      autoSize: true,
      // It would put a style element into the page, which the page forbids; the page names its author instead.
      layout: { attributionLogo: false, background: { color: 'transparent' }, fontSize: 11 },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.06, bottom: 0.2 } },
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, rightOffset: 3, tickMarkFormatter },
      localization: { locale: 'en', timeFormatter: timeText },
    });
    const prices = chart.addSeries(CandlestickSeries, {});
    const volumes = chart.addSeries(HistogramSeries, {
      ...{ priceScaleId: '', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false },
    });
    volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    return new CandleChart(chart, { prices, volumes }, options);
  }

  /** Other candles than before, the newest of them in view. */
  show(candles: readonly Candle[]): void {
    this.#candles = candles;
    const digits = new PriceDigits();
    this.#decimals = candles.reduce((_, { open, close }) => digits.of(open, close), 0);
    this.#prices.applyOptions({
      priceFormat: { type: 'price', precision: this.#decimals, minMove: 10 ** -this.#decimals },
    });
    this.#prices.setData(candles.map((candle) => ({ ...candle, time: chartTime(candle) })));
    this.#volumes.setData(candles.map((candle) => ({ time: chartTime(candle), value: candle.volume })));
    this.#chart.timeScale().setVisibleLogicalRange({ from: candles.length - IN_VIEW, to: candles.length + 2 });
    this.#point(undefined);
  }

  /** The same candles as before with another last one. */
  update(candles: readonly Candle[]): void {
    const last = candles.at(-1);
    this.#candles = candles;
    if (last === undefined) return;
    this.#prices.update({ ...last, time: chartTime(last) });
    this.#volumes.update({ time: chartTime(last), value: last.volume });
    this.#point(undefined);
  }

  #point(time: Time | undefined): void {
    const found = this.#candles.findIndex((candle) => candle.time === time);
    const shown = found < 0 ? this.#candles.length - 1 : found;
    this.#onPoint(this.#candles[shown], this.#candles[shown - 1], this.#decimals);
  }

  #paint(): void {
    const [text, line, up, down] = ['--quiet', '--line', '--up', '--down'].map(themeColour);
    const [raised, volume] = ['--raised', '--volume'].map(themeColour);
    if (!text || !line || !up || !down || !raised || !volume) return;
    this.#chart.applyOptions({
      layout: { textColor: text },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      crosshair: {
        vertLine: { color: text, labelBackgroundColor: text },
        horzLine: { color: text, labelBackgroundColor: text },
      },
    });
    // Hollow and filled: told apart without the colours too.
    this.#prices.applyOptions({
      ...{ upColor: raised, downColor: down, borderUpColor: up, borderDownColor: down },
      ...{ wickUpColor: up, wickDownColor: down, priceLineColor: text },
    });
    this.#volumes.applyOptions({ color: volume });
  }
}

interface SeriesPair {
  readonly prices: ISeriesApi<'Candlestick'>;
  readonly volumes: ISeriesApi<'Histogram'>;
}

/** Its type for seconds is a number with a name. */
function chartTime({ time }: Candle): Time {
  return time as Time;
}

/** Under the pointer: a date as it is, an instant by the clock of whoever looks. */
function timeText(time: Time): string {
  return typeof time === 'number' ? new Date(time * 1_000).toLocaleString() : dateText(time);
}

/** On the axis; null leaves it to the chart. */
function tickMarkFormatter(time: Time): string | null {
  if (typeof time !== 'number') return null;
  return new Date(time * 1_000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function dateText(time: Exclude<Time, number>): string {
  return typeof time === 'string' ? time : `${time.year}-${time.month}-${time.day}`;
}
