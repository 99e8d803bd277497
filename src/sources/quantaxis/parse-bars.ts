import { parseDay } from '../../domain/day.ts';
import type { BarColumns } from '../../domain/series.ts';
import { type BarRow, type BarRules, type CollectedBars, collectBars } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { echoed, invalidReply, wordOf } from '../reply.ts';
import { inShares, LOT, tradingUnit } from '../trading-unit.ts';
import type { BarPlace } from './collections.ts';

/** A stored document, by its fields. */
export type MarketDocument = Readonly<Record<string, unknown>>;

export interface StoredBarsWish extends BarRules {
  readonly place: BarPlace;
  readonly isIndex: boolean;
}

/**
 * Daily bars as QUANTAXIS stores them: date as YYYY-MM-DD, prices, and volume as `vol` (shares and indexes, in TDX's
 * unit, which turnover tells), `trade` (futures, contracts) or `volume` (coins). Figures may be texts. Nothing keeps
 * QUANTAXIS from storing a day twice: the document that was stored last counts. Fails with DATA_INVALID for a document
 * of another code.
 */
export function parseStoredBars(documents: readonly MarketDocument[], wish: StoredBarsWish): CollectedBars {
  const { field, value } = wish.place;
  const byDay = new Map<number, BarRow>();
  for (const document of documents) {
    if (wordOf(document[field]) !== value) {
      throw invalidReply(`a bar of ${echoed(document[field])}`, `bars of ${value}`);
    }
    const row = parseDocument(document, wish.place);
    byDay.set(row.day, row);
  }
  const rows = [...byDay.values()].sort((left, right) => left.day - right.day);
  const { columns, dropped } = collectBars(rows, wish);
  return { columns: inOurUnits(columns, wish), dropped };
}

function parseDocument(document: MarketDocument, { collection }: BarPlace): BarRow {
  const day = parseDay(wordOf(document.date).slice(0, 10));
  if (day === undefined) throw invalidReply('a date that is none', 'a day as YYYY-MM-DD', document.date);
  const volume = { stock_day: 'vol', index_day: 'vol', future_day: 'trade', cryptocurrency_day: 'volume' }[collection];
  return {
    day,
    open: toFigure(document.open),
    high: toFigure(document.high),
    low: toFigure(document.low),
    close: toFigure(document.close),
    volume: toFigure(document[volume] ?? document.volume),
    // Of coins it is the part that buyers took, or whatever the exchange called so.
    amount: collection === 'cryptocurrency_day' ? Number.NaN : toFigure(document.amount),
  };
}

/** Without turnover TDX' daily unit is the lot. */
function inOurUnits(columns: BarColumns, { place, isIndex }: StoredBarsWish): BarColumns {
  const isMainland = place.collection === 'stock_day' || place.collection === 'index_day';
  return isMainland ? inShares(columns, tradingUnit(columns, { isIndex }) ?? LOT) : columns;
}
