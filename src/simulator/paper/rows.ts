import { divideDecimals } from '../../domain/decimal-text.ts';
import type { OkxBalanceDetail, OkxFillRow, OkxOrderRow, OkxPositionRow } from '../../exchanges/okx/account-dialect.ts';
import type { Cash, PaperFill, PaperOrder } from './account-state.ts';
import type { CurrencyView } from './account-view.ts';
import { magnitude, plus, times } from './decimal.ts';
import type { PaperInstrument } from './instruments.ts';
import { marginOf } from './order-holds.ts';
import { type PaperPosition, unrealised } from './position.ts';

/** The venue sends more than either end reads. */
type Row<Known> = Known & Readonly<Record<string, string>>;

/** Of the notional; under it a real venue would liquidate, which this one never does. */
const MAINTENANCE_RATE = '0.004';
const RATIO_DECIMALS = 8;
const AVERAGE_DECIMALS = 12;

/** An order as it is listed, or pushed with the fill that the push is about; null: it is about none. */
export function orderRow(instrument: PaperInstrument, order: PaperOrder, fill: PaperFill | null): Row<OkxOrderRow> {
  const feeCcy = feeCurrency(instrument, order.side);
  return {
    instType: instrument.instType,
    instId: order.instId,
    ordId: order.ordId,
    clOrdId: order.clOrdId,
    tag: order.tag,
    px: order.px,
    sz: order.sz,
    ordType: order.ordType,
    side: order.side,
    posSide: instrument.instType === 'SWAP' ? 'net' : '',
    tdMode: order.tdMode,
    tgtCcy: order.tgtCcy,
    ccy: '',
    lever: instrument.instType === 'SWAP' ? instrument.lever : '',
    state: order.state,
    accFillSz: order.filled,
    avgPx: order.filled === '0' ? '' : divideDecimals(order.cost, order.filled, AVERAGE_DECIMALS),
    fillPx: fill?.px ?? '',
    fillSz: fill?.sz ?? '0',
    fillTime: fill === null ? '' : String(fill.at),
    tradeId: fill?.tradeId ?? '',
    execType: fill?.execType ?? '',
    fee: order.fee,
    feeCcy,
    fillFee: fill?.fee ?? '0',
    fillFeeCcy: fill?.feeCcy ?? '',
    rebate: '0',
    rebateCcy: instrument.quoteCcy,
    pnl: order.pnl,
    category: 'normal',
    reduceOnly: String(order.reduceOnly),
    cancelSource: order.cancelSource,
    cancelSourceReason: order.cancelSourceReason,
    cTime: String(order.createdAt),
    uTime: String(order.updatedAt),
    reqId: '',
    amendResult: '',
    code: '0',
    msg: '',
  };
}

/** Of spot what is received, of a swap what it settles in. */
export function feeCurrency({ instType, baseCcy, quoteCcy }: PaperInstrument, side: PaperOrder['side']): string {
  return instType === 'SPOT' && side === 'buy' ? baseCcy : quoteCcy;
}

export function fillRow({ instType }: PaperInstrument, fill: PaperFill): Row<OkxFillRow> {
  const { instId, tradeId, ordId, clOrdId, billId, side, execType, fee, feeCcy, pnl } = fill;
  return {
    instType,
    instId,
    tradeId,
    ordId,
    clOrdId,
    billId,
    tag: '',
    fillPx: fill.px,
    fillSz: fill.sz,
    side,
    posSide: 'net',
    execType,
    fee,
    feeCcy,
    fillPnl: pnl,
    fillTime: String(fill.at),
    ts: String(fill.at),
  };
}

export interface MarkedPosition {
  readonly instrument: PaperInstrument;
  readonly position: PaperPosition;
  readonly last: string;
  readonly now: number;
}

/** A position that was closed has no average price and no margin. */
export function positionRow({ instrument, position, last, now }: MarkedPosition): Row<OkxPositionRow> {
  const { pos, avgPx } = position;
  const imr = marginOf(instrument, magnitude(pos), last);
  const notional = times(magnitude(pos), instrument.ctVal, last);
  const upl = unrealised(position, last, instrument);
  return {
    instType: instrument.instType,
    instId: instrument.instId,
    posId: position.posId,
    posSide: 'net',
    mgnMode: 'cross',
    pos,
    availPos: pos,
    avgPx,
    markPx: last,
    last,
    upl: pos === '0' ? '' : upl,
    uplRatio: pos === '0' || imr === '0' ? '' : divideDecimals(upl, imr, RATIO_DECIMALS),
    realizedPnl: position.realizedPnl,
    lever: instrument.lever,
    liqPx: '',
    imr: pos === '0' ? '' : imr,
    mmr: pos === '0' ? '' : times(notional, MAINTENANCE_RATE),
    mgnRatio: '',
    margin: '',
    notionalUsd: pos === '0' ? '' : notional,
    ccy: instrument.quoteCcy,
    adl: '',
    cTime: String(position.createdAt),
    uTime: String(position.updatedAt),
    pTime: String(now),
  };
}

type BalanceDetail = Row<OkxBalanceDetail & { readonly eqUsd: string }>;

export function balanceDetail(
  ccy: string,
  { cash, ordFrozen, imr, upl, available }: CurrencyView,
  { updatedAt, usdPrice }: { updatedAt: Cash['updatedAt']; usdPrice: string },
): BalanceDetail {
  const eq = plus(cash, upl);
  return {
    ccy,
    eq,
    eqUsd: times(eq, usdPrice),
    cashBal: cash,
    availBal: available,
    availEq: available,
    frozenBal: plus(ordFrozen, imr),
    ordFrozen,
    upl,
    imr,
    liab: '',
    interest: '',
    uTime: String(updatedAt),
  };
}
