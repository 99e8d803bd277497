import { type DocumentOrigin, withFaults } from './data-faults.ts';
import { QifiNotes } from './qifi-notes.ts';
import { type QifiOwner, topOf } from './qifi-owner.ts';
import { QifiRecord } from './qifi-record.ts';
import type { Offset, Side, Trade } from './trade.ts';

/** What a fill and an order have in common. */
interface QifiDeal {
  readonly instrumentId: string;
  readonly exchangeId: string | null;
  readonly side: Side;
  readonly offset: Offset;
}

export interface DecodedFills {
  /** In the order of the document. */
  readonly trades: readonly Trade[];
  /** Entries that had to be left out, at most 1,000 texts. */
  readonly leftOut: readonly string[];
}

/**
 * The fills of a document of any of the QIFI writers, of which no more than the map `trades` has to be there. With an
 * origin the faults are said beside the figures. Never throws.
 */
export function decodeFills(document: unknown, owner: QifiOwner, origin?: DocumentOrigin): DecodedFills {
  const notes = new QifiNotes(origin);
  const top = topOf(document, notes);
  const trades = top instanceof QifiRecord ? fillsOf(top, owner) : [];
  return { trades, leftOut: notes.leftOut };
}

/** The fills of a document's `trades`. One without an id, an instrument or a direction is left out with an issue. */
export function fillsOf(document: QifiRecord, owner: QifiOwner): Trade[] {
  return document.records('trades').flatMap((record) => fillOf(record, owner) ?? []);
}

/** Instrument, side and offset of a fill or an order; undefined, with an issue, when the first two do not show. */
export function dealOf(record: QifiRecord): QifiDeal | undefined {
  const instrumentId = record.name('instrument_id');
  const side = sideOf(record);
  if (instrumentId === null || side === undefined) {
    record.leaveOut(instrumentId === null ? 'it has no instrument_id' : 'it has no direction');
    return undefined;
  }
  return { instrumentId, exchangeId: record.name('exchange_id'), side, offset: offsetOf(record) };
}

function fillOf(record: QifiRecord, owner: QifiOwner): Trade | undefined {
  const tradeId = record.name('trade_id');
  if (tradeId === null) {
    record.leaveOut('it has no trade_id');
    return undefined;
  }
  const deal = dealOf(record);
  if (deal === undefined) return undefined;
  const trade: Trade = {
    ...owner,
    ...deal,
    tradeId,
    orderId: record.name('order_id'),
    price: record.figure('price'),
    volume: record.figure('volume'),
    commission: record.figure('commission'),
    tradedAtNanos: record.nanoseconds('trade_date_time'),
  };
  return withFaults(trade, record.notes.origin, record.rejected(NAME_OF_FIELD));
}

function sideOf(record: QifiRecord): Side | undefined {
  const direction = record.value('direction');
  const side = typeof direction === 'string' ? SIDE_OF.get(direction.trim().toUpperCase()) : undefined;
  const towards = towardsOf(record);
  if (side !== undefined || towards === 0) return side;
  return towards > 0 ? 'BUY' : 'SELL';
}

function offsetOf(record: QifiRecord): Offset {
  const offset = record.value('offset');
  const known = typeof offset === 'string' ? OFFSET_OF.get(offset.trim().toUpperCase().replace('_', '')) : undefined;
  return known ?? OFFSET_OF_TOWARDS.get(towardsOf(record)) ?? 'NONE';
}

/** The Python writer's one number for direction and offset, 0 where there is none or it names no deal. */
function towardsOf(record: QifiRecord): number {
  const towards = record.listed('towards');
  return OFFSET_OF_TOWARDS.has(towards) ? towards : 0;
}

const SIDE_OF: ReadonlyMap<string, Side> = new Map([
  ['BUY', 'BUY'],
  ['SELL', 'SELL'],
]);

const OFFSET_OF: ReadonlyMap<string, Offset> = new Map([
  ['OPEN', 'OPEN'],
  ['CLOSE', 'CLOSE'],
  ['CLOSETODAY', 'CLOSE_TODAY'],
  ['CLOSEYESTERDAY', 'CLOSE_YESTERDAY'],
]);

/** QUANTAXIS ORDER_DIRECTION: 1 and -1 are a stock bought and sold, 2 to 4 a future opened, closed, closed today. */
const OFFSET_OF_TOWARDS: ReadonlyMap<number, Offset> = new Map([
  [1, 'OPEN'],
  [2, 'OPEN'],
  [-2, 'OPEN'],
  [-1, 'CLOSE'],
  [3, 'CLOSE'],
  [-3, 'CLOSE'],
  [4, 'CLOSE_TODAY'],
  [-4, 'CLOSE_TODAY'],
]);

const NAME_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['order_id', 'orderId'],
  ['exchange_id', 'exchangeId'],
  ['price', 'price'],
  ['volume', 'volume'],
  ['commission', 'commission'],
  ['trade_date_time', 'tradedAtNanos'],
]);
