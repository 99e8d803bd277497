import { type AccountSnapshot, POSITION_FIGURES, type Position, type PositionFigure } from './account.ts';
import { figureText } from './decimal-text.ts';

/** What an account owns in the currency that it is kept in, as decimal text. */
export interface OwnedBalance {
  readonly currency: string;
  readonly total: string;
  readonly available: string | null;
}

/** Names a position among those of its account, whatever a document calls it. */
export function positionKey({ exchangeId, instrumentId }: Pick<Position, 'exchangeId' | 'instrumentId'>): string {
  return JSON.stringify([exchangeId, instrumentId]);
}

/** Whether nothing is left of the position. */
export function isFlatPosition({ volumeLong, volumeShort }: Position): boolean {
  return !volumeLong && !volumeShort;
}

/** The position after all of it was closed. */
export function closedPosition({ instrumentId, exchangeId, lastPrice }: Position): Position {
  // Built from the list of figures, which has all of them.
  const figures = Object.fromEntries(POSITION_FIGURES.map((figure) => [figure, 0])) as Record<PositionFigure, number>;
  return { ...figures, instrumentId, exchangeId, lastPrice };
}

export function isSamePosition(one: Position, other: Position): boolean {
  return POSITION_FIGURES.every((figure) => one[figure] === other[figure]);
}

/**
 * What is to be told when an account that held `before` holds `after`: what changed, and what was closed, be it that the
 * writer keeps it with zeros or takes it out. Who was not told of a position is not told that it is closed.
 */
export function positionChanges(before: readonly Position[], after: readonly Position[]): readonly Position[] {
  const held = new Map(before.map((position) => [positionKey(position), position]));
  const changed = after.filter((position) => {
    const earlier = held.get(positionKey(position));
    held.delete(positionKey(position));
    if (earlier === undefined || isFlatPosition(earlier)) return !isFlatPosition(position);
    return !isSamePosition(earlier, position);
  });
  const gone = [...held.values()].filter((position) => !isFlatPosition(position));
  return [...gone.map(closedPosition), ...changed];
}

/** Undefined when the state does not tell how much it is, or of what. */
export function balanceOf({ currency, balance, available }: AccountSnapshot): OwnedBalance | undefined {
  const total = figureText(balance);
  return currency === null || total === null ? undefined : { currency, total, available: figureText(available) };
}
