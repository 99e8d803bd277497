import { readFileSync } from 'node:fs';

/** Frames of HTX as its documentation shows them, rebuilt but for the trade, which is of the recording. */
export const TRADE =
  '{"ch":"market.trioeth.trade.detail","ts":1618678027942,"tick":{"id":100182534526,"ts":1618678027940,"data":[{"id":100182534526255757567432481,"ts":1618678027940,"tradeId":100045088885,"amount":20995.88,"price":9.2E-7,"direction":"buy"}]}}';
export const BEST =
  '{"ch":"market.btcusdt.bbo","ts":1575158404058,"tick":{"seqId":103273695595,"ask":7543.59,"askSize":2.323241,"bid":7541.16,"bidSize":0.002329,"quoteTime":1575158404057,"symbol":"btcusdt"}}';
export const DAY =
  '{"ch":"market.btcusdt.ticker","ts":1575158404123,"tick":{"open":7500.5,"high":7600.25,"low":7400.75,"close":7542.01,"amount":23456.7801,"vol":176000000.12,"count":250000,"bid":7541.0,"bidSize":1.0,"ask":7544.0,"askSize":2.0,"lastPrice":7542.01,"lastSize":0.0125}}';
export const CANDLE =
  '{"ch":"market.btcusdt.kline.1min","ts":1575158404100,"tick":{"id":1575158400,"open":7540.0,"close":7542.01,"low":7538.5,"high":7544.25,"amount":12.345678,"vol":93100.25,"count":321}}';
export const NEXT_CANDLE =
  '{"ch":"market.btcusdt.kline.1min","ts":1575158460100,"tick":{"id":1575158460,"open":7542.01,"close":7542.01,"low":7542.01,"high":7542.01,"amount":1.5E-4,"vol":1.13,"count":1}}';
export const SUBSCRIBED =
  '{"id":"sub market.btcusdt.trade.detail","status":"ok","subbed":"market.btcusdt.trade.detail","ts":1618678070653}';
export const UNSUBSCRIBED =
  '{"id":"unsub market.btcusdt.trade.detail","status":"ok","unsubbed":"market.btcusdt.trade.detail","ts":1618678080653}';
export const REFUSED =
  '{"id":"sub market.foobar.trade.detail","status":"error","err-code":"bad-request","err-msg":"invalid topic market.foobar.trade.detail","ts":1494301904959}';
export const PING = '{"ping":1618678073643}';

export interface RecordedFrame {
  /** Seconds since the epoch. */
  readonly time: number;
  /** As it was sent. */
  readonly bytes: Buffer;
  /** Of its text. */
  readonly sha256: string;
}

/** The first 60 frames that a client received. */
export function recordedFrames(): RecordedFrame[] {
  const file = new URL('./recorded-2021-04-17.gz.jsonl', import.meta.url);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ t, base64, sha256 }) => ({ time: t, bytes: Buffer.from(base64, 'base64'), sha256 }));
}
