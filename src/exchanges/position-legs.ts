import type { Figure, Position } from '../domain/account.ts';
import { toDecimalText } from '../domain/decimal-text.ts';

/** One row of the venue: an instrument has several of them when long and short, or cross and isolated, stand side by side. */
export interface PositionLeg {
  readonly symbol: string;
  /** Tells it from the other legs of the instrument. */
  readonly key: string;
  readonly direction: 'LONG' | 'SHORT';
  /** Contracts, or coins of a margin position; from 0 on. Null: not told in units of the instrument. */
  readonly volume: Figure;
  readonly frozen: Figure;
  readonly price: Figure;
  readonly lastPrice: Figure;
  readonly profit: Figure;
  readonly margin: Figure;
}

/** What remembers the legs of the positions, since a push brings only those that changed. */
export type LegsBySymbol = Map<string, Map<string, PositionLeg>>;

/** A closed leg is told of once and then forgotten, so that what is remembered stays as small as what is held. */
export function keepLeg(leg: PositionLeg, legs: LegsBySymbol): void {
  const held = legs.get(leg.symbol) ?? new Map<string, PositionLeg>();
  if (leg.volume === 0) held.delete(leg.key);
  else held.set(leg.key, leg);
  if (held.size === 0) legs.delete(leg.symbol);
  else legs.set(leg.symbol, held);
}

/** An instrument's position by its legs, of which there is at least one. */
export function joinLegs(symbol: string, legs: readonly PositionLeg[]): Position {
  const long = joinSide(legs.filter(({ direction }) => direction === 'LONG'));
  const short = joinSide(legs.filter(({ direction }) => direction === 'SHORT'));
  return {
    instrumentId: symbol,
    exchangeId: null,
    volumeLong: long.volume,
    volumeLongToday: long.volumeByDay,
    volumeLongHistory: long.volumeByDay,
    volumeLongFrozen: long.frozen,
    volumeShort: short.volume,
    volumeShortToday: short.volumeByDay,
    volumeShortHistory: short.volumeByDay,
    volumeShortFrozen: short.frozen,
    openPriceLong: long.price,
    openPriceShort: short.price,
    openCostLong: null,
    openCostShort: null,
    positionPriceLong: long.price,
    positionPriceShort: short.price,
    lastPrice: legs.find(({ lastPrice }) => lastPrice !== null)?.lastPrice ?? null,
    floatProfit: sum(legs.filter(isHeld).map(({ profit }) => profit)),
    positionProfit: null,
    margin: sum(legs.filter(isHeld).map(({ margin }) => margin)),
  };
}

interface SideOfPosition {
  readonly volume: Figure;
  /** The venue does not tell today's from older volume: null unless there is none. */
  readonly volumeByDay: Figure;
  readonly frozen: Figure;
  readonly price: Figure;
}

function joinSide(legs: readonly PositionLeg[]): SideOfPosition {
  const held = legs.filter(isHeld);
  if (held.length === 0) return { volume: 0, volumeByDay: 0, frozen: 0, price: null };
  const volume = sum(held.map((leg) => leg.volume));
  const [only] = held;
  const value = sum(held.map((leg) => product(leg.price, leg.volume)));
  const average = volume === null || value === null ? null : value / volume;
  return {
    volume,
    volumeByDay: null,
    frozen: sum(held.map(({ frozen }) => frozen)),
    // A quotient need not give the only leg's price back to the last digit.
    price: held.length === 1 && only !== undefined ? only.price : average,
  };
}

function isHeld({ volume }: PositionLeg): boolean {
  return volume !== 0;
}

function product(left: Figure, right: Figure): Figure {
  return left === null || right === null ? null : left * right;
}

/** Null when one of them is not known. */
function sum(figures: readonly Figure[]): Figure {
  return figures.reduce<Figure>((total, each) => (total === null || each === null ? null : total + each), 0);
}

/** A figure of the venue, which is a text. */
export function toFigure(received: unknown): Figure {
  const decimal = typeof received === 'string' ? toDecimalText(received) : undefined;
  return decimal === undefined ? null : Number(decimal);
}
