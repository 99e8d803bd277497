/** Frames as the venue documents them. */
export const SPOT_TRADE =
  '{"time":1619093543,"channel":"spot.trades","event":"update","result":{"id":816995772,"create_time":1619093543,"create_time_ms":"1619093543708.2642","side":"sell","currency_pair":"DIS_USDT","amount":"0.2010000000","price":"121.5800000000"}}';
export const SPOT_TICKER =
  '{"time":1619093533,"channel":"spot.tickers","event":"update","result":{"currency_pair":"ETC_ETH","last":"0.0018716","lowest_ask":"0.0018734","highest_bid":"0.0018697","change_percentage":"2.9256","base_volume":"1138.01","quote_volume":"2.0482","high_24h":"0.0019","low_24h":"0.0017"}}';
export const SPOT_BEST =
  '{"channel":"spot.book_ticker","event":"update","result":{"t":1682689046131,"u":517377894,"s":"ETC_ETH","b":"0.010326","B":"0.001","a":"0.010366","A":"10"}}';
export const SPOT_BAR =
  '{"channel":"spot.candlesticks","event":"update","result":{"t":"1619093520","v":"0","c":"120.92","h":"120.92","l":"120.92","o":"120.92","n":"1m_DIS_USDT"}}';
export const FUTURES_TRADE =
  '{"channel":"futures.trades","event":"update","result":[{"size":"-0.25","id":1,"create_time":1774443183,"create_time_ms":1774443183399,"price":"2171.44","contract":"ETH_USDT"}]}';
export const FUTURES_BEST =
  '{"channel":"futures.book_ticker","event":"update","result":{"t":1684930165621,"u":6159967,"s":"PHB_USDT","b":"0.7379","B":814,"a":"0.739","A":677}}';

/** Rebuilt from the venue's documentation. */
export const FULL_SPOT_BAR =
  '{"time":1764559363,"time_ms":1764559363408,"channel":"spot.candlesticks","event":"update","result":{"t":"1764559320","v":"1146373.9657193","c":"86504.5","h":"86577.9","l":"86500.1","o":"86525.1","n":"1m_BTC_USDT","a":"13.244502","w":true}}';
export const FUTURES_TICKER =
  '{"time":1541659086,"time_ms":1541659086123,"channel":"futures.tickers","event":"update","result":[{"contract":"PHB_USDT","last":"118.4","change_percentage":"0.77","mark_price":"118.35","volume_24h":"745487577","volume_24h_btc":"117","volume_24h_base":"7454","low_24h":"114.2","high_24h":"120.5"}]}';
export const FUTURES_BAR =
  '{"time":1542162490,"channel":"futures.candlesticks","event":"update","error":null,"result":[{"t":1545129300,"v":27525555,"c":"95.4","h":"96.9","l":"89.5","o":"94.3","n":"1h_BTC_USDT","a":"314732.87412","w":false}]}';
