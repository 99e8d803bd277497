import type { OkxOrderState } from '../../exchanges/okx/account-dialect.ts';
import { minus, plus, times } from './decimal.ts';
import type { OrderSide } from './depth.ts';
import type { PaperInstrument } from './instruments.ts';
import { OrderHolds } from './order-holds.ts';
import { applyToPosition, type PaperPosition } from './position.ts';

export type PaperOrderType = 'limit' | 'market' | 'post_only' | 'ioc' | 'fok';

/** An order as it stands. Sizes and prices are decimal text, times milliseconds since the epoch. */
export interface PaperOrder {
  readonly instId: string;
  readonly ordId: string;
  /** Empty when it was placed without one. */
  readonly clOrdId: string;
  readonly tag: string;
  readonly side: OrderSide;
  readonly ordType: PaperOrderType;
  readonly tdMode: string;
  /** quote_ccy: `sz` is what may be spent. */
  readonly tgtCcy: '' | 'base_ccy' | 'quote_ccy';
  /** Empty for market. */
  readonly px: string;
  readonly sz: string;
  readonly reduceOnly: boolean;
  readonly state: OkxOrderState;
  readonly filled: string;
  /** The sum of size times price. */
  readonly cost: string;
  /** Of all fills; negative: charged. */
  readonly fee: string;
  readonly pnl: string;
  readonly lastFill: PaperFill | null;
  /** Why the venue cancelled it, in its own number and words; empty for one that was not. */
  readonly cancelSource: string;
  readonly cancelSourceReason: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface PaperFill {
  readonly instId: string;
  readonly ordId: string;
  readonly clOrdId: string;
  readonly tradeId: string;
  readonly billId: string;
  readonly side: OrderSide;
  readonly px: string;
  readonly sz: string;
  /** T taker, M maker. */
  readonly execType: 'T' | 'M';
  /** Negative: charged. */
  readonly fee: string;
  readonly feeCcy: string;
  /** What it realised of a position. */
  readonly pnl: string;
  readonly at: number;
}

export interface Cash {
  readonly amount: string;
  readonly updatedAt: number;
}

/** What happens to the account. All that the venue remembers follows from these. */
export type AccountEvent =
  | { readonly type: 'OPENED'; readonly balances: Readonly<Record<string, string>>; readonly at: number }
  | { readonly type: 'PLACED'; readonly order: PaperOrder }
  | { readonly type: 'FILLED'; readonly fill: PaperFill; readonly isLast: boolean }
  | {
      readonly type: 'CANCELLED';
      readonly ordId: string;
      readonly source: string;
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: 'FORGOTTEN'; readonly ordIds: readonly string[] };

/** The state as JSON. */
export interface AccountSnapshot {
  readonly lastId: number;
  readonly lastTradeIds: Readonly<Record<string, number>>;
  readonly orders: readonly PaperOrder[];
  readonly fills: readonly PaperFill[];
  readonly cash: Readonly<Record<string, Cash>>;
  readonly positions: readonly PaperPosition[];
}

export function isWorking({ state }: PaperOrder): boolean {
  return state === 'live' || state === 'partially_filled';
}

/** All that the venue knows of the account: the fold of its events, which asks no clock and no market. */
export class AccountState {
  readonly #instruments: ReadonlyMap<string, PaperInstrument>;
  readonly #orders = new Map<string, PaperOrder>();
  readonly #working = new Map<string, PaperOrder>();
  readonly #ordIds = new Map<string, string>();
  readonly #cash = new Map<string, Cash>();
  readonly #positions = new Map<string, PaperPosition>();
  readonly #lastTradeIds = new Map<string, number>();
  readonly #holds: OrderHolds;
  #fills: PaperFill[] = [];
  #lastId = 0;

  constructor(instruments: ReadonlyMap<string, PaperInstrument>, snapshot?: AccountSnapshot) {
    this.#instruments = instruments;
    this.#holds = new OrderHolds(instruments, this.#positions);
    if (snapshot === undefined) return;
    this.#lastId = snapshot.lastId;
    this.#fills = [...snapshot.fills];
    for (const position of snapshot.positions) this.#positions.set(position.instId, position);
    for (const order of snapshot.orders) this.#keep(order);
    for (const [ccy, cash] of Object.entries(snapshot.cash)) this.#cash.set(ccy, cash);
    for (const [instId, tradeId] of Object.entries(snapshot.lastTradeIds)) this.#lastTradeIds.set(instId, tradeId);
  }

  /** Oldest first. */
  get orders(): ReadonlyMap<string, PaperOrder> {
    return this.#orders;
  }

  /** Those of which something can still be filled, oldest first. */
  get working(): ReadonlyMap<string, PaperOrder> {
    return this.#working;
  }

