/// <reference lib="dom" />
import { formatNumber, formatSignedPercent, NO_FIGURE, trendOf } from './figures.ts';
import { make, setText } from './markup.ts';
import { PriceDigits } from './price-digits.ts';

/** A tick, as the watchlist asks for it. */
export interface WatchTick {
  readonly symbol: string;
  readonly last: number | null;
  readonly open24h: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly volume24h: number | null;
  readonly stale: boolean;
  readonly receivedAt: string;
}

const ARROWS = { up: '▲', down: '▼', flat: '' } as const;

/** A symbol in the watchlist. */
export class WatchRow {
  readonly element: HTMLTableRowElement;
  readonly #digits = new PriceDigits();
  readonly #name: HTMLButtonElement;
  readonly #stale = make('small', { class: 'stale-note', hidden: true }, 'stale');
  readonly #last = make('td', { class: 'last' }, NO_FIGURE);
  readonly #change = make('td', {}, NO_FIGURE);
  readonly #bid = make('td', {}, NO_FIGURE);
  readonly #ask = make('td', {}, NO_FIGURE);
  readonly #volume = make('td', {}, NO_FIGURE);
  #previous: number | null = null;

  constructor(symbol: string, onSelect: () => void) {
    this.#name = make('button', { type: 'button', class: 'symbol' }, symbol);
    const cells = [this.#last, this.#change, this.#bid, this.#ask, this.#volume];
    this.element = make('tr', { 'data-symbol': symbol }, make('td', {}, this.#name, this.#stale), ...cells);
    this.element.addEventListener('click', onSelect);
  }

  set isSelected(isSelected: boolean) {
    this.element.classList.toggle('is-selected', isSelected);
    this.#name.setAttribute('aria-pressed', String(isSelected));
  }

  show({ last, open24h, bid, ask, volume24h, stale, receivedAt }: WatchTick): void {
    const decimals = this.#digits.of(last, bid, ask);
    const change = last === null || !open24h ? null : last / open24h - 1;
    const trend = trendOf(change);
    setText(this.#last, formatNumber(last, decimals));
    setText(this.#change, `${ARROWS[trend]} ${formatSignedPercent(change, 2)}`.trimStart());
    this.#change.className = trend;
    setText(this.#bid, formatNumber(bid, decimals));
    setText(this.#ask, formatNumber(ask, decimals));
    setText(this.#volume, volumeText(volume24h));
    this.#flash(last);
    this.element.classList.toggle('stale', stale);
    this.#stale.hidden = !stale;
    this.element.title = `received ${new Date(receivedAt).toLocaleTimeString()}`;
  }

  #flash(last: number | null): void {
    const trend = this.#previous === null || last === null ? 'flat' : trendOf(last - this.#previous);
    this.#previous = last;
    if (trend === 'flat') return;
    const animation = [{ backgroundColor: `var(--${trend}-flash)` }, { backgroundColor: 'transparent' }];
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.#last.animate(animation, 700);
  }
}

function volumeText(volume: number | null): string {
  return volume === null
    ? NO_FIGURE
    : volume.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 4 });
}
