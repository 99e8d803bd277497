import { CodedError } from '../domain/errors.ts';
import { isObject } from '../domain/json-text.ts';
import { ORDER_TYPES, TIMES_IN_FORCE } from '../domain/order.ts';
import { toOrderRequest, toOrderTarget } from '../domain/order-form.ts';
import { MARGIN_MODES, type OrderRequest, type OrderTarget } from '../domain/order-request.ts';
import { OFFSETS, SIDES } from '../domain/trade.ts';

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;

/** The order that another process wants placed. Fails with BAD_USER_INPUT for what no process of ours sends. */
export function readOrderRequest(received: unknown): OrderRequest {
  if (!isObject(received)) throw unfit();
  const { gateway, accountCookie, symbol, clientOrderId, volume, price, reduceOnly } = received;
  if (!isText(gateway) || !isText(accountCookie) || !isText(symbol) || !isText(clientOrderId)) throw unfit();
  if (!isDecimal(volume) || !(price === null || isDecimal(price)) || typeof reduceOnly !== 'boolean') throw unfit();
  return toOrderRequest({
    ...{ gateway, accountCookie, symbol, clientOrderId, volume, price, reduceOnly },
    side: oneOf(SIDES, received.side),
    type: oneOf(ORDER_TYPES, received.type),
    offset: oneOf(OFFSETS, received.offset),
    timeInForce: received.timeInForce === null ? null : oneOf(TIMES_IN_FORCE, received.timeInForce),
    marginMode: received.marginMode === null ? null : oneOf(MARGIN_MODES, received.marginMode),
  });
}

/** The same of an order that it names. */
export function readOrderTarget(received: unknown): OrderTarget {
  if (!isObject(received)) throw unfit();
  return toOrderTarget({ orderId: textOf(received.orderId), clientOrderId: textOf(received.clientOrderId) });
}

/** The same of a symbol, which may be absent. */
export function readSymbol(received: unknown): string | undefined {
  return textOf(received);
}

function oneOf<Value extends string>(values: readonly Value[], received: unknown): Value {
  const known = values.find((value) => value === received);
  if (known === undefined) throw unfit();
  return known;
}

function textOf(received: unknown): string | undefined {
  if (received === undefined || received === null) return undefined;
  if (!isText(received)) throw unfit();
  return received;
}

function isText(received: unknown): received is string {
  return typeof received === 'string';
}

function isDecimal(received: unknown): received is string {
  return isText(received) && DECIMAL.test(received);
}

function unfit(): CodedError {
  return new CodedError('BAD_USER_INPUT', 'received a call with values that are none, wanted those of an order');
}
