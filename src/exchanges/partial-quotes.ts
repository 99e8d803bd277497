import type { Figure } from '../domain/account.ts';
import { toFigure, toLevel } from './wire-figures.ts';

/** As toLevel, for books in which a size of 0 takes a level away. */
export function toStandingLevel(price: unknown, size: unknown): readonly [Figure, Figure] {
  return toFigure(size) === 0 ? [null, null] : toLevel(price, size);
}

/** Whether a figure could not be read. Of a part of a quote it is no fault that it says nothing. */
export function hasFault(figures: Readonly<Record<string, Figure>>): boolean {
  return Object.values(figures).some(Number.isNaN);
}
