import type { Figure } from '../../domain/account.ts';
import { subtractDecimals } from '../../domain/decimal-text.ts';
import { isObject, type JsonObject } from '../../domain/json-text.ts';
import { type PositionLeg, toFigure } from '../position-legs.ts';
import { isId, toDecimal, toUnsignedDecimal } from '../wire-values.ts';
import { isSymbol } from './dialect.ts';

/** Undefined for what is no position: https://www.okx.com/docs-v5/en/#trading-account-websocket-positions-channel */
export function readPositionRow(row: unknown): PositionLeg | undefined {
  if (!isObject(row) || !isSymbol(row.instId)) return undefined;
  const pos = toDecimal(row.pos);
  if (pos === undefined) return undefined;
  const key = isId(row.posId) ? row.posId : JSON.stringify([row.mgnMode, row.posSide, row.ccy]).slice(0, 200);
  const isQuoteHeld = isShortOfCoins(row);
  return {
    symbol: row.instId,
    key,
    direction: row.posSide === 'short' || pos.startsWith('-') || isQuoteHeld ? 'SHORT' : 'LONG',
    volume: isQuoteHeld ? toFigure(unsigned(row.liab)) : toFigure(unsigned(pos)),
    frozen: isQuoteHeld ? null : frozenOf(pos, row.availPos),
    price: toFigure(row.avgPx),
    lastPrice: toFigure(row.last),
    profit: toFigure(row.upl),
    margin: toFigure(row.imr) ?? toFigure(row.margin),
  };
}

/** Of a margin position, `pos` is never negative: held in the quote currency, it is a debt of coins. */
function isShortOfCoins({ instType, instId, posCcy }: JsonObject): boolean {
  if (instType !== 'MARGIN' || typeof instId !== 'string' || !isId(posCcy)) return false;
  return instId.split('-')[1] === posCcy;
}

/** What of it cannot be closed, since an order to close it works already; availPos is empty where that is not counted. */
function frozenOf(pos: string, available: unknown): Figure {
  const decimal = toUnsignedDecimal(unsigned(available));
  const held = unsigned(pos);
  if (decimal === undefined || held === undefined) return null;
  return Math.max(0, Number(subtractDecimals(held, decimal)));
}

function unsigned(received: unknown): string | undefined {
  const decimal = toDecimal(received);
  return decimal?.startsWith('-') ? decimal.slice(1) : decimal;
}
