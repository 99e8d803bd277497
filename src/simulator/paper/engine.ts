import { compareDecimals } from '../../domain/decimal-text.ts';
import type { JsonObject } from '../../domain/json-text.ts';
import { CODES, type OkxFillRow, type OkxOrderRow } from '../../exchanges/okx/account-dialect.ts';
import { type AccountEvent, type AccountState, isWorking, type PaperFill, type PaperOrder } from './account-state.ts';
import { AccountView } from './account-view.ts';
import { minus, plus, smaller } from './decimal.ts';
import { type Level, takeable } from './depth.ts';
import { type FilledEvent, makerFills, printOf, takerFills } from './fills.ts';
import type { ComingPrint, InstrumentMarket, Print } from './instrument-market.ts';
import type { PaperInstrument } from './instruments.ts';
import type { Journal } from './journal.ts';
import {
  BY_USER,
  type CancelReason,
  countedOrder,
  killReason,
  NOTHING_TO_REDUCE,
  reachedOrders,
  restReason,
  worthAtMost,
} from './matching.ts';
import { checkOrder, isRefusal, type OrderTicket, type Refusal } from './order-check.ts';
import { needOf } from './order-holds.ts';
import { reducible } from './position.ts';
import { fillRow, orderRow } from './rows.ts';

/** What the engine tells of, after it was written down. */
export interface EngineListener {
  onPrints(market: InstrumentMarket, prints: readonly Print[]): void;
  /** Its quotes have moved, or time has passed. */
  onState(market: InstrumentMarket): void;
  /** One row for each placing, fill and cancelling. */
  onOrders(rows: readonly OkxOrderRow[], fills: readonly OkxFillRow[]): void;
  /** Balances, and the position when it is a swap, may have changed. */
  onAccount(instrument: PaperInstrument): void;
}

export interface EngineOptions {
  readonly state: AccountState;
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly instruments: ReadonlyMap<string, PaperInstrument>;
  readonly journal: Journal;
  readonly now: () => number;
  /** Whether the market stands still. */
  readonly isQuiet: boolean;
  readonly listener: EngineListener;
}

/** Names an order; `ordId` wins. */
export interface OrderName {
  readonly ordId: string;
  readonly clOrdId: string;
}

/** Codes that the account dialect does not read: https://www.okx.com/docs-v5/en/#error-code-rest-api */
const NO_POSITION = '51169';
const TOO_MANY_WORKING = '51174';

/** As OKX has it for an account. Its lower limit for each instrument is left out, since here there are but a few of them. */
const MOST_WORKING = 4000;

const MOST_FINISHED = 2000;
/** More are let come together before the oldest are forgotten. */
const FINISHED_MARGIN = 500;
const FINISHED_KEPT_MS = 7 * 86_400_000;

