/**
 * Frames of Kraken's API v2 as its documentation shows them, rebuilt: none of them is a recording. Numbers are not quoted
 * on that wire.
 */
export const TRADE =
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":100.10,"qty":0.25,"ord_type":"limit","trade_id":9007199254740993123,"timestamp":"2026-07-10T00:00:00.123456Z"}]}';
export const TRADE_SNAPSHOT =
  '{"channel":"trade","type":"snapshot","data":[{"symbol":"BTC/USD","side":"sell","price":99.9,"qty":1.5,"ord_type":"market","trade_id":122,"timestamp":"2026-07-09T23:59:59.000001Z"}]}';
export const TICKER =
  '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":99.9,"bid_qty":1.2,"ask":100.1,"ask_qty":2.30,"last":100.05,"volume":3456.789,"vwap":98.7,"low":91.5,"high":104.25,"change":1.5,"change_pct":1.52,"timestamp":"2026-07-10T00:00:01.5Z"}]}';
export const HALTED_TICKER =
  '{"channel":"ticker","type":"snapshot","data":[{"symbol":"OLD/USD","bid":0.0,"bid_qty":0.0,"ask":0.0,"ask_qty":0.0,"last":12.5,"volume":0.0,"vwap":0.0,"low":0.0,"high":0.0,"change":0.0,"change_pct":0.0,"timestamp":"1970-01-01T00:00:00.000000Z"}]}';
export const CANDLE =
  '{"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"BTC/USD","open":100.0,"high":104.0,"low":98.5,"close":101.25,"trades":7,"volume":12.5,"vwap":100.7,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":1,"timestamp":"2023-10-04T16:26:00.000000Z"}]}';
export const NEXT_CANDLE = CANDLE.replace('16:25:00.000000000Z', '16:26:00.000000000Z')
  .replace('"open":100.0', '"open":101.25')
  .replace('"volume":12.5', '"volume":0.5');
export const CANDLE_SNAPSHOT =
  '{"channel":"ohlc","type":"snapshot","timestamp":"2023-10-04T16:25:30.5Z","data":[{"symbol":"BTC/USD","open":1,"high":4,"low":0.5,"close":2,"trades":1,"volume":9,"vwap":2,"interval_begin":"2023-10-04T16:24:00.000000000Z","interval":1},{"symbol":"BTC/USD","open":100.0,"high":104.0,"low":98.5,"close":101.25,"trades":7,"volume":12.5,"vwap":100.7,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":1}]}';
export const SUBSCRIBED =
  '{"method":"subscribe","result":{"channel":"trade","snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2026-07-10T00:00:00.1Z","time_out":"2026-07-10T00:00:00.2Z","req_id":2}';
export const REFUSED =
  '{"error":"Currency pair not supported FOO/BAR","method":"subscribe","success":false,"symbol":"FOO/BAR","time_in":"2026-07-10T00:00:00.1Z","time_out":"2026-07-10T00:00:00.2Z","req_id":10240}';
export const HEARTBEAT = '{"channel":"heartbeat"}';
export const STATUS =
  '{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":12834282126137510000,"system":"online","version":"2.0.10"}]}';
export const PONG =
  '{"method":"pong","req_id":101,"time_in":"2026-07-10T00:00:00.1Z","time_out":"2026-07-10T00:00:00.2Z"}';
