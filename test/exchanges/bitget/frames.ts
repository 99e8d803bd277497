/** As recorded in 2026. */
export const TRADE =
  '{"action":"update","arg":{"instType":"spot","topic":"publicTrade","symbol":"BTCUSDT"},"data":[{"i":"1432912488536195072","p":"76671.22","v":"0.001367","S":"sell","T":"1777358880170","L":"1432912488536195073","isRPI":"no"}],"ts":1777358880172}';

/** As recorded in 2025. */
export const TICKER =
  '{"action":"snapshot","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"},"data":[{"highPrice24h":"120255.61","lowPrice24h":"116145.88","openPrice24h":"118919.38","lastPrice":"119818.83","turnover24h":"215859996.272276","volume24h":"1819.756798","bid1Price":"119811.26","ask1Price":"119831.18","bid1Size":"0.008732","ask1Size":"0.004297","price24hPcnt":"0.02002"}],"ts":1753230479687}';

/** As recorded in 2025, of a pair instead of a future; the row before it is made up. */
export const KLINES =
  '{"action":"snapshot","arg":{"instType":"spot","topic":"kline","symbol":"BTCUSDT","interval":"1m"},"data":[{"start":"1755564420000","open":"116280","close":"116286","high":"116290","low":"116270","volume":"10.5","turnover":"1220940"},{"start":"1755564480000","open":"116286","close":"116256.2","high":"116310.2","low":"116232.8","volume":"39.7062","turnover":"4616746.46654"}],"ts":1755564490000}';

/** The same a minute later; rebuilt. */
export const NEXT_KLINE =
  '{"action":"update","arg":{"instType":"spot","topic":"kline","symbol":"BTCUSDT","interval":"1m"},"data":[{"start":"1755564540000","open":"116256.2","close":"116255","high":"116257","low":"116250","volume":"0.5","turnover":"58127.5"}],"ts":1755564541000}';

/** As v2 has been seen to send it, in the words of v3. */
export const REFUSAL = '{"event":"error","code":30001,"msg":"instType:spot,topic:ticker,symbol:NOSUCH doesn\'t exist"}';
