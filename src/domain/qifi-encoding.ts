import {
  ACCOUNT_FIGURES,
  type AccountConnectionStatus,
  type AccountSnapshot,
  POSITION_FIGURES,
  type Position,
} from './account.ts';
import type { AccountDocument } from './account-document.ts';
import { formatDay } from './day.ts';
import { toDecimalText } from './decimal-text.ts';
import type { OrderStatus, QifiOrder } from './order.ts';
import { FIELD_OF as FIELD_OF_POSITION } from './qifi-positions.ts';
import { FIELD_OF as FIELD_OF_FIGURE } from './qifi-state.ts';
import { formatUpdateTime } from './qifi-times.ts';
import type { Offset, Trade } from './trade.ts';

const NANOS_PER_MILLISECOND = 1_000_000n;

/** Fields of a document under their names in QIFI; undefined is not written. Nanoseconds are bigint, maps are `Map`. */
export type EncodedQifi = Readonly<Record<string, unknown>>;

/**
 * A QIFI document as QATrader writes it, from which `decodeQifi` reads the same state, fills and orders again. Keys of
 * its maps have no dots, which some stores refuse.
 */
export function encodeQifi({ snapshot, trades, orders }: AccountDocument): EncodedQifi {
  const { accountCookie, tradingDay, updatedAt } = snapshot;
  return {
    account_cookie: accountCookie,
    trading_day: tradingDay === null ? undefined : formatDay(tradingDay),
    updatetime: updatedAt === null ? undefined : formatUpdateTime(updatedAt),
    portfolio: snapshot.portfolio ?? undefined,
    broker_name: snapshot.brokerName ?? undefined,
    status: STATUS_OF_CONNECTION[snapshot.connectionStatus],
    accounts: encodeFigures(snapshot),
    positions: mapOf(snapshot.positions, keyOfPosition, encodePosition),
    trades: mapOf(trades, ({ tradeId }) => tradeId, encodeTrade),
    orders: mapOf(orders, ({ orderId }) => orderId, encodeOrder),
  };
}

/** A row of `hisaccount`: a balance of an instant in milliseconds since the epoch. */
export function encodeMark(
  accountCookie: string,
  mark: { readonly at: number; readonly balance: number },
): EncodedQifi {
  return {
    account_cookie: accountCookie,
    updatetime: formatUpdateTime(mark.at),
    accounts: { user_id: accountCookie, balance: mark.balance },
  };
}

function encodeFigures(snapshot: AccountSnapshot): EncodedQifi {
  const figures = ACCOUNT_FIGURES.map((figure) => [FIELD_OF_FIGURE[figure], snapshot[figure] ?? undefined] as const);
  return {
    user_id: snapshot.accountCookie,
    currency: snapshot.currency ?? undefined,
    ...Object.fromEntries(figures),
  };
}

function keyOfPosition({ exchangeId, instrumentId }: Position): string {
  return exchangeId === null ? instrumentId : `${exchangeId}_${instrumentId}`;
}

function encodePosition(position: Position): EncodedQifi {
  const figures = POSITION_FIGURES.map((name) => [FIELD_OF_POSITION[name], position[name] ?? undefined] as const);
  return {
    instrument_id: position.instrumentId,
    exchange_id: position.exchangeId ?? undefined,
    ...Object.fromEntries(figures),
  };
}

function encodeTrade(trade: Trade): EncodedQifi {
  return {
    trade_id: trade.tradeId,
    order_id: trade.orderId ?? undefined,
    instrument_id: trade.instrumentId,
    exchange_id: trade.exchangeId ?? undefined,
    direction: trade.side,
    offset: WRITTEN_OFFSET[trade.offset],
    price: trade.price ?? undefined,
    volume: trade.volume ?? undefined,
    commission: trade.commission ?? undefined,
    trade_date_time: trade.tradedAtNanos ?? undefined,
  };
}

function encodeOrder(order: QifiOrder): EncodedQifi {
  const isAllOrNothing = order.timeInForce === 'FOK';
  return {
    order_id: order.orderId,
    instrument_id: order.instrumentId,
    exchange_id: order.exchangeId ?? undefined,
    direction: order.side,
    offset: WRITTEN_OFFSET[order.offset],
    price_type: order.type === 'MARKET' ? 'ANY' : (order.type ?? undefined),
    time_condition: isAllOrNothing ? 'IOC' : (order.timeInForce ?? undefined),
    volume_condition: isAllOrNothing ? 'ALL' : 'ANY',
    limit_price: encodeDecimal(order.price),
    volume_orign: encodeDecimal(order.volume),
    volume_left: encodeDecimal(order.remainingVolume),
    status: writtenStatusOf(order),
    last_msg: order.statusMessage ?? undefined,
    insert_date_time: nanosOf(order.createdAt),
  };
}

/** The 0 of a writer means that it has no time. */
function nanosOf(instant: number | null): bigint | undefined {
  return instant === null ? undefined : BigInt(instant) * NANOS_PER_MILLISECOND || 1n;
}

/** As a number where that has the same digits. */
function encodeDecimal(decimal: string | null): number | string | undefined {
  if (decimal === null) return undefined;
  const number = Number(decimal);
  return toDecimalText(number) === decimal ? number : decimal;
}

function writtenStatusOf({ status, remainingVolume }: QifiOrder): string | undefined {
  const isAllFilled = status === 'FILLED' && remainingVolume !== null && Number(remainingVolume) === 0;
  return isAllFilled ? 'FINISHED' : WRITTEN_STATUS[status];
}

/** The keys say nothing to a reader, but two entries must not share one. */
function mapOf<Entry>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
  encode: (entry: Entry) => EncodedQifi,
): ReadonlyMap<string, EncodedQifi> {
  const map = new Map<string, EncodedQifi>();
  for (const entry of entries) {
    const key = keyOf(entry).replaceAll(/[.$\0]/g, '_');
    map.set(map.has(key) ? `${key}_${map.size}` : key, encode(entry));
  }
  return map;
}

const WRITTEN_OFFSET: Readonly<Record<Offset, string | undefined>> = {
  OPEN: 'OPEN',
  CLOSE: 'CLOSE',
  CLOSE_TODAY: 'CLOSETODAY',
  CLOSE_YESTERDAY: 'CLOSEYESTERDAY',
  NONE: undefined,
};

/** FINISHED alone would leave open how. */
const WRITTEN_STATUS: Readonly<Record<OrderStatus, string | undefined>> = {
  PENDING: undefined,
  OPEN: 'ALIVE',
  PARTIALLY_FILLED: 'ALIVE',
  FILLED: 'success_all',
  CANCELLED: 'CANCEL',
  REJECTED: 'failed',
  EXPIRED: 'settled',
  UNKNOWN: undefined,
};

const STATUS_OF_CONNECTION: Readonly<Record<AccountConnectionStatus, number | undefined>> = {
  CONNECTED: 200,
  RESTART_WANTED: 100,
  CLOSED: 500,
  LOGIN_REFUSED: 600,
  UNKNOWN: undefined,
};
