import { type DocumentOrigin, withFaults } from './data-faults.ts';
import { addDecimals, compareDecimals, subtractDecimals, toDecimalText } from './decimal-text.ts';
import type { OrderStatus, OrderType, QifiOrder, TimeInForce } from './order.ts';
import { dealOf, decodeFills } from './qifi-fills.ts';
import { QifiNotes } from './qifi-notes.ts';
import { type QifiOwner, topOf } from './qifi-owner.ts';
import { QifiRecord } from './qifi-record.ts';
import type { Trade } from './trade.ts';

const NANOS_PER_MILLISECOND = 1_000_000n;

interface Surroundings {
  readonly owner: QifiOwner;
  /** The fills of the document by their order_id. */
  readonly fills: ReadonlyMap<string | null, readonly Trade[]>;
}

export interface DecodedOrders {
  /** In the order of the document. */
  readonly orders: readonly QifiOrder[];
  /** Entries that had to be left out, at most 1,000 texts. */
  readonly leftOut: readonly string[];
}

/**
 * The orders of a document of any of the QIFI writers, of which the map `orders` has to be there, and `trades`, from
 * which the filled part of some orders is told. With an origin the faults are said beside the figures. Never throws.
 */
export function decodeOrders(document: unknown, owner: QifiOwner, origin?: DocumentOrigin): DecodedOrders {
  const notes = new QifiNotes(origin);
  const top = topOf(document, notes);
  if (!(top instanceof QifiRecord)) return { orders: [], leftOut: [] };
  // Fills that are left out are told by who reads the fills.
  const { trades } = decodeFills(document, owner);
  return { orders: ordersOf(top, owner, trades), leftOut: notes.leftOut };
}

/**
 * The orders of a document with these fills. One without an id, an instrument or a direction is left out with an issue.
 */
export function ordersOf(document: QifiRecord, owner: QifiOwner, trades: readonly Trade[]): QifiOrder[] {
  const fills = Map.groupBy(trades, ({ orderId }) => orderId);
  return document.records('orders').flatMap((record) => orderOf(record, { owner, fills }) ?? []);
}

function orderOf(record: QifiRecord, { owner, fills }: Surroundings): QifiOrder | undefined {
  const orderId = record.name('order_id');
  if (orderId === null) {
    record.leaveOut('it has no order_id');
    return undefined;
  }
  const deal = dealOf(record);
  if (deal === undefined) return undefined;

  const type = typeOf(record);
  const volume = record.decimal('volume_orign') ?? record.decimal('volume');
  const remainingVolume = record.decimal('volume_left');
  const statusMessage = record.words('last_msg');
  const status = statusOf(record, { volume, remainingVolume, statusMessage });
  const createdAtNanos = record.nanoseconds('insert_date_time');
  const order: QifiOrder = {
    ...owner,
    ...deal,
    orderId,
    type,
    timeInForce: timeInForceOf(record),
    status,
    price: type === 'MARKET' ? null : (record.decimal('limit_price') ?? record.decimal('price')),
    volume,
    filledVolume: isFillForgotten(status, remainingVolume)
      ? filledVolumeOf(fills.get(orderId), volume)
      : filledPart(volume, remainingVolume),
    remainingVolume,
    statusMessage,
    createdAt: createdAtNanos === null ? null : Number(createdAtNanos / NANOS_PER_MILLISECOND),
  };
  return withFaults(order, record.notes.origin, record.rejected(NAME_OF_FIELD));
}

interface Progress {
  readonly volume: string | null;
  readonly remainingVolume: string | null;
  readonly statusMessage: string | null;
}

/** What a status of one of the writers means; ENDED leaves open how. */
type WrittenStatus = 'WORKING' | 'ENDED' | 'FILLED' | 'CANCELLED' | 'REJECTED' | 'EXPIRED';

function statusOf(record: QifiRecord, progress: Progress): OrderStatus {
  const written = (record.name('status') ?? '').trim().toLowerCase();
  const meaning = MEANING_OF_STATUS.get(written);
  switch (meaning) {
    case 'WORKING':
      return isPartlyFilled(progress) ? 'PARTIALLY_FILLED' : 'OPEN';
    case 'ENDED':
      return endOf(progress);
    case 'FILLED':
    case 'CANCELLED':
    case 'REJECTED':
    case 'EXPIRED':
      return meaning;
    case undefined:
      if (written !== '') record.reject('status', 'a status of QIFI');
      return 'UNKNOWN';
  }
}

function isPartlyFilled({ volume, remainingVolume }: Progress): boolean {
  return Number(remainingVolume) > 0 && Number(remainingVolume) < Number(volume);
}

