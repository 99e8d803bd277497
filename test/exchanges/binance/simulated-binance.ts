import { createHmac } from 'node:crypto';
import type {
  ReceivedRequest,
  SimulatedAccount,
  SimulatedAnswer,
  SimulatedFill,
  SimulatedOrder,
  SimulatedProtocol,
} from '../account/simulated-account.ts';
import { CREDENTIALS } from '../account/venue-desk.ts';
import { pushOf } from './account-frames.ts';

const hmac = (text: string): string => createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex');
const ok = (body: object): SimulatedAnswer => ({ status: 200, body: exact(body) });
const refused = (code: number, msg: string, status = 400): SimulatedAnswer => ({
  status,
  body: JSON.stringify({ code, msg }),
});
/** Ids are numbers on the wire, longer than a double keeps. */
const exact = (value: object): string =>
  JSON.stringify(value).replace(/"(i|t|id|orderId|tradeId)":"(\d+)"/g, '"$1":$2');

/** Binance's spot API as far as an account needs it, with the checks that the venue makes of signatures. */
export const SIMULATED_BINANCE: SimulatedProtocol = {
  hear(text, account) {
    const { id, method, params } = JSON.parse(text);
    const { signature, ...signed } = params;
    const payload = Object.keys(signed)
      .sort()
      .map((name) => `${name}=${signed[name]}`)
      .join('&');
    const isRight = signature === hmac(payload) && method === 'userDataStream.subscribe.signature';
    if (isRight && account.acceptsLogin) return [JSON.stringify({ id, status: 200, result: { subscriptionId: 0 } })];
    // It quotes what it was told, as no venue should.
    const msg = `Invalid API-key ${signed.apiKey}, IP, or permissions for action. ${signature}`;
    return [JSON.stringify({ id, status: 401, error: { code: -2015, msg } })];
  },

  push(order, fill, account) {
    const { updatedAt: at } = order;
    return [
      exact({ subscriptionId: 0, event: executionReport(order, fill) }),
      pushOf({
        e: 'outboundAccountPosition',
        E: at,
        u: at,
        B: [{ a: 'USDT', f: '900', l: String(account.orders.length) }],
      }),
    ];
  },

  answer(request, account) {
    if (request.path === '/api/v3/time') return ok({ serverTime: account.clock.now() });
    const parameters = signedParameters(request, account);
    return parameters instanceof URLSearchParams ? answerTo(request, parameters, account) : parameters;
  },
};

function signedParameters({ method, query, body, headers }: ReceivedRequest, account: SimulatedAccount) {
  const text = method === 'POST' ? body : query.toString();
  const [payload = '', signature] = text.split('&signature=');
  const parameters = new URLSearchParams(payload);
  if (headers['x-mbx-apikey'] !== CREDENTIALS.apiKey) return refused(-2015, 'Invalid API-key.', 401);
  if (signature !== hmac(payload)) return refused(-1022, 'Signature for this request is not valid.');
  const ageMs = account.clock.now() - Number(parameters.get('timestamp'));
  if (ageMs > Number(parameters.get('recvWindow'))) return refused(-1021, 'Timestamp for this request is outside.');
  return parameters;
}

