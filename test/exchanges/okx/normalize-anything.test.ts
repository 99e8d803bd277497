import { describe, it } from 'vitest';
import { readFrame } from '../../../src/exchanges/okx/normalize.ts';
import { recordedFrames } from '../recorded-frames.ts';
import { expectSoundEvents } from '../sound-events.ts';

const CANDLE =
  '{"arg":{"channel":"candle1m","instId":"BTC-USDT"},"data":[["1652459220000","30236","30240.5","30228.6","30231","12.5","377912.1","377912.1","0"]]}';
const RARE: readonly string[] = [
  CANDLE,
  '{"event":"error","code":"60018","msg":"channel:tickers,instId:BTC-USDT doesn\'t exist"}',
  '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}',
];
/** The recording has frames of few kinds, and many of each. */
const FRAMES: readonly string[] = [...recordedFrames('okx-2022-05-13.jsonl'), ...Array(10).fill(RARE).flat()];

describe('whatever comes in from OKX', () => {
  it('is read without a fault, into sound events', { timeout: 300_000 }, () => {
    expectSoundEvents(FRAMES, () => readFrame, {
      types: ['SUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'CLOSING', 'UNREADABLE'],
      rare: ['UNSUBSCRIBED'],
      hasZeros: true,
    });
  });
});
