import { divideDecimals } from '../../domain/decimal-text.ts';
import { larger, minus, plus, times } from './decimal.ts';
import type { OrderSide } from './depth.ts';
import type { PaperInstrument } from './instruments.ts';
import { type PaperPosition, reducible } from './position.ts';

/** Share of what is taken. Of spot it is taken from what is received, of swaps from the settlement currency. */
export const TAKER_FEE = '0.001';
const MARGIN_DECIMALS = 8;

/** What of an order decides how much it keeps others from using. */
interface NeedyOrder {
  readonly side: OrderSide;
  readonly px: string;
  readonly sz: string;
  readonly reduceOnly: boolean;
}

interface WorkingOrder extends NeedyOrder {
  readonly ordId: string;
  readonly instId: string;
  readonly filled: string;
}

export interface Need {
  readonly ccy: string;
  readonly amount: string;
}

interface Hold extends Need {
  readonly order: WorkingOrder;
}

/** What an order of so much at a price takes of the account before it is filled. */
export function needOf(
  instrument: PaperInstrument,
  position: PaperPosition | undefined,
  { side, sz, px, reduceOnly }: NeedyOrder,
): Need {
  const { instType, baseCcy, quoteCcy, ctVal } = instrument;
  if (instType === 'SPOT') {
    return side === 'sell' ? { ccy: baseCcy, amount: sz } : { ccy: quoteCcy, amount: times(px, sz) };
  }
  if (reduceOnly) return { ccy: quoteCcy, amount: '0' };
  const opening = larger(minus(sz, reducible(position, side)), '0');
  const fee = times(opening, ctVal, px, TAKER_FEE);
  return { ccy: quoteCcy, amount: plus(marginOf(instrument, opening, px), fee) };
}

/** The initial margin of so many contracts. */
export function marginOf({ ctVal, lever }: PaperInstrument, contracts: string, px: string): string {
  return contracts === '0' ? '0' : divideDecimals(times(contracts, ctVal, px), lever, MARGIN_DECIMALS);
}

/**
 * What the rests of working orders keep others from using, summed as they come and go: asking costs the same however many
 * there are. Only what a position takes off the need of orders against it is counted anew, when it has changed and is
 * asked for.
 */
export class OrderHolds {
  readonly #instruments: ReadonlyMap<string, PaperInstrument>;
  readonly #positions: ReadonlyMap<string, PaperPosition>;
  readonly #holds = new Map<string, Hold>();
  readonly #sums = new Map<string, string>();
  /** By instrument and side, the orders whose need depends on the position. */
  readonly #opening = new Map<string, Map<string, WorkingOrder>>();
  /** Those of them whose position has changed. */
  readonly #stale = new Set<string>();

  /** `positions` by instrument, as they are when they are asked for. */
  constructor(instruments: ReadonlyMap<string, PaperInstrument>, positions: ReadonlyMap<string, PaperPosition>) {
    this.#instruments = instruments;
    this.#positions = positions;
  }

  /** Takes an order in, or as it has become. */
  keep(order: WorkingOrder): void {
    const instrument = this.#instruments.get(order.instId);
    if (instrument === undefined) return;
    const rest = { ...order, sz: minus(order.sz, order.filled) };
    this.#hold({ order, ...needOf(instrument, this.#positions.get(order.instId), rest) });
    if (instrument.instType === 'SPOT' || order.reduceOnly) return;
    const key = keyOf(order);
    const opening = this.#opening.get(key) ?? new Map<string, WorkingOrder>();
    this.#opening.set(key, opening.set(order.ordId, order));
  }

  drop(ordId: string): void {
    const hold = this.#holds.get(ordId);
    if (hold === undefined) return;
    this.#holds.delete(ordId);
    this.#add(hold.ccy, minus('0', hold.amount));
    this.#opening.get(keyOf(hold.order))?.delete(ordId);
  }

  /** To be called when a position has changed; `before` is what it was. */
  markMoved(instId: string, before: PaperPosition | undefined): void {
    const after = this.#positions.get(instId);
    for (const side of ['buy', 'sell'] as const) {
      if (reducible(before, side) !== reducible(after, side)) this.#stale.add(keyOf({ instId, side }));
    }
  }

  /** All that is held in a currency. */
  sumOf(ccy: string): string {
    for (const key of this.#stale) {
      for (const order of this.#opening.get(key)?.values() ?? []) this.keep(order);
    }
    this.#stale.clear();
    return this.#sums.get(ccy) ?? '0';
  }

  #hold(hold: Hold): void {
    const before = this.#holds.get(hold.order.ordId)?.amount ?? '0';
    this.#holds.set(hold.order.ordId, hold);
    this.#add(hold.ccy, minus(hold.amount, before));
  }

  #add(ccy: string, amount: string): void {
    if (amount !== '0') this.#sums.set(ccy, plus(this.#sums.get(ccy) ?? '0', amount));
  }
}

function keyOf({ instId, side }: { readonly instId: string; readonly side: OrderSide }): string {
  return `${instId} ${side}`;
}
