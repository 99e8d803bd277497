/** Rows as the documentation of Bybit has them. */
export const ORDER_ROW = {
  category: 'linear',
  symbol: 'ETHUSDT',
  orderId: 'fd4300ae-7847-404e-b947-b46980a4d140',
  orderLinkId: 'test-000005',
  side: 'Buy',
  orderType: 'Limit',
  cancelType: 'UNKNOWN',
  price: '1600.00',
  qty: '0.10',
  timeInForce: 'GTC',
  orderStatus: 'PartiallyFilled',
  reduceOnly: false,
  leavesQty: '0.06',
  cumExecQty: '0.04',
  cumExecValue: '64',
  avgPrice: '1600',
  positionIdx: 0,
  createdTime: '1684738540559',
  updatedTime: '1684738540561',
  rejectReason: 'EC_NoError',
  stopOrderType: '',
};

export const EXECUTION_ROW = {
  category: 'linear',
  symbol: 'ETHUSDT',
  closedSize: '',
  execFee: '0.0352',
  execId: '0ab1bdf7-4219-438b-b30a-32ec863018f7',
  execPrice: '1600.00',
  execQty: '0.04',
  execType: 'Trade',
  execValue: '64',
  leavesQty: '0.06',
  orderId: 'fd4300ae-7847-404e-b947-b46980a4d140',
  orderLinkId: 'test-000005',
  orderPrice: '1600.00',
  orderQty: '0.10',
  orderType: 'Limit',
  side: 'Buy',
  execTime: '1684738540570',
  isMaker: true,
  seq: 140_612_148_849_382,
  feeCurrency: 'USDT',
};

export const POSITION_ROW = {
  category: 'linear',
  positionIdx: 0,
  symbol: 'BTCUSDT',
  side: 'Sell',
  size: '0.5',
  entryPrice: '28000.5',
  leverage: '10',
  markPrice: '28184.5',
  positionIM: '1400.1',
  unrealisedPnl: '-92',
  updatedTime: '1697682317038',
  seq: 8_327_597_863,
};

export const WALLET_ROW = {
  accountType: 'UNIFIED',
  totalEquity: '10262.91335023',
  coin: [
    {
      coin: 'BTC',
      equity: '0.00102964',
      walletBalance: '0.00102964',
      locked: '0.00002',
      totalOrderIM: '',
      unrealisedPnl: '0',
    },
  ],
};

/** A push of the socket. */
export function pushOf(topic: string, data: readonly object[]): string {
  return JSON.stringify({ id: '5923240c6880ab', topic, creationTime: 1_672_364_262_474, data });
}

/** An answer over REST. */
export function answerOf(list: readonly object[], nextPageCursor = '', time = 1_684_765_770_483): string {
  return JSON.stringify({ retCode: 0, retMsg: 'OK', result: { list, nextPageCursor }, retExtInfo: {}, time });
}

export function refusalOf(retCode: number, retMsg = 'No.'): string {
  return JSON.stringify({ retCode, retMsg, result: {}, retExtInfo: {}, time: 1_684_765_770_483 });
}