/** Under DIFF an order is FINISHED however it ended; the rest of its volume and the broker's words tell how. */
function endOf({ remainingVolume, statusMessage }: Progress): OrderStatus {
  if (remainingVolume !== null && Number(remainingVolume) === 0) return 'FILLED';
  if (statusMessage !== null && /拒绝|仓位不足/.test(statusMessage)) return 'REJECTED';
  if (remainingVolume !== null) return 'CANCELLED';
  if (statusMessage?.includes('全部成交')) return 'FILLED';
  return statusMessage?.includes('已撤单') ? 'CANCELLED' : 'UNKNOWN';
}

/** The Python writer sets the rest of a cancelled order to 0, and with it forgets how much was filled. */
function isFillForgotten(status: OrderStatus, remaining: string | null): boolean {
  return status !== 'FILLED' && remaining !== null && Number(remaining) === 0;
}

function filledPart(volume: string | null, remaining: string | null): string | null {
  if (volume === null || remaining === null) return null;
  const filled = subtractDecimals(volume, remaining);
  return filled.startsWith('-') ? null : filled;
}

/** The sum of an order's fills; null when there are none, or when they do not tell or cannot be. */
function filledVolumeOf(fills: readonly Trade[] = [], volume: string | null): string | null {
  // One fill may stand under two keys of the map; the store keeps one of them, and so does the sum.
  const distinct = new Map(fills.map((fill) => [JSON.stringify([fill.tradeId, fill.instrumentId]), fill]));
  let filled: string | null = null;
  for (const fill of distinct.values()) {
    const part = fill.volume === null ? undefined : toDecimalText(fill.volume);
    if (part === undefined || part.startsWith('-')) return null;
    filled = addDecimals(filled ?? '0', part);
  }
  return filled === null || (volume !== null && compareDecimals(filled, volume) > 0) ? null : filled;
}

function typeOf(record: QifiRecord): OrderType | null {
  return TYPE_OF.get(wordOf(record, 'price_type')) ?? null;
}

function timeInForceOf(record: QifiRecord): TimeInForce | null {
  const priceType = TIME_OF_PRICE_TYPE.get(wordOf(record, 'price_type'));
  if (priceType !== undefined) return priceType;
  const conditions = [wordOf(record, 'time_condition'), wordOf(record, 'volume_condition')];
  // The Rust writer swaps the two conditions, so either may be the time.
  const time = conditions.map((condition) => TIME_OF_CONDITION.get(condition)).find((each) => each !== undefined);
  return time === 'IOC' && conditions.includes('ALL') ? 'FOK' : (time ?? null);
}

function wordOf(record: QifiRecord, name: string): string {
  const value = record.value(name);
  return typeof value === 'string' ? value.trim().toUpperCase() : '';
}

/** Names of DIFF, of the Python writer, of QAOrder.to_qifi, and the numbers of older rows. */
const MEANING_OF_STATUS: ReadonlyMap<string, WrittenStatus> = new Map([
  ...names('WORKING', 'alive', 'queued', 'new', 'next', 'success_part', '100', '203', '300'),
  ...names('ENDED', 'finished'),
  ...names('FILLED', 'success_all', '200'),
  ...names('CANCELLED', 'cancel', 'cancelled', 'cancel_all', 'cancel_part', '400', '402'),
  ...names('REJECTED', 'failed', '600'),
  ...names('EXPIRED', 'settled', '500'),
]);

function names(meaning: WrittenStatus, ...written: string[]): [string, WrittenStatus][] {
  return written.map((name) => [name, meaning]);
}

const TYPE_OF: ReadonlyMap<string, OrderType> = new Map([
  ['LIMIT', 'LIMIT'],
  ['FAK', 'LIMIT'],
  ['FOK', 'LIMIT'],
  ['ANY', 'MARKET'],
  ['MARKET', 'MARKET'],
  ['BEST', 'MARKET'],
  ['FIVELEVEL', 'MARKET'],
  ['CLOSE', 'MARKET'],
  ['NEXT_OPEN', 'MARKET'],
]);

const TIME_OF_PRICE_TYPE: ReadonlyMap<string, TimeInForce> = new Map([
  ['FAK', 'IOC'],
  ['FOK', 'FOK'],
]);

const TIME_OF_CONDITION: ReadonlyMap<string, TimeInForce> = new Map([
  ['IOC', 'IOC'],
  ['GFD', 'GFD'],
  ['GTD', 'GTD'],
  ['GTC', 'GTC'],
]);

const NAME_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['exchange_id', 'exchangeId'],
  ['limit_price', 'price'],
  ['price', 'price'],
  ['volume_orign', 'volume'],
  ['volume', 'volume'],
  ['volume_left', 'remainingVolume'],
  ['insert_date_time', 'createdAt'],
]);
