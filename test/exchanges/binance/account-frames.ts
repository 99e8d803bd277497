/** Events and rows as the documentation of Binance has them. */
export const EXECUTION_REPORT = {
  e: 'executionReport',
  E: 1_499_405_658_658,
  s: 'ETHBTC',
  c: 'mUvoqJxFIILMdfAW5iGSOW',
  S: 'BUY',
  o: 'LIMIT',
  f: 'GTC',
  q: '1.00000000',
  p: '0.10264410',
  P: '0.00000000',
  F: '0.00000000',
  g: -1,
  C: '',
  x: 'TRADE',
  X: 'PARTIALLY_FILLED',
  r: 'NONE',
  i: 4_293_153,
  l: '0.40000000',
  z: '0.40000000',
  L: '0.10264410',
  n: '0.00004106',
  N: 'ETH',
  T: 1_499_405_658_657,
  t: 17,
  w: true,
  m: false,
  M: false,
  O: 1_499_405_658_600,
  Z: '0.04105764',
  Y: '0.04105764',
  Q: '0.00000000',
  V: 'NONE',
};

export const ORDER_ROW = {
  symbol: 'LTCBTC',
  orderId: 1,
  orderListId: -1,
  clientOrderId: 'myOrder1',
  price: '0.1',
  origQty: '1.0',
  executedQty: '0.0',
  cummulativeQuoteQty: '0.0',
  status: 'NEW',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
  stopPrice: '0.0',
  icebergQty: '0.0',
  time: 1_499_827_319_559,
  updateTime: 1_499_827_319_560,
  isWorking: true,
  origQuoteOrderQty: '0.000000',
  workingTime: 1_499_827_319_559,
  selfTradePreventionMode: 'NONE',
};

export const FILL_ROW = {
  symbol: 'BNBBTC',
  id: 28_457,
  orderId: 100_234,
  orderListId: -1,
  price: '4.00000100',
  qty: '12.00000000',
  quoteQty: '48.000012',
  commission: '10.10000000',
  commissionAsset: 'BNB',
  time: 1_499_865_549_590,
  isBuyer: true,
  isMaker: false,
  isBestMatch: true,
};

export const ACCOUNT_ROW = {
  makerCommission: 15,
  canTrade: true,
  accountType: 'SPOT',
  balances: [
    { asset: 'BTC', free: '4723846.89208129', locked: '0.00000001' },
    { asset: 'LTC', free: '4763368.68006011', locked: '0.00000000' },
  ],
  permissions: ['SPOT'],
};

export const ACCOUNT_POSITION = {
  e: 'outboundAccountPosition',
  E: 1_564_034_571_105,
  u: 1_564_034_571_073,
  B: [{ a: 'ETH', f: '10000.000000', l: '0.500000' }],
};

/** A push of the socket. */
export function pushOf(event: object): string {
  return JSON.stringify({ subscriptionId: 0, event });
}

export const LOGGED_IN = '{"id":"login","status":200,"result":{"subscriptionId":0},"rateLimits":[]}';

export function loginRefused(code: number, msg: string, status = 400): string {
  return JSON.stringify({ id: 'login', status, error: { code, msg }, rateLimits: [] });
}
