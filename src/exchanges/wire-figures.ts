import type { Figure } from '../domain/account.ts';
import { toUnsignedDecimal } from './wire-values.ts';

/** What is paid and moved within a bar. */
export interface Ohlcv {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In base coins or contracts. */
  readonly volume: number;
}

/** Null for what the venue leaves out or empty, NaN for what is no decimal text from 0 on. */
export function toFigure(received: unknown): Figure {
  if (received === '' || received === undefined || received === null) return null;
  return Number(toUnsignedDecimal(received) ?? Number.NaN);
}

/** As toFigure; 0 is no price. */
export function toPrice(received: unknown): Figure {
  const figure = toFigure(received);
  return figure === 0 ? null : figure;
}

/** Price and size of a side of the book; both are null for an empty one, which comes as nothing or as 0. */
export function toLevel(price: unknown, size: unknown): readonly [Figure, Figure] {
  const figure = toPrice(price);
  return figure === null ? [null, null] : [figure, toFigure(size)];
}

/** As toLevel, for books in which a size of 0 takes a level away. */
export function toStandingLevel(price: unknown, size: unknown): readonly [Figure, Figure] {
  return toFigure(size) === 0 ? [null, null] : toLevel(price, size);
}

/** Whether a figure could not be read. Of a part of a quote it is no fault that it says nothing. */
export function hasFault(figures: Readonly<Record<string, Figure>>): boolean {
  return Object.values(figures).some(Number.isNaN);
}

/** Whether each of the figures could be read, and one at least is known. */
export function sayAnything(figures: Readonly<Record<string, Figure>>): boolean {
  return !hasFault(figures) && Object.values(figures).some((figure) => figure !== null);
}

/** Undefined unless each is a decimal text from 0 on. */
export function toOhlcv(received: Readonly<Record<keyof Ohlcv, unknown>>): Ohlcv | undefined {
  const open = toFigure(received.open);
  const high = toFigure(received.high);
  const low = toFigure(received.low);
  const close = toFigure(received.close);
  const volume = toFigure(received.volume);
  if (!isNumber(open) || !isNumber(high) || !isNumber(low) || !isNumber(close) || !isNumber(volume)) return undefined;
  return { open, high, low, close, volume };
}

function isNumber(figure: Figure): figure is number {
  return figure !== null && !Number.isNaN(figure);
}
