/** Rows as the documentation of OKX has them. */
export const ORDER_ROW = {
  instType: 'SPOT',
  instId: 'ETH-USDT',
  ordId: '370257534141235201',
  clOrdId: 'desk0001',
  tag: '',
  px: '60000',
  sz: '0.007526',
  ordType: 'limit',
  side: 'sell',
  posSide: '',
  tdMode: 'cash',
  tgtCcy: '',
  state: 'partially_filled',
  accFillSz: '0.003',
  avgPx: '60000',
  fillPx: '60000',
  fillSz: '0.003',
  fillTime: '1634548275500',
  tradeId: '242589207',
  execType: 'T',
  fee: '-0.09',
  feeCcy: 'USDT',
  fillFee: '-0.09',
  fillFeeCcy: 'USDT',
  rebate: '0',
  rebateCcy: 'ETH',
  pnl: '0',
  lever: '',
  category: 'normal',
  reduceOnly: 'false',
  cTime: '1634548275191',
  uTime: '1634548275500',
  reqId: '',
  amendResult: '',
  code: '0',
  msg: '',
};

export const FILL_ROW = {
  instType: 'SPOT',
  instId: 'ETH-USDT',
  tradeId: '242589207',
  ordId: '370257534141235201',
  clOrdId: 'desk0001',
  billId: '370257534141235210',
  fillPx: '60000',
  fillSz: '0.003',
  side: 'sell',
  execType: 'T',
  fee: '-0.09',
  feeCcy: 'USDT',
  fillTime: '1634548275500',
  ts: '1634548275501',
};

export const POSITION_ROW = {
  instType: 'SWAP',
  instId: 'XRP-USDT-SWAP',
  posId: '616057041198907393',
  posSide: 'net',
  mgnMode: 'cross',
  pos: '1',
  availPos: '',
  avgPx: '0.52668',
  markPx: '0.52692',
  last: '0.527',
  upl: '0.0240000000000018',
  liqPx: '0.3287514731020614',
  lever: '3',
  imr: '17.564',
  mmr: '0.26346',
  margin: '',
  notionalUsd: '52.68620388',
  ccy: 'USDT',
  cTime: '1693151444408',
  uTime: '1693151444408',
};

export const BALANCE_DETAIL = {
  ccy: 'BTC',
  eq: '121.5',
  eqUsd: '2000',
  cashBal: '121.5',
  availBal: '90',
  availEq: '100',
  frozenBal: '21.5',
  ordFrozen: '0',
  upl: '0',
  uTime: '1614846244194',
};

export function pushOf(arg: object, data: unknown, eventType?: string): string {
  return JSON.stringify({ arg, ...(eventType === undefined ? {} : { eventType }), data });
}

export const ORDERS = { channel: 'orders', instType: 'ANY', uid: '77982378738415879' };
export const POSITIONS = { channel: 'positions', instType: 'ANY', uid: '77982378738415879' };
export const ACCOUNT = { channel: 'account', uid: '77982378738415879' };
