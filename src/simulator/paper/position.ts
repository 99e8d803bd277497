import { compareDecimals, divideDecimals } from '../../domain/decimal-text.ts';
import { magnitude, minus, plus, smaller, times } from './decimal.ts';
import type { OrderSide } from './depth.ts';
import type { PaperInstrument } from './instruments.ts';

/** A net position in a swap. */
export interface PaperPosition {
  readonly instId: string;
  readonly posId: string;
  /** Contracts; negative: short. */
  readonly pos: string;
  /** Of what is open; empty when nothing is. */
  readonly avgPx: string;
  /** With fees, since it was opened. */
  readonly realizedPnl: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a position is told of a fill. */
interface PositionFill {
  readonly instId: string;
  readonly billId: string;
  readonly side: OrderSide;
  readonly px: string;
  readonly sz: string;
  readonly fee: string;
  readonly pnl: string;
  readonly at: number;
}

const AVERAGE_DECIMALS = 16;

/** How much an order of a side can take off the position. */
export function reducible(position: PaperPosition | undefined, side: OrderSide): string {
  const pos = position?.pos ?? '0';
  const isOpposite = side === 'buy' ? pos.startsWith('-') : !pos.startsWith('-');
  return isOpposite ? magnitude(pos) : '0';
}

/** What a fill would realise, in the settlement currency: contracts * value of one * the price's way. */
export function realised(
  position: PaperPosition | undefined,
  { side, px, sz }: { side: OrderSide; px: string; sz: string },
  { ctVal }: PaperInstrument,
): string {
  if (position === undefined) return '0';
  const closed = smaller(sz, reducible(position, side));
  if (closed === '0') return '0';
  const gain = side === 'sell' ? minus(px, position.avgPx) : minus(position.avgPx, px);
  return times(closed, ctVal, gain);
}

/** What the position would realise at a price. */
export function unrealised({ pos, avgPx }: PaperPosition, mark: string, { ctVal }: PaperInstrument): string {
  return pos === '0' ? '0' : times(pos, ctVal, minus(mark, avgPx));
}

export function applyToPosition(position: PaperPosition | undefined, fill: PositionFill): PaperPosition {
  const { instId, side, px, sz, at } = fill;
  const before = position?.pos ?? '0';
  const pos = side === 'buy' ? plus(before, sz) : minus(before, sz);
  const result = plus(fill.pnl, fill.fee);
  const standing =
    position === undefined || before === '0'
      ? { posId: fill.billId, createdAt: at, realizedPnl: result }
      : { posId: position.posId, createdAt: position.createdAt, realizedPnl: plus(position.realizedPnl, result) };
  return { instId, pos, avgPx: averageOf(position, { pos, side, px, sz }), ...standing, updatedAt: at };
}

function averageOf(
  position: PaperPosition | undefined,
  { pos, side, px, sz }: { pos: string; side: OrderSide; px: string; sz: string },
): string {
  if (pos === '0') return '';
  if (position === undefined || position.pos === '0') return px;
  const reduces = compareDecimals(reducible(position, side), '0') > 0;
  if (reduces) return pos.startsWith('-') === position.pos.startsWith('-') ? position.avgPx : px;
  const cost = plus(times(magnitude(position.pos), position.avgPx), times(sz, px));
  return divideDecimals(cost, magnitude(pos), AVERAGE_DECIMALS);
}
