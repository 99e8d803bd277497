import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import { joinLegs, keepLeg, type LegsBySymbol, type PositionLeg } from '../position-legs.ts';
import type { AccountEvent, AccountFrameReader } from '../venue-account.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { channelOf, FILL_TYPES } from './account-dialect.ts';
import { isHedged, readCoin, readExecution, readOrderRow, readPositionRow } from './account-rows.ts';
import type { BybitMarket } from './dialect.ts';

/** A reader of one connection of the private socket: https://bybit-exchange.github.io/docs/v5/websocket/private/order */
export function createAccountReader(category: BybitMarket): AccountFrameReader {
  const legs: LegsBySymbol = new Map();
  return (text) => readFrame(text, category, legs);
}

function* readFrame(text: string, category: BybitMarket, legs: LegsBySymbol): Generator<AccountEvent, void, undefined> {
  const message = parseExactJson(text);
  if (!isObject(message)) return yield unreadable(text, 'an object');
  const { topic, data } = message;
  if (topic === undefined) return yield* readAnswer(message, text, category);
  if (!Array.isArray(data)) return yield unreadable(text, 'a topic and its data');
  switch (textOf(topic).split('.', 1)[0]) {
    case 'order':
      return yield* readOrders(ofCategory(data, category), category);
    case 'execution':
      return yield* readExecutions(ofCategory(data, category));
    case 'position':
      return yield* readPositions(ofCategory(data, category), legs);
    case 'wallet':
      return yield* readWallets(data, category);
    default:
      yield unreadable(text, 'a topic that was subscribed to');
  }
}

/** What the venue says of the connection. */
function* readAnswer(
  message: JsonObject,
  text: string,
  category: BybitMarket,
): Generator<AccountEvent, void, undefined> {
  const { op, success, ret_msg: said, req_id: reqId } = message;
  const isDone = success === true;
  const reason = textOf(said) || 'it did not say why';
  if (op === 'auth') {
    if (!isDone) return yield { type: 'LOGIN_REFUSED', reason };
    yield { type: 'LOGGED_IN' };
    // There is no topic that could be acknowledged.
    if (category === 'spot') yield { type: 'SUBSCRIBED', channel: 'positions' };
    return;
  }
  if (op === 'pong') return;
  const channel = channelOf(reqId);
  if (op !== 'subscribe') return yield unreadable(text, 'a topic or the answer to a request');
  if (channel === undefined) return yield { type: 'TROUBLE', reason };
  yield isDone ? { type: 'SUBSCRIBED', channel } : { type: 'REFUSED', channel, reason };
}

/** A row of another market is none of ours; one that does not say of which it is comes under its topic. */
function ofCategory(rows: readonly unknown[], category: BybitMarket): readonly unknown[] {
  return rows.filter((row) => !isObject(row) || row.category === undefined || row.category === category);
}

function* readOrders(rows: readonly unknown[], category: BybitMarket): Generator<AccountEvent, void, undefined> {
  for (const row of rows) {
    const reading = readOrderRow(row, category);
    if ('value' in reading) yield { type: 'ORDER', report: withoutFilled(reading.value) };
    else yield unreadable(JSON.stringify(row), reading.wanted);
  }
}

/**
 * What is filled is told by executions, which come beside the orders, sooner or later: told twice, it would be told once
 * without its fill. Of an order to spend an amount only this says that all of it was spent.
 */
function withoutFilled(report: OrderReport): OrderReport {
  const isFilled = report.status === 'FILLED' || report.status === 'PARTIALLY_FILLED';
  if (!isFilled || report.volume === null) return report;
  return { ...report, status: 'OPEN', filledVolume: null, averagePrice: null };
}

function* readExecutions(rows: readonly unknown[]): Generator<AccountEvent, void, undefined> {
  for (const row of rows) {
    if (isObject(row) && !FILL_TYPES.includes(row.execType)) continue;
    const reading = isObject(row) ? readExecution(row) : { wanted: 'an execution' };
    if ('value' in reading) yield { type: 'ORDER', report: reading.value };
    else yield unreadable(JSON.stringify(row), reading.wanted);
  }
}

function* readPositions(rows: readonly unknown[], legs: LegsBySymbol): Generator<AccountEvent, void, undefined> {
  const touched = new Map<string, PositionLeg>();
  for (const row of rows) {
    const leg = readPositionRow(row);
    if (leg === undefined) {
      yield unreadable(JSON.stringify(row), 'a position with symbol and size');
      continue;
    }
    touched.set(leg.symbol, leg);
    keepSide(leg, legs);
  }
  for (const [symbol, leg] of touched) {
    const told = [...(legs.get(symbol)?.values() ?? [])];
    // With one of two sides alone it would look as if the other one were closed.
    if (isHedged(leg) && told.length < 2) continue;
    yield { type: 'POSITION', position: joinLegs(symbol, told) };
  }
}

/** Of two sides beside each other a closed one is remembered, too: it was told of. */
function keepSide(leg: PositionLeg, legs: LegsBySymbol): void {
  if (!isHedged(leg)) {
    keepLeg(leg, legs);
    return;
  }
  const told = legs.get(leg.symbol) ?? new Map<string, PositionLeg>();
  legs.set(leg.symbol, told.set(leg.key, leg));
}

function* readWallets(rows: readonly unknown[], category: BybitMarket): Generator<AccountEvent, void, undefined> {
  for (const row of rows) {
    const coins: readonly unknown[] = isObject(row) && Array.isArray(row.coin) ? row.coin : [row];
    for (const coin of coins) {
      const reading = readCoin(coin, category);
      if ('value' in reading) yield { type: 'BALANCE', balance: reading.value };
      else yield unreadable(JSON.stringify(coin), reading.wanted);
    }
  }
}