function answerTo({ method, path }: ReceivedRequest, parameters: URLSearchParams, account: SimulatedAccount) {
  const symbol = parameters.get('symbol') ?? '';
  const named = account.find({
    orderId: parameters.get('orderId'),
    clientOrderId: parameters.get('origClientOrderId'),
  });
  switch (`${method} ${path}`) {
    case 'POST /api/v3/order':
      return place(parameters, account);
    case 'DELETE /api/v3/order':
      if (named === undefined || !account.cancel(named)) return refused(-2011, 'Unknown order sent.');
      return ok({ ...orderRow(named), origClientOrderId: named.clientOrderId, clientOrderId: 'cancel-1' });
    case 'GET /api/v3/order':
      return named === undefined ? refused(-2013, 'Order does not exist.') : ok(orderRow(named));
    case 'GET /api/v3/openOrders':
      return ok(account.orders.filter(({ status }) => status === 'NEW' || status === 'PARTIALLY_FILLED').map(orderRow));
    case 'GET /api/v3/allOrders':
      return ok(account.orders.filter((order) => order.symbol === symbol && isSince(order, parameters)).map(orderRow));
    case 'GET /api/v3/myTrades':
      return ok(
        account.orders
          .filter((order) => order.symbol === symbol)
          .flatMap((order) => order.fills.filter(({ at }) => at >= sinceOf(parameters)).map(fillRowOf(order))),
      );
    case 'GET /api/v3/account':
      return ok({ accountType: 'SPOT', balances: [{ asset: 'USDT', free: '1000', locked: '0' }] });
    default:
      return refused(-1000, 'odd', 404);
  }
}

function place(parameters: URLSearchParams, account: SimulatedAccount): SimulatedAnswer {
  const text = (name: string): string => parameters.get(name) ?? '';
  const clientOrderId = text('newClientOrderId');
  const before = account.find({ clientOrderId });
  if (before?.status === 'NEW') return refused(-2010, 'Duplicate order sent.');
  const order = account.place({
    ...{ clientOrderId, symbol: text('symbol'), side: text('side') === 'BUY' ? 'BUY' : 'SELL' },
    ...{ type: text('type') === 'MARKET' ? 'MARKET' : 'LIMIT', price: text('price') || '0', volume: text('quantity') },
  });
  if (order === undefined) return refused(-2010, 'Account has insufficient balance for requested action.');
  const { symbol, orderId, createdAt: transactTime } = order;
  return ok({ symbol, orderId, orderListId: -1, clientOrderId, transactTime });
}

const sinceOf = (parameters: URLSearchParams): number => Number(parameters.get('startTime'));
const isSince = ({ createdAt }: SimulatedOrder, parameters: URLSearchParams): boolean =>
  createdAt >= sinceOf(parameters);

function executionReport(order: SimulatedOrder, fill: SimulatedFill | undefined): object {
  const { symbol, clientOrderId, side, type, status, orderId, volume, price, filled, quote } = order;
  const isCancel = status === 'CANCELED';
  return {
    ...{ e: 'executionReport', s: symbol, S: side, o: type, f: 'GTC', X: status, i: orderId, q: volume, p: price },
    ...{ c: isCancel ? 'cancel-1' : clientOrderId, C: isCancel ? clientOrderId : '', z: filled, Z: quote, Q: '0.0' },
    x: isCancel ? 'CANCELED' : kindOf(fill),
    ...{ t: fill?.tradeId ?? -1, l: fill?.volume ?? '0', L: fill?.price ?? '0', n: fill ? '0.01' : '0' },
    ...{ N: fill ? 'BNB' : null, r: 'NONE', T: order.updatedAt, O: order.createdAt, E: order.updatedAt },
  };
}

const kindOf = (fill: SimulatedFill | undefined): string => (fill === undefined ? 'NEW' : 'TRADE');

function orderRow(order: SimulatedOrder): object {
  const { symbol, orderId, clientOrderId, price, volume, filled, quote, status, type, side } = order;
  return {
    ...{ symbol, orderId, orderListId: -1, clientOrderId, price, origQty: volume, executedQty: filled, status, type },
    ...{ cummulativeQuoteQty: quote, timeInForce: 'GTC', side, time: order.createdAt, updateTime: order.updatedAt },
    origQuoteOrderQty: '0.0',
  };
}

function fillRowOf({ symbol, orderId, side }: SimulatedOrder) {
  return ({ tradeId: id, price, volume: qty, at: time }: SimulatedFill): object => ({
    ...{ symbol, id, orderId, price, qty, commission: '0.01', commissionAsset: 'BNB', time, isBuyer: side === 'BUY' },
  });
}
