/** As recorded in 2023: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels#ticker-channel */
export const TICKER =
  '{"type":"ticker","sequence":7388547310,"product_id":"BTC-USDT","price":"22345.67","open_24h":"22308.13","volume_24h":"470.21123644","low_24h":"22150","high_24h":"22495.15","volume_30d":"25713.98401605","best_bid":"22345.67","best_bid_size":"0.10647825","best_ask":"22349.68","best_ask_size":"0.03131702","side":"sell","time":"2023-03-04T03:37:20.799258Z","trade_id":11586478,"last_size":"0.00352175"}';

/** Rebuilt around what is known of a match of 2021: product, id, price, size, side and time. */
export const MATCH =
  '{"type":"match","trade_id":280232,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":501218374,"time":"2021-04-17T16:43:37.089000Z"}';

/** As documented: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels#heartbeat-channel */
export const HEARTBEAT =
  '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}';

/** As reported: https://github.com/thrasher-corp/gocryptotrader/pull/1421 */
export const REFUSAL = '{"type":"error","message":"Failed to subscribe","reason":"NO-SUCH is not a valid product"}';

/** A match of BTC-USD so many seconds after noon; rebuilt. */
export function matchAt(seconds: number, tradeId: number, price: string, size: string, type = 'match'): string {
  return JSON.stringify({
    ...{ type, trade_id: tradeId, side: 'buy', size, price, product_id: 'BTC-USD', sequence: tradeId },
    time: timeAt(seconds),
  });
}

/** A heartbeat of BTC-USD so many seconds after noon; rebuilt. */
export function heartbeatAt(seconds: number): string {
  return JSON.stringify({
    type: 'heartbeat',
    sequence: 1,
    last_trade_id: 1,
    product_id: 'BTC-USD',
    time: timeAt(seconds),
  });
}

function timeAt(seconds: number): string {
  return new Date(NOON + seconds * 1000).toISOString().replace('Z', '456Z');
}

export const NOON = Date.UTC(2026, 10, 20, 12);