/** Takes orders and prints, and makes of them what happens to the account. */
export class Engine {
  readonly #options: EngineOptions;
  readonly view: AccountView;
  #finished: number;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.view = new AccountView(options.state, options.instruments, (instId) => this.#market(instId).last.px);
    this.#finished = options.state.orders.size - options.state.working.size;
  }

  get state(): AccountState {
    return this.#options.state;
  }

  find({ ordId, clOrdId }: OrderName): PaperOrder | undefined {
    return ordId === '' ? this.state.orderByClientId(clOrdId) : this.state.orders.get(ordId);
  }

  /** Places what a request asks for; answers the order as it was placed. */
  place(request: JsonObject): PaperOrder | Refusal {
    const { instruments } = this.#options;
    if (this.#finished > MOST_FINISHED + FINISHED_MARGIN) this.forgetOld();
    this.wakeMarkets();
    const lastPrice = (instId: string): string => this.#market(instId).last.px;
    const ticket = checkOrder(request, { instruments, lastPrice });
    if (isRefusal(ticket)) return ticket;
    if (ticket.clOrdId !== '' && this.state.orderByClientId(ticket.clOrdId) !== undefined) {
      return { code: CODES.duplicateClientOrderId, msg: 'Duplicated client order ID' };
    }
    const market = this.#market(ticket.instId);
    const taken = this.#takeable(ticket, market);
    const refusal = this.#refuseByAccount(ticket, market, taken);
    if (refusal !== undefined) return refusal;

    const now = this.#options.now();
    const id = Math.max(this.state.lastId + 1, now * 1000);
    const order: PaperOrder = {
      ...ticket,
      ordId: String(id),
      state: 'live',
      filled: '0',
      cost: '0',
      fee: '0',
      pnl: '0',
      lastFill: null,
      cancelSource: '',
      cancelSourceReason: '',
      createdAt: now,
      updatedAt: now,
    };
    const isKilled = killReason(ticket, taken);
    const position = this.state.positions.get(order.instId);
    const context = { market, position, firstBillId: id + 1, now };
    const fills = isKilled === undefined ? takerFills(order, taken, context) : [];
    const events: AccountEvent[] = [{ type: 'PLACED', order }, ...fills];
    const isWhole = fills.at(-1)?.isLast === true;
    const ending = isKilled ?? (isWhole ? undefined : restReason(ticket));
    if (ending !== undefined) events.push({ type: 'CANCELLED', ordId: order.ordId, ...ending, at: now });
    this.#commit(market.instrument, events);
    if (isKilled === undefined) market.take(order.side, taken);
    this.#settle(market, fills);
    if (fills.length > 0) this.#options.listener.onState(market);
    return order;
  }

  /** Answers the order as it was before. */
  cancel(name: OrderName): PaperOrder | Refusal {
    const order = this.find(name);
    if (order === undefined) return { code: CODES.noSuchOrder, msg: 'Order does not exist' };
    if (!isWorking(order)) {
      const msg = 'Cancellation failed as the order has been filled, canceled or does not exist.';
      return { code: CODES.cancelNotPossible, msg };
    }
    this.#cancel([order], BY_USER);
    return order;
  }

  /** Others trade at a price that nobody had foreseen. */
  moveAndTrade(instId: string, print: ComingPrint): void {
    const market = this.#market(instId);
    this.#trade(instId, print);
    market.moveTo(print.px, print.side, this.#options.now());
    this.#options.listener.onState(market);
  }

  /** Others trade so much at a price, in which orders of the account that it reaches take part before them. */
  #trade(instId: string, print: ComingPrint): void {
    const market = this.#market(instId);
    const now = this.#options.now();
    const orders = reachedOrders(this.state.working.values(), instId, print.px);
    const position = this.state.positions.get(instId);
    const firstBillId = Math.max(this.state.lastId + 1, now * 1000);
    const fills = makerFills(orders, print, { market, position, firstBillId, now });
    const left = minus(print.sz, plus(...fills.map(({ fill }) => fill.sz)));
    if (fills.length > 0) this.#commit(market.instrument, fills);
    const others = left === '0' ? [] : [{ ...print, sz: left, at: now, tradeId: market.nextTradeId() }];
    this.#settle(market, fills, others);
  }

  /** Forgets what ended long ago, as the venue does not list it any more. */
  forgetOld(): void {
    const finished = [...this.state.orders.values()].filter((order) => !isWorking(order));
    const since = this.#options.now() - FINISHED_KEPT_MS;
    const most = finished.length - MOST_FINISHED;
    const ordIds = finished
      .filter(({ updatedAt }, index) => index < most || updatedAt < since)
      .map(({ ordId }) => ordId);
    this.#finished = finished.length - ordIds.length;
    if (ordIds.length > 0) this.#write([{ type: 'FORGOTTEN', ordIds }]);
  }

  /** The markets move on: prints of others, and what they fill. */
  step(): void {
    for (const [instId, market] of this.#options.markets) {
      for (const print of market.step(this.#options.now())) this.#trade(instId, print);
      this.#options.listener.onState(market);
    }
  }

  /** The quotes of markets that have rested come to the present. */
  wakeMarkets(): void {
    if (this.#options.isQuiet) return;
    for (const market of this.#options.markets.values()) market.wake(this.#options.now());
  }

  #market(instId: string): InstrumentMarket {
    const market = this.#options.markets.get(instId);
    if (market === undefined) throw new Error(`there is no market of ${instId}`);
    return market;
  }

  #takeable(ticket: OrderTicket, { quotes, instrument }: InstrumentMarket): Level[] {
    const { side, px, sz, instId } = ticket;
    if (ticket.tgtCcy === 'quote_ccy') return worthAtMost(side === 'buy' ? quotes.asks : quotes.bids, sz, instrument);
    const position = this.state.positions.get(instId);
    const size = ticket.reduceOnly ? smaller(sz, reducible(position, side)) : sz;
    return takeable(quotes, { side, limit: px === '' ? undefined : px, size });
  }

  #refuseByAccount(ticket: OrderTicket, market: InstrumentMarket, taken: readonly Level[]): Refusal | undefined {
    const { side } = ticket;
    const position = this.state.positions.get(ticket.instId);
    if (this.state.working.size >= MOST_WORKING) {
      return {
        code: TOO_MANY_WORKING,
        msg: `The number of pending orders reached the upper limit of ${MOST_WORKING} (orders).`,
      };
    }
    if (ticket.reduceOnly && reducible(position, side) === '0') {
      return { code: NO_POSITION, msg: "Order failed because you don't have any positions to reduce or close." };
    }
    if (ticket.tgtCcy === 'quote_ccy' && taken.length === 0) {
      return { code: CODES.belowMinimum, msg: 'Your order should meet or exceed the minimum order amount.' };
    }
    const { ccy, amount } = needOf(market.instrument, position, countedOrder(ticket, market, taken));
    if (compareDecimals(amount, this.view.currency(ccy).available) <= 0) return undefined;
    return { code: CODES.insufficientBalance, msg: `Order failed. Insufficient ${ccy} balance in account` };
  }

  /** What follows from fills: orders that could only reduce are cancelled, and the public hears of the prints. */
  #settle(market: InstrumentMarket, fills: readonly FilledEvent[], others: readonly Print[] = []): void {
    const { instId } = market.instrument;
    const prints = [...fills.map(({ fill }) => printOf(fill)), ...others];
    for (const print of prints) market.print(print);
    if (prints.length > 0) this.#options.listener.onPrints(market, prints);
    if (fills.length === 0) return;
    const position = this.state.positions.get(instId);
    const idle = [...this.state.working.values()].filter((order) => {
      return order.instId === instId && order.reduceOnly && reducible(position, order.side) === '0';
    });
    this.#cancel(idle, NOTHING_TO_REDUCE);
  }

  #cancel(orders: readonly PaperOrder[], { source, reason }: CancelReason): void {
    const at = this.#options.now();
    for (const { ordId, instId } of orders) {
      this.#commit(this.#market(instId).instrument, [{ type: 'CANCELLED', ordId, source, reason, at }]);
    }
  }

  /** Written down first, then true, then told. */
  #commit(instrument: PaperInstrument, events: readonly AccountEvent[]): void {
    const orders = this.#write(events);
    const fills = events.flatMap((event) => (event.type === 'FILLED' ? [fillRow(instrument, event.fill)] : []));
    const rows = orders.map(({ order, fill }) => orderRow(instrument, order, fill));
    this.#finished += orders.filter(({ order }) => !isWorking(order)).length;
    this.#options.listener.onOrders(rows, fills);
    this.#options.listener.onAccount(instrument);
  }

  #write(events: readonly AccountEvent[]): { order: PaperOrder; fill: PaperFill | null }[] {
    this.#options.journal.append(events);
    return events.flatMap((event) => {
      const order = this.state.apply(event);
      return order === undefined ? [] : [{ order, fill: event.type === 'FILLED' ? event.fill : null }];
    });
  }
}
