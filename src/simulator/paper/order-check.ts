import { compareDecimals, isMultipleOf } from '../../domain/decimal-text.ts';
import { quoted } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json-text.ts';
import { CODES, type OkxOrderRequest } from '../../exchanges/okx/account-dialect.ts';
import type { PaperOrder, PaperOrderType } from './account-state.ts';
import { times, trimmed } from './decimal.ts';
import type { PaperInstrument } from './instruments.ts';

/** Why the venue does not do what it was asked for. */
export interface Refusal {
  readonly code: string;
  readonly msg: string;
}

/** An order that is well formed. Whether the account can pay it is not known yet. */
export type OrderTicket = Pick<
  PaperOrder,
  'instId' | 'clOrdId' | 'tag' | 'side' | 'ordType' | 'tdMode' | 'tgtCcy' | 'px' | 'sz' | 'reduceOnly'
>;

const ORDER_TYPES: readonly PaperOrderType[] = ['limit', 'market', 'post_only', 'ioc', 'fok'];
const CLIENT_ORDER_ID = /^[A-Za-z0-9]{1,32}$/;
const PLAIN_DECIMAL = /^\d{1,20}(\.\d{1,18})?$/;
/** A limit may be this share of the last price away from it. */
const WIDEST = { above: '1.5', below: '0.5' };

export interface OrderRules {
  readonly instruments: ReadonlyMap<string, PaperInstrument>;
  readonly lastPrice: (instId: string) => string;
}

/** The order that a request asks for, checked as the venue's rules for the instrument are. */
export function checkOrder(request: JsonObject, rules: OrderRules): OrderTicket | Refusal {
  // The fields of OkxOrderRequest as they may come.
  const { instId, clOrdId = '', tag = '', side, ordType, tdMode, tgtCcy = '' }: Fields = request;
  const { sz, px = '', posSide = '', reduceOnly = false }: Fields = request;
  if (typeof instId !== 'string' || instId === '') return badParameter('instId');
  const instrument = rules.instruments.get(instId);
  if (instrument === undefined) {
    return { code: CODES.noSuchInstrument, msg: `Instrument ID ${quoted(instId)} doesn't exist.` };
  }
  if (typeof clOrdId !== 'string' || (clOrdId !== '' && !CLIENT_ORDER_ID.test(clOrdId))) return badParameter('clOrdId');
  if (typeof tag !== 'string' || tag.length > 16) return badParameter('tag');
  if (side !== 'buy' && side !== 'sell') return badParameter('side');
  const type = ORDER_TYPES.find((each) => each === ordType);
  if (type === undefined) return badParameter('ordType');
  const isSpot = instrument.instType === 'SPOT';
  const marginMode = isSpot ? 'cash' : 'cross';
  if (tdMode !== marginMode) return badParameter('tdMode');
  if (posSide !== '' && posSide !== 'net') return badParameter('posSide');
  if (tgtCcy !== '' && tgtCcy !== 'base_ccy' && tgtCcy !== 'quote_ccy') return badParameter('tgtCcy');
  if (!isFlag(reduceOnly)) return badParameter('reduceOnly');
  if (!isPositive(sz)) return badParameter('sz');
  const isMarket = type === 'market';
  if (!isMarket && !isPositive(px)) return badParameter('px');
  const ticket: OrderTicket = {
    instId,
    clOrdId,
    tag,
    side,
    ordType: type,
    tdMode: marginMode,
    // The venue's own default, and only there.
    tgtCcy: isSpot && isMarket ? tgtCcy || (side === 'buy' ? 'quote_ccy' : 'base_ccy') : '',
    px: isMarket ? '' : trimmed(String(px)),
    sz: trimmed(sz),
    // Spot knows none.
    reduceOnly: !isSpot && String(reduceOnly) === 'true',
  };
  return refuseByRules(ticket, instrument, rules) ?? ticket;
}

export function isRefusal(checked: object): checked is Refusal {
  return 'code' in checked;
}

function refuseByRules(
  { tgtCcy, sz, px }: OrderTicket,
  { instId, lotSz, minSz, tickSz }: PaperInstrument,
  { lastPrice }: OrderRules,
): Refusal | undefined {
  if (tgtCcy !== 'quote_ccy') {
    if (compareDecimals(sz, minSz) < 0) {
      return { code: CODES.belowMinimum, msg: `Your order should meet or exceed the minimum order amount ${minSz}.` };
    }
    if (!isMultipleOf(sz, lotSz)) {
      return { code: CODES.notMultipleOfLot, msg: `Order quantity must be a multiple of the lot size ${lotSz}.` };
    }
  }
  if (px === '') return undefined;
  if (!isMultipleOf(px, tickSz)) {
    return { code: CODES.badParameter, msg: `Parameter px error, wanted a multiple of the tick size ${tickSz}` };
  }
  const last = lastPrice(instId);
  const [lowest, highest] = [times(last, WIDEST.below), times(last, WIDEST.above)];
  if (compareDecimals(px, lowest) < 0 || compareDecimals(px, highest) > 0) {
    const limits = `The maximum buy price is ${highest} and minimum sell price is ${lowest}`;
    return { code: CODES.priceOutOfLimits, msg: `Order price is not within the price limit. (${limits})` };
  }
  return undefined;
}

type Fields = { readonly [Name in keyof OkxOrderRequest | 'tag' | 'posSide']?: unknown };

function badParameter(name: string): Refusal {
  return { code: CODES.badParameter, msg: `Parameter ${name} error` };
}

function isPositive(received: unknown): received is string {
  return typeof received === 'string' && PLAIN_DECIMAL.test(received) && /[1-9]/.test(received);
}

/** The venue takes the words as well. */
function isFlag(received: unknown): boolean {
  return [true, false, 'true', 'false', ''].some((flag) => flag === received);
}
