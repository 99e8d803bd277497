/** Rebuilt from what is known of a trade of 2021. */
export const TRADE =
  '{"type":"trade","code":"KRW-DOGE","timestamp":1614729599812,"trade_date":"2021-03-02","trade_time":"23:59:59","trade_timestamp":1614729599000,"trade_price":58.4,"trade_volume":836.12040133,"ask_bid":"ASK","prev_closing_price":56.8,"change":"RISE","change_price":1.6,"sequential_id":1614729599000000,"stream_type":"REALTIME"}';

/** As recorded in 2020, but for `stream_type` and for prices of the day that differ from each other. */
export const TICKER =
  '{"type":"ticker","code":"BTC-ETH","opening_price":0.02295091,"high_price":0.02295092,"low_price":0.02161248,"trade_price":0.02161249,"prev_closing_price":0.02185802,"acc_trade_price":2.32732482,"change":"FALL","change_price":0.00024553,"signed_change_price":-0.00024553,"change_rate":0.0112329479,"signed_change_rate":-0.0112329479,"ask_bid":"ASK","trade_volume":2.12,"acc_trade_volume":106.11798418,"trade_date":"20200317","trade_time":"215843","trade_timestamp":1584482323000,"acc_ask_volume":90.16935908,"acc_bid_volume":15.9486251,"market_state":"ACTIVE","is_trading_suspended":false,"delisting_date":null,"timestamp":1584482323378,"acc_trade_price_24h":2.5955306323568927,"acc_trade_volume_24h":118.38798416,"stream_type":"REALTIME"}';

/** As recorded in 2020, but for `stream_type`; the levels behind the second are cut off. */
export const BOOK =
  '{"type":"orderbook","code":"BTC-ETH","timestamp":1584486737444,"total_ask_size":16.76384456,"total_bid_size":168.9020623,"orderbook_units":[{"ask_price":0.02295077,"bid_price":0.02161249,"ask_size":3.57100696,"bid_size":22.5303265},{"ask_price":0.02295078,"bid_price":0.02152658,"ask_size":0.52451651,"bid_size":2.30355128}],"stream_type":"REALTIME"}';

/** As recorded in 2025, but for the length of a minute and for prices that differ from each other. */
export const CANDLE =
  '{"type":"candle.1m","code":"KRW-USDT","candle_date_time_utc":"2025-04-22T09:50:00","candle_date_time_kst":"2025-04-22T18:50:00","opening_price":1438,"high_price":1439.5,"low_price":1436,"trade_price":1437,"candle_acc_trade_volume":1145.8935,"candle_acc_trade_price":1647794.853,"timestamp":1745315434125,"stream_type":"REALTIME"}';

/** As documented, but for the text: https://docs.upbit.com/kr/reference/websocket-guide */
export const ERROR = '{"error":{"name":"INVALID_PARAM","message":"a code is wrong"}}';
