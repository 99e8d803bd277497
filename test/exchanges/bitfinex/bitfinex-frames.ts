/** Frames of Bitfinex; the trade and its figures are real ones, the rest is rebuilt from the documentation. */
export const INFO = '{"event":"info","version":2,"serverId":"9f9a5b8c","platform":{"status":1}}';
export const CONFIGURED = '{"event":"conf","status":"OK","flags":98304}';
export const TRADES_SUBSCRIBED =
  '{"event":"subscribed","channel":"trades","chanId":89,"symbol":"tBTCUSD","pair":"BTCUSD"}';
export const TICKER_SUBSCRIBED =
  '{"event":"subscribed","channel":"ticker","chanId":94952,"symbol":"tBTCUSD","pair":"BTCUSD"}';
export const CANDLES_SUBSCRIBED = '{"event":"subscribed","channel":"candles","chanId":343351,"key":"trade:1m:tBTCUSD"}';
export const UNSUBSCRIBED = '{"event":"unsubscribed","status":"OK","chanId":89}';
export const HEARTBEAT = '[89,"hb",17,1564617600700]';
export const TRADE = '[89,"te",[382489563,1564617600709,0.00705845,10087.98969503],18,1564617600784]';
export const SAME_TRADE = '[89,"tu",[382489563,1564617600709,0.00705845,10087.98969503],19,1564617600785]';
export const TRADE_SNAPSHOT =
  '[89,[[382489562,1564617599709,-0.5,10087.5],[382489561,1564617598709,1.25,10087.25]],2,1564617600600]';
export const TICKER =
  '[94952,[10087.5,42.12345678,10088.25,57.5,-12.5,-0.0012,10087.75,4321.98765432,10250.5,9900.125],20,1564617600790]';
export const CANDLE = '[343351,[1564617600000,10080.5,10087.75,10092.25,10075.125,12.34567891],21,1564617600795]';
export const CANDLE_SNAPSHOT =
  '[343351,[[1564617600000,10080.5,10087.75,10092.25,10075.125,12.34567891],[1564617540000,1,2,4,0.5,9]],3,1564617600601]';
export const NEXT_CANDLE = '[343351,[1564617660000,10087.75,10087.75,10087.75,10087.75,1e-8],22,1564617660795]';
export const REFUSED =
  '{"channel":"trades","symbol":"tFOOBAR","event":"error","msg":"symbol: invalid","code":10300,"pair":"FOOBAR"}';
export const LIMIT =
  '{"channel":"ticker","symbol":"tBTCUSD","event":"error","msg":"subscribe: limit","code":10305,"pair":"BTCUSD"}';
export const RESTARTING = '{"event":"info","code":20051,"msg":"Stopping. Please try to reconnect"}';
export const PAUSED = '{"event":"info","code":20060,"msg":"Entering in Maintenance mode"}';
export const RESUMED = '{"event":"info","code":20061,"msg":"Maintenance ended"}';
export const PONG = '{"event":"pong","ts":1511545528111,"cid":1234}';
