import { badUserInput, quoted } from './errors.ts';
import type { OrderType, TimeInForce } from './order.ts';
import type { MarginMode, OrderRequest, OrderTarget } from './order-request.ts';
import type { Offset, Side } from './trade.ts';

/** An order as somebody asks for it. What is absent is null or undefined. */
export interface OrderForm {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly volume: string;
  readonly price?: string | null | undefined;
  readonly timeInForce?: TimeInForce | null | undefined;
  readonly offset: Offset;
  readonly reduceOnly: boolean;
  readonly marginMode?: MarginMode | null | undefined;
  readonly clientOrderId: string;
}

const CLIENT_ORDER_ID = /^[A-Za-z0-9]{1,32}$/;
const LONGEST_SYMBOL = 64;
const LONGEST_ID = 64;
/** More than any venue counts with. */
const MOST_DIGITS = 32;

/** The request that a form makes. Fails with BAD_USER_INPUT for what no venue could take. */
export function toOrderRequest(form: OrderForm): OrderRequest {
  const { symbol, type, volume, price = null, timeInForce = null, marginMode = null, clientOrderId } = form;
  if (!CLIENT_ORDER_ID.test(clientOrderId)) {
    throw badUserInput(`received the clientOrderId ${quoted(clientOrderId)}, wanted 1 to 32 of A-Z a-z 0-9`);
  }
  assertSymbol(symbol);
  assertPositive('volume', volume);
  if (type === 'MARKET') {
    if (price !== null) throw badUserInput('received a price for a MARKET order, wanted none');
    if (timeInForce !== null) throw badUserInput('received a timeInForce for a MARKET order, wanted none');
    return { ...form, price, timeInForce, marginMode };
  }
  if (price === null) throw badUserInput('received no price for a LIMIT order');
  assertPositive('price', price);
  return { ...form, price, timeInForce: timeInForce ?? 'GTC', marginMode };
}

/** The order that exactly one of two ids names. Fails with BAD_USER_INPUT. */
export function toOrderTarget({
  orderId,
  clientOrderId,
}: {
  readonly orderId?: string | null | undefined;
  readonly clientOrderId?: string | null | undefined;
}): OrderTarget {
  for (const id of [orderId, clientOrderId]) {
    if (id != null && (id === '' || id.length > LONGEST_ID)) {
      throw badUserInput(`received the id ${quoted(id)}, wanted 1 to ${LONGEST_ID} characters`);
    }
  }
  if (orderId != null && clientOrderId == null) return { orderId };
  if (clientOrderId != null && orderId == null) return { clientOrderId };
  const received = orderId == null ? 'neither' : 'both';
  throw badUserInput(`received ${received} of orderId and clientOrderId, wanted exactly one`);
}

/** Fails with BAD_USER_INPUT for what can be no venue's name of an instrument. */
export function assertSymbol(symbol: string): void {
  if (symbol.length > 0 && symbol.length <= LONGEST_SYMBOL) return;
  throw badUserInput(`received the symbol ${quoted(symbol)}, wanted 1 to ${LONGEST_SYMBOL} characters`);
}

function assertPositive(name: string, decimal: string): void {
  if (decimal.startsWith('-') || !/[1-9]/.test(decimal)) {
    throw badUserInput(`received the ${name} ${quoted(decimal)}, wanted one above zero`);
  }
  if (decimal.replace(/^0\.?0*|\./g, '').length > MOST_DIGITS) {
    throw badUserInput(`received the ${name} ${quoted(decimal)}, wanted at most ${MOST_DIGITS} digits`);
  }
}
