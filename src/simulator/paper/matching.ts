import { compareDecimals } from '../../domain/decimal-text.ts';
import type { PaperOrder } from './account-state.ts';
import { affordableSteps, minus, plus, smaller, times } from './decimal.ts';
import { type Level, type OrderSide, reaches } from './depth.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { PaperInstrument } from './instruments.ts';
import type { OrderTicket } from './order-check.ts';

/** Why an order was cancelled, in the venue's own numbers and words. */
export interface CancelReason {
  readonly source: string;
  readonly reason: string;
}

export const BY_USER: CancelReason = { source: '1', reason: 'Order canceled by user' };
export const NOTHING_TO_REDUCE: CancelReason = {
  source: '22',
  reason: 'Reduce-only orders only allow reducing your current position',
};
const POST_ONLY_WOULD_TAKE = { source: '31', reason: 'The post-only order will take liquidity in taker orders' };
const FOK_NOT_WHOLE = { source: '13', reason: 'FOK order was canceled due to incompletely filled' };
const IOC_REST = { source: '14', reason: 'IOC order was partially canceled due to incompletely filled' };
const MARKET_REST = { source: '0', reason: 'Order canceled by system' };

/** Orders that a print at a price fills: of each side the best first, then the oldest. */
export function reachedOrders(working: Iterable<PaperOrder>, instId: string, px: string): PaperOrder[] {
  const orders = [...working].filter((order) => order.instId === instId && reaches(px, order.side, order.px));
  const bestFirst = (side: OrderSide): PaperOrder[] =>
    orders
      .filter((order) => order.side === side)
      .toSorted((first, second) => (side === 'buy' ? -1 : 1) * compareDecimals(first.px, second.px));
  return [...bestFirst('buy'), ...bestFirst('sell')];
}

/** An order as it is counted before it is let in: at one price, unless it is a market order of spot. */
export function countedOrder(ticket: OrderTicket, market: InstrumentMarket, taken: readonly Level[]): OrderTicket {
  if (ticket.px !== '') return ticket;
  const { quotes, last, instrument } = market;
  const { side } = ticket;
  const isSpot = instrument.instType === 'SPOT';
  if (isSpot && side === 'buy') return { ...ticket, px: plus(...taken.map(({ px, sz }) => times(px, sz))), sz: '1' };
  const sz = ticket.tgtCcy === 'quote_ccy' ? plus(...taken.map((level) => level.sz)) : ticket.sz;
  const worst = (side === 'buy' ? quotes.asks : quotes.bids).at(-1) ?? last;
  return { ...ticket, sz, px: worst.px };
}

/** Levels that are together worth no more than a sum, in whole lots. */
export function worthAtMost(levels: readonly Level[], sum: string, { lotSz, minSz }: PaperInstrument): Level[] {
  const taken: Level[] = [];
  let left = sum;
  for (const { px, sz } of levels) {
    const part = smaller(sz, affordableSteps(lotSz, left, px));
    if (part === '0') break;
    taken.push({ px, sz: part });
    left = minus(left, times(px, part));
    if (part !== sz) break;
  }
  const whole = plus(...taken.map(({ sz }) => sz));
  return compareDecimals(whole, minSz) < 0 ? [] : taken;
}

/** Why an order ends before it has begun; undefined: it does not. */
export function killReason({ ordType, sz }: OrderTicket, taken: readonly Level[]): CancelReason | undefined {
  if (ordType === 'post_only') return taken.length > 0 ? POST_ONLY_WOULD_TAKE : undefined;
  if (ordType !== 'fok') return undefined;
  return plus(...taken.map((level) => level.sz)) === sz ? undefined : FOK_NOT_WHOLE;
}

/** Why what was not filled at once is cancelled; undefined: it rests. */
export function restReason({ ordType }: OrderTicket): CancelReason | undefined {
  if (ordType === 'ioc') return IOC_REST;
  return ordType === 'market' ? MARKET_REST : undefined;
}
