/// <reference lib="dom" />

import { formatNumber, formatSigned, groupDigits, NO_FIGURE, toDecimal, trendOf } from './figures.ts';
import { make, setText } from './markup.ts';

export const POSITION_FIELDS = `fragment PositionFields on Position {
  id instrumentId volumeLong volumeShort openPriceLong openPriceShort lastPrice floatProfit
}`;

export interface DeskPosition {
  readonly id: string;
  readonly instrumentId: string;
  readonly volumeLong: number | null;
  readonly volumeShort: number | null;
  readonly openPriceLong: number | null;
  readonly openPriceShort: number | null;
  readonly lastPrice: number | null;
  readonly floatProfit: number | null;
}

export function isClosed({ volumeLong, volumeShort }: DeskPosition): boolean {
  return (volumeLong ?? 0) === 0 && (volumeShort ?? 0) === 0;
}

/** A table of positions around the rows of a body. */
export function makePositions(body: HTMLTableSectionElement): HTMLTableElement {
  const names = ['Position', 'Long', 'Short', 'Open price', 'Last', 'Float profit'];
  const head = make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name)));
  return make('table', { class: 'positions', 'aria-label': 'Positions' }, make('thead', {}, head), body);
}

/** The row, telling the position as it is now. */
export function fillPosition(row: HTMLTableRowElement, position: DeskPosition): HTMLTableRowElement {
  const { instrumentId, volumeLong, volumeShort, lastPrice, floatProfit } = position;
  const openPrice = (volumeLong ?? 0) === 0 ? position.openPriceShort : position.openPriceLong;
  const texts = [
    instrumentId,
    volumeText(volumeLong),
    volumeText(volumeShort),
    priceText(openPrice),
    priceText(lastPrice),
    formatSigned(floatProfit, 2),
  ];
  texts.forEach((text, place) => {
    setText(row.cells[place] ?? row.appendChild(make('td')), text);
  });
  row.dataset.symbol = instrumentId;
  row.cells[texts.length - 1]?.setAttribute('class', trendOf(floatProfit));
  return row;
}

function volumeText(volume: number | null): string {
  return volume === null || volume === 0 ? NO_FIGURE : groupDigits(toDecimal(volume));
}

function priceText(price: number | null): string {
  if (price === null || price === 0) return NO_FIGURE;
  return formatNumber(price, Math.abs(price) >= 100 ? 2 : 5);
}
