/** As documented: https://docs.deribit.com/subscriptions/market-data/tickerinstrument_nameinterval */
export const TICKER =
  '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"timestamp":1583778859480,"stats":{"volume":60627.57263769,"low":7631.5,"high":8311.5},"state":"open","settlement_price":7903.21,"open_interest":111543850,"min_price":7634,"max_price":7866.51,"mark_price":7750.02,"last_price":7750.5,"instrument_name":"BTC-PERPETUAL","index_price":7748.01,"funding_8h":0.0000026,"current_funding":0,"best_bid_price":7750,"best_bid_amount":19470,"best_ask_price":7750.5,"best_ask_amount":343280}}}';

/** As recorded in 2022, but for the zero behind the price. */
export const TRADES =
  '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.BTC_USDC-PERPETUAL.100ms","data":[{"trade_seq":501899,"trade_id":"USDC-2436803","timestamp":1655397355998,"tick_direction":2,"price":21026.50,"mark_price":21019.9719,"instrument_name":"BTC_USDC-PERPETUAL","index_price":21031.7847,"direction":"buy","amount":0.049}]}}';

/** As recorded in 2022, with figures that differ from each other. */
export const CANDLE =
  '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"chart.trades.BTC_USDC-PERPETUAL.1","data":{"volume":2.5,"tick":1655403420000,"open":20951,"low":20940.5,"high":20960,"cost":52377.5,"close":20955}}}';

/** As documented: https://docs.deribit.com/api-reference/session-management/public-set_heartbeat */
export const TEST_REQUEST = '{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}';
export const HEARTBEAT = '{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"heartbeat"}}';

/** As recorded in 2022. */
export const SUBSCRIBED =
  '{"jsonrpc":"2.0","id":1,"result":["ticker.BTC-PERPETUAL.100ms"],"usIn":1655393625889396,"usOut":1655393625889518,"usDiff":122,"testnet":false}';
export const ERROR =
  '{"jsonrpc":"2.0","id":1,"error":{"message":"Invalid params","data":{"reason":"invalid format","param":"nonce"},"code":-32602},"usIn":1655391709417993,"usOut":1655391709418049,"usDiff":56,"testnet":false}';
