/** Frames of KuCoin; matches, tickers and candles have the figures of real ones, the rest is rebuilt from the documentation. */
export const WELCOME = '{"id":"hQvf8jkno","type":"welcome"}';
export const MATCH =
  '{"type":"message","topic":"/market/match:DAPPT-BTC","subject":"trade.l3match","data":{"symbol":"DAPPT-BTC","sequence":"1612701563869","side":"buy","size":"81.8814","price":"0.0000001117","takerOrderId":"6085c097d4c51a0006c2d0a1","makerOrderId":"6085c06bd4c51a0006c2c9ef","time":"1619378327739050725","type":"match","tradeId":"6085c09769bc506996295e36"}}';
export const TICKER =
  '{"type":"message","topic":"/market/ticker:SNX-BTC","subject":"trade.ticker","data":{"sequence":"1612844051653","bestAsk":"0.00028717","size":"0.01745248","bestBidSize":"3.70422021","price":"0.00028676","time":1619378326323,"bestAskSize":"14.04274325","bestBid":"0.00028678"}}';
export const SNAPSHOT =
  '{"topic":"/market/snapshot:SNX-BTC","type":"message","subject":"trade.snapshot","data":{"sequence":"14691517895","data":{"symbol":"SNX-BTC","symbolCode":"SNX-BTC","baseCurrency":"SNX","quoteCurrency":"BTC","board":1,"buy":0.00028678,"sell":0.00028717,"changePrice":0.00000210000000000000,"changeRate":0.0074,"close":0.00028676,"datetime":1619378326811,"high":0.00029900000000000000,"lastTradedPrice":0.00028676,"low":0.00027100000000000000,"marginTrade":false,"mark":0,"open":0.00028466000000000000,"trading":true,"vol":10423.12860000000000000000,"volValue":2.9}}}';
export const CANDLE =
  '{"type":"message","topic":"/market/candles:DAPPT-BTC_1min","subject":"trade.candles.update","data":{"symbol":"DAPPT-BTC","candles":["1619378280","0.0000001117","0.0000001126","0.0000001130","0.0000001101","3799.1984","0.00042624222239"],"time":1619378332805085744}}';
export const NEXT_CANDLE =
  '{"type":"message","topic":"/market/candles:DAPPT-BTC_1min","subject":"trade.candles.add","data":{"symbol":"DAPPT-BTC","candles":["1619378340","0.0000001126","0.0000001126","0.0000001126","0.0000001126","0","0"],"time":1619378340005085744}}';
export const ACKNOWLEDGED = '{"id":"1","type":"ack"}';
export const NOT_FOUND = '{"id":"1","type":"error","code":404,"data":"topic /market/match:FOO-BAR is not found"}';
export const TOO_MANY =
  '{"id":"1","type":"error","code":509,"data":"exceed max subscription count limitation of 100 per time"}';
export const PONG = '{"id":"1545910590801","type":"pong"}';

/** What the venue answers to POST /api/v1/bullet-public. */
export const ADMISSION = JSON.stringify({
  code: '200000',
  data: {
    token:
      '2neAiuYvAU61ZDXANAGAsiL4-iAExhsBXZxftpOeh_55i3Ysy2q2LEsEWU64mdzUOPusi34M_wGoSf7iNyEWJ4aBZXpWhrmY9jKtqkdWoFa75w3istPvPtiYB9J6i9GjsxUuhPw3BlrzazF6ghq4L_u0MhKxG3x8TeN4aVbNiYo=.mvnekBb8DJegZIgYLs2FBQ==',
    instanceServers: [
      {
        endpoint: 'wss://ws-api-spot.kucoin.com/',
        encrypt: true,
        protocol: 'websocket',
        pingInterval: 50_000,
        pingTimeout: 10_000,
      },
    ],
  },
});
