import type { AccountState } from './account-state.ts';
import { larger, magnitude, minus, plus, smaller } from './decimal.ts';
import type { PaperInstrument } from './instruments.ts';
import { marginOf } from './order-holds.ts';
import { unrealised } from './position.ts';

/** What one currency of the account amounts to. */
export interface CurrencyView {
  readonly cash: string;
  /** For orders that work. */
  readonly ordFrozen: string;
  /** The initial margin of positions. */
  readonly imr: string;
  readonly upl: string;
  /** For new orders: what a loss has eaten is not, what a position has gained without being closed is not either. */
  readonly available: string;
}

/** The account valued at the prices that were last traded. */
export class AccountView {
  readonly #state: AccountState;
  readonly #instruments: ReadonlyMap<string, PaperInstrument>;
  readonly #lastPrice: (instId: string) => string;

  constructor(
    state: AccountState,
    instruments: ReadonlyMap<string, PaperInstrument>,
    lastPrice: (instId: string) => string,
  ) {
    this.#state = state;
    this.#instruments = instruments;
    this.#lastPrice = lastPrice;
  }

  currency(ccy: string): CurrencyView {
    const cash = this.#state.cash.get(ccy)?.amount ?? '0';
    const ordFrozen = this.#state.heldByOrders(ccy);
    let imr = '0';
    let upl = '0';
    for (const position of this.#state.positions.values()) {
      const instrument = this.#instruments.get(position.instId);
      if (instrument?.quoteCcy !== ccy) continue;
      const mark = this.#lastPrice(position.instId);
      imr = plus(imr, marginOf(instrument, magnitude(position.pos), mark));
      upl = plus(upl, unrealised(position, mark, instrument));
    }
    const free = minus(plus(cash, smaller(upl, '0')), plus(ordFrozen, imr));
    return { cash, ordFrozen, imr, upl, available: larger(free, '0') };
  }
}
