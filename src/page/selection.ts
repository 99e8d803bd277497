/// <reference lib="dom" />

/** A symbol of a gateway, in the venue's own words. */
export interface SelectedSymbol {
  readonly gateway: string;
  readonly symbol: string;
}

/** The one symbol that the desk looks at: picked in the watchlist, shown by the candles and the order ticket. */
export class SymbolSelection {
  readonly #listeners = new Set<(selected: SelectedSymbol) => void>();
  #current: SelectedSymbol | undefined;

  constructor(initial: SelectedSymbol | undefined) {
    this.#current = initial;
  }

  /** Undefined where no gateway has a symbol. */
  get current(): SelectedSymbol | undefined {
    return this.#current;
  }

  select(selected: SelectedSymbol): void {
    if (selected.gateway === this.#current?.gateway && selected.symbol === this.#current.symbol) return;
    this.#current = selected;
    for (const listener of this.#listeners) listener(selected);
  }

  /** Calls back at each change from now on, until the answered function is called. */
  subscribe(listener: (selected: SelectedSymbol) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
