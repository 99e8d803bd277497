import type { AccountEvent, PaperFill, PaperOrder } from './account-state.ts';
import { minus, plus, smaller, times } from './decimal.ts';
import type { Level, OrderSide } from './depth.ts';
import type { ComingPrint, InstrumentMarket, Print } from './instrument-market.ts';
import { TAKER_FEE } from './order-holds.ts';
import { applyToPosition, type PaperPosition, realised, reducible } from './position.ts';
import { feeCurrency } from './rows.ts';

/** As TAKER_FEE, of what is made. */
const MAKER_FEE = '0.0008';

export type FilledEvent = Extract<AccountEvent, { type: 'FILLED' }>;

export interface FillContext {
  readonly market: InstrumentMarket;
  /** Before the first of the fills. */
  readonly position: PaperPosition | undefined;
  readonly firstBillId: number;
  readonly now: number;
}

/** The fills of a new order that takes the levels. */
export function takerFills(order: PaperOrder, levels: readonly Level[], context: FillContext): FilledEvent[] {
  const writer = new FillWriter('T', context);
  let filled = order.filled;
  return levels.map((level, index) => {
    filled = plus(filled, level.sz);
    // A sum is spent when it buys nothing more, though some of it is left.
    const isLast = order.tgtCcy === 'quote_ccy' ? index === levels.length - 1 : filled === order.sz;
    return { type: 'FILLED', fill: writer.write(order, level), isLast };
  });
}

/** The fills of working orders, the first in turn first, by a print of others that reaches their prices. */
export function makerFills(orders: readonly PaperOrder[], print: ComingPrint, context: FillContext): FilledEvent[] {
  const writer = new FillWriter('M', context);
  const fills: FilledEvent[] = [];
  let left = print.sz;
  for (const order of orders) {
    const remaining = minus(order.sz, order.filled);
    const most = order.reduceOnly ? smaller(remaining, reducible(writer.position, order.side)) : remaining;
    const sz = smaller(most, left);
    if (sz === '0') continue;
    fills.push({ type: 'FILLED', fill: writer.write(order, { px: order.px, sz }), isLast: sz === remaining });
    left = minus(left, sz);
  }
  return fills;
}

/** A fill as the public sees it. */
export function printOf({ tradeId, px, sz, side, execType, at }: PaperFill): Print {
  return { tradeId, px, sz, side: execType === 'T' ? side : opposite(side), at };
}

/** Writes fills one after the other, each of which finds the position that those before it have left. */
class FillWriter {
  readonly #execType: PaperFill['execType'];
  readonly #context: FillContext;
  #billId: number;
  position: PaperPosition | undefined;

  constructor(execType: PaperFill['execType'], context: FillContext) {
    this.#execType = execType;
    this.#context = context;
    this.#billId = context.firstBillId;
    this.position = context.position;
  }

  write({ instId, ordId, clOrdId, side }: PaperOrder, { px, sz }: Level): PaperFill {
    const { market, now } = this.#context;
    const { instrument } = market;
    const isSwap = instrument.instType === 'SWAP';
    const feeCcy = feeCurrency(instrument, side);
    const received = feeCcy === instrument.baseCcy ? sz : times(sz, instrument.ctVal, px);
    const fill: PaperFill = {
      instId,
      ordId,
      clOrdId,
      tradeId: market.nextTradeId(),
      billId: String(this.#billId++),
      side,
      px,
      sz,
      execType: this.#execType,
      fee: times('-1', received, this.#execType === 'T' ? TAKER_FEE : MAKER_FEE),
      feeCcy,
      pnl: isSwap ? realised(this.position, { side, px, sz }, instrument) : '0',
      at: now,
    };
    if (isSwap) this.position = applyToPosition(this.position, fill);
    return fill;
  }
}

function opposite(side: OrderSide): OrderSide {
  return side === 'buy' ? 'sell' : 'buy';
}
