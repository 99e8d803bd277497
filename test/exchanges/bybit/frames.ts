/** Frames as the venue documents them; `i` of the print is whole here, where the reference cuts it off. */
export const TRADE =
  '{"topic":"publicTrade.LTCUSDT","type":"snapshot","ts":1680688979985,"data":[{"T":1680688979983,"s":"LTCUSDT","S":"Buy","v":"0.4","p":"94.53","L":"ZeroMinusTick","i":"4c7b6bdc-b4a9-5d5f-b9e6-5d9e2a5b8a4e","BT":false}]}';
export const BEST_DELTA =
  '{"topic":"orderbook.1.BTCUSDT","type":"delta","ts":1680673821137,"data":{"s":"BTCUSDT","b":[["28552.00","0.012"]],"a":[],"u":7003306,"seq":50193543147}}';
export const TICKER_DELTA =
  '{"topic":"tickers.BTCUSD","type":"delta","data":{"symbol":"BTCUSD","openInterest":"449736674","bid1Price":"28560.00","bid1Size":"340549","ask1Price":"28560.50","ask1Size":"70817"},"cs":20856433603,"ts":1680673822776}';
export const BAR =
  '{"topic":"kline.5.BTCUSDT","type":"snapshot","ts":1672324988882,"data":[{"start":1672324800000,"end":1672325099999,"interval":"5","open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"2.081","turnover":"34666.4005","confirm":false,"timestamp":1672324988882}]}';

/** Rebuilt from the venue's documentation. */
export const SPOT_TICKER =
  '{"topic":"tickers.BTCUSDT","ts":1673853746003,"type":"snapshot","cs":2588407389,"data":{"symbol":"BTCUSDT","lastPrice":"21109.77","highPrice24h":"21426.99","lowPrice24h":"20575","prevPrice24h":"20704.93","volume24h":"6780.866843","turnover24h":"141946527.22907118","price24hPcnt":"0.0196","usdIndexPrice":"21120.2400136"}}';
export const BEST_SNAPSHOT =
  '{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1680673821000,"data":{"s":"BTCUSDT","b":[["28551.00","0.5"]],"a":[["28553.00","1.25"]],"u":1,"seq":1}}';
export const LINEAR_TICKER =
  '{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","lastPrice":"17216.00","highPrice24h":"17281.50","lowPrice24h":"16915.00","prevPrice24h":"17151.00","volume24h":"91705.276","bid1Price":"17215.50","bid1Size":"84.489","ask1Price":"17216.50","ask1Size":"83.020"},"cs":24987956059,"ts":1673272861686}';
