import { divideDecimals } from '../../domain/decimal-text.ts';
import type { AccountState, PaperOrder } from './account-state.ts';
import { larger, magnitude, minus, plus, smaller, times } from './decimal.ts';
import type { PaperInstrument } from './instruments.ts';
import { reducible, unrealised } from './position.ts';

/** Shares of what is traded. Of spot they are taken from what is received, of swaps from the settlement currency. */
export const TAKER_FEE = '0.001';
export const MAKER_FEE = '0.0008';
/** Of the notional; under it a real venue would liquidate, which this one never does. */
export const MAINTENANCE_RATE = '0.004';
const MARGIN_DECIMALS = 8;

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
    const ordFrozen = plus(
      ...[...this.#state.working.values()].map((order) => {
        const hold = this.holdOf(order);
        return hold.ccy === ccy ? hold.amount : '0';
      }),
    );
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

  /** What the rest of an order keeps others from using. */
  holdOf(order: PaperOrder): { readonly ccy: string; readonly amount: string } {
    const instrument = this.#instruments.get(order.instId);
    if (instrument === undefined) return { ccy: '', amount: '0' };
    return this.need(instrument, { ...order, sz: minus(order.sz, order.filled) });
  }

  /** What an order of so much at a price takes of the account before it is filled. */
  need(
    instrument: PaperInstrument,
    { side, sz, px, reduceOnly }: Pick<PaperOrder, 'side' | 'sz' | 'px' | 'reduceOnly'>,
  ): { readonly ccy: string; readonly amount: string } {
    const { instType, instId, baseCcy, quoteCcy, ctVal } = instrument;
    if (instType === 'SPOT') {
      return side === 'sell' ? { ccy: baseCcy, amount: sz } : { ccy: quoteCcy, amount: times(px, sz) };
    }
    if (reduceOnly) return { ccy: quoteCcy, amount: '0' };
    const opening = larger(minus(sz, reducible(this.#state.positions.get(instId), side)), '0');
    const fee = times(opening, ctVal, px, TAKER_FEE);
    return { ccy: quoteCcy, amount: plus(marginOf(instrument, opening, px), fee) };
  }
}

/** The initial margin of so many contracts. */
export function marginOf({ ctVal, lever }: PaperInstrument, contracts: string, px: string): string {
  return contracts === '0' ? '0' : divideDecimals(times(contracts, ctVal, px), lever, MARGIN_DECIMALS);
}