  /** Oldest first. */
  get fills(): readonly PaperFill[] {
    return this.#fills;
  }

  get cash(): ReadonlyMap<string, Cash> {
    return this.#cash;
  }

  get positions(): ReadonlyMap<string, PaperPosition> {
    return this.#positions;
  }

  /** What working orders keep others from using of a currency. */
  heldByOrders(ccy: string): string {
    return this.#holds.sumOf(ccy);
  }

  /** The highest id of an order or a bill. */
  get lastId(): number {
    return this.#lastId;
  }

  lastTradeId(instId: string): number {
    return this.#lastTradeIds.get(instId) ?? 0;
  }

  orderByClientId(clOrdId: string): PaperOrder | undefined {
    return this.#orders.get(this.#ordIds.get(clOrdId) ?? '');
  }

  /** Takes over what happened; answers the order that it happened to. */
  apply(event: AccountEvent): PaperOrder | undefined {
    switch (event.type) {
      case 'OPENED':
        for (const [ccy, amount] of Object.entries(event.balances))
          this.#cash.set(ccy, { amount, updatedAt: event.at });
        return undefined;
      case 'PLACED':
        this.#use(event.order.ordId);
        return this.#keep(event.order);
      case 'FILLED':
        return this.#fill(event.fill, event.isLast);
      case 'CANCELLED': {
        const { ordId, source, reason, at } = event;
        const order = this.#orders.get(ordId);
        if (order === undefined) return undefined;
        const changes = { cancelSource: source, cancelSourceReason: reason, updatedAt: at };
        return this.#keep({ ...order, ...changes, state: 'canceled' });
      }
      case 'FORGOTTEN':
        this.#forget(new Set(event.ordIds));
        return undefined;
    }
  }

  toSnapshot(): AccountSnapshot {
    return {
      lastId: this.#lastId,
      lastTradeIds: Object.fromEntries(this.#lastTradeIds),
      orders: [...this.#orders.values()],
      fills: [...this.#fills],
      cash: Object.fromEntries(this.#cash),
      positions: [...this.#positions.values()],
    };
  }

  #keep(order: PaperOrder): PaperOrder {
    this.#orders.set(order.ordId, order);
    if (order.clOrdId !== '') this.#ordIds.set(order.clOrdId, order.ordId);
    if (isWorking(order)) {
      this.#working.set(order.ordId, order);
      this.#holds.keep(order);
      return order;
    }
    this.#working.delete(order.ordId);
    this.#holds.drop(order.ordId);
    return order;
  }

  #fill(fill: PaperFill, isLast: boolean): PaperOrder | undefined {
    const order = this.#orders.get(fill.ordId);
    const instrument = this.#instruments.get(fill.instId);
    if (order === undefined || instrument === undefined) return undefined;
    this.#use(fill.billId);
    this.#lastTradeIds.set(fill.instId, Number(fill.tradeId));
    this.#fills.push(fill);
    this.#settle(fill, instrument);
    return this.#keep({
      ...order,
      state: isLast ? 'filled' : 'partially_filled',
      filled: plus(order.filled, fill.sz),
      cost: plus(order.cost, times(fill.px, fill.sz)),
      fee: plus(order.fee, fill.fee),
      pnl: plus(order.pnl, fill.pnl),
      lastFill: fill,
      updatedAt: fill.at,
    });
  }

  #settle(fill: PaperFill, instrument: PaperInstrument): void {
    const { baseCcy, quoteCcy } = instrument;
    this.#pay(fill.feeCcy, fill.fee, fill.at);
    if (instrument.instType === 'SWAP') {
      this.#pay(quoteCcy, fill.pnl, fill.at);
      const before = this.#positions.get(fill.instId);
      this.#positions.set(fill.instId, applyToPosition(before, fill));
      this.#holds.markMoved(fill.instId, before);
      return;
    }
    const value = times(fill.px, fill.sz);
    this.#pay(baseCcy, fill.side === 'buy' ? fill.sz : minus('0', fill.sz), fill.at);
    this.#pay(quoteCcy, fill.side === 'buy' ? minus('0', value) : value, fill.at);
  }

  #pay(ccy: string, amount: string, at: number): void {
    this.#cash.set(ccy, { amount: plus(this.#cash.get(ccy)?.amount ?? '0', amount), updatedAt: at });
  }

  #forget(ordIds: ReadonlySet<string>): void {
    this.#fills = this.#fills.filter(({ ordId }) => !ordIds.has(ordId));
    for (const ordId of ordIds) {
      const order = this.#orders.get(ordId);
      if (order !== undefined) this.#ordIds.delete(order.clOrdId);
      this.#orders.delete(ordId);
    }
  }

  #use(id: string): void {
    this.#lastId = Math.max(this.#lastId, Number(id));
  }
}
