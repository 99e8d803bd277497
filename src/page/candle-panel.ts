/// <reference lib="dom" />
import type { Candle } from './candle.ts';
import { CandleChart } from './candle-chart.ts';
import { candleFigures } from './candle-legend.ts';
import type { CandleSource } from './candle-source.ts';
import { DailyCandles } from './daily-candles.ts';
import { make, setText } from './markup.ts';
import { MinuteCandles } from './minute-candles.ts';
import type { Desk, DeskFacts, Operation, Panel } from './panel.ts';
import type { SelectedSymbol, SymbolSelection } from './selection.ts';

const DEFAULT_CODE = '510300.SH';
const LONGEST_CODE = 32;

/** Daily bars of a code, the forming one with them where a gateway has it, or the minutes of the selected symbol. */
export function createCandlePanel(facts: DeskFacts, selection: SymbolSelection): Panel {
  let operation: (() => Operation) | undefined;
  return {
    title: 'Candles',
    operation: () => operation?.() ?? { query: '' },
    mount: (body, desk) => {
      const view = new CandleView(body, desk, { facts, selection });
      operation = () => view.operation;
    },
  };
}

interface CandleViewOptions {
  readonly facts: DeskFacts;
  readonly selection: SymbolSelection;
}

class CandleView {
  readonly #days: DailyCandles;
  readonly #minutes: MinuteCandles;
  readonly #code = make('input', { 'aria-label': 'Code', maxlength: String(LONGEST_CODE), spellcheck: 'false' });
  readonly #showDays = make('button', { type: 'button' }, 'Daily');
  readonly #showMinutes = make('button', { type: 'button' }, 'Live minutes');
  readonly #name = make('strong');
  readonly #legend = make('div', { class: 'candle-legend' });
  readonly #note = make('div', { class: 'candle-note', role: 'status' });
  readonly #stage = make('div', { class: 'candle-chart' });
  #source: CandleSource;
  #chart: CandleChart | undefined;

  constructor(body: HTMLElement, desk: Desk, { facts, selection }: CandleViewOptions) {
    const onChange = (source: CandleSource, change: 'ALL' | 'LAST'): void => {
      if (source === this.#source) this.#show(change);
    };
    const code = selection.current?.symbol ?? DEFAULT_CODE;
    const gatewayOf = (wanted: string): SelectedSymbol | undefined => symbolFor(wanted, facts, selection.current);
    this.#days = new DailyCandles(code, { desk, onChange, gatewayOf });
    this.#minutes = new MinuteCandles(selection.current, { desk, onChange });
    this.#source = this.#days;
    body.append(...this.#elements());
    this.#minutes.follow(facts.gateways);
    selection.subscribe((selected) => {
      this.#minutes.select(selected);
      void this.#openPicked(selected.symbol);
    });
    this.#switchTo(this.#days);
    void this.#openDays(code);
    void this.#draw();
  }

  get operation(): Operation {
    return this.#source.operation;
  }

  #elements(): HTMLElement[] {
    this.#showDays.addEventListener('click', () => this.#switchTo(this.#days));
    this.#showMinutes.addEventListener('click', () => this.#switchTo(this.#minutes));
    const form = make('form', {}, this.#code, make('button', { class: 'quiet' }, 'Show'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const code = this.#code.value.trim();
      if (code === '') return;
      this.#switchTo(this.#days);
      void this.#openDays(code);
    });
    const views = make(
      'div',
      { class: 'segments', role: 'group', 'aria-label': 'Bars' },
      this.#showDays,
      this.#showMinutes,
    );
    return [
      make('div', { class: 'candle-controls' }, views, form),
      make('div', { class: 'candle-head' }, this.#name, this.#legend),
      make('div', { class: 'candle-stage' }, this.#stage, this.#note),
    ];
  }

  #openDays(code: string): Promise<boolean> {
    this.#code.value = code;
    return this.#days.open(code);
  }

  /** What was picked because it is traded now has minutes at least. */
  async #openPicked(symbol: string): Promise<void> {
    const isWithoutDays = !(await this.#openDays(symbol));
    if (isWithoutDays && this.#source === this.#days && this.#days.name === symbol) this.#switchTo(this.#minutes);
  }

  #switchTo(source: CandleSource): void {
    this.#source = source;
    this.#showDays.setAttribute('aria-pressed', String(source === this.#days));
    this.#showMinutes.setAttribute('aria-pressed', String(source === this.#minutes));
    this.#show('ALL');
  }

  async #draw(): Promise<void> {
    try {
      const onPoint = (candle: Candle | undefined, previous: Candle | undefined, decimals: number): void =>
        this.#legend.replaceChildren(...candleFigures(candle, previous, decimals));
      this.#chart = await CandleChart.make(this.#stage, { onPoint });
      this.#show('ALL');
    } catch (error) {
      setText(this.#note, `The chart could not be loaded: ${String(error)}`);
    }
  }

  #show(change: 'ALL' | 'LAST'): void {
    const { candles, name, note } = this.#source;
    setText(this.#name, name);
    setText(this.#note, candles.length === 0 ? note : '');
    // Keeps its size, which the chart is drawn for.
    this.#stage.style.visibility = candles.length === 0 ? 'hidden' : '';
    this.#stage.setAttribute('data-candles', String(candles.length));
    if (change === 'ALL') this.#chart?.show(candles);
    else this.#chart?.update(candles);
  }
}

/** The symbol that goes by this code, of the selected gateway before all others. */
function symbolFor(
  code: string,
  { gateways }: DeskFacts,
  selected: SelectedSymbol | undefined,
): SelectedSymbol | undefined {
  const offering = gateways.filter(({ symbols }) => symbols.includes(code));
  const gateway = offering.find(({ name }) => name === selected?.gateway) ?? offering[0];
  return gateway === undefined ? undefined : { gateway: gateway.name, symbol: code };
}
