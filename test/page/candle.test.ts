import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candle, dailyCandles, formingDay, minuteCandle, withLast } from '../../src/page/candle.ts';
import { PriceDigits } from '../../src/page/price-digits.ts';
import '../support/property-runs.ts';

const BAR = { symbol: 'BTC-USDT', open: 1, high: 4, low: 0.5, close: 2, volume: 10 };
const PRICES = { open: 1, high: 4, low: 0.5, close: 2, volume: 10 };

function candle(time: number, close = 1): Candle {
  return { time, open: 1, high: 1, low: 1, close, volume: 0 };
}

describe('candles', () => {
  it('leave out days without a price and take what a source does not have from the last price', () => {
    const columns = {
      date: ['2026-11-18', '2026-11-19', '2026-11-20'],
      open: [null, null, 3],
      high: [null, null, 5],
      low: [null, null, 2],
      close: [2, null, 4],
      volume: [null, null, 9],
    };
    expect(dailyCandles(columns)).toEqual([
      { time: '2026-11-18', open: 2, high: 2, low: 2, close: 2, volume: 0 },
      { time: '2026-11-20', open: 3, high: 5, low: 2, close: 4, volume: 9 },
    ]);
  });

  it.each([
    ['2026-11-20T00:00:00.000Z', '2026-11-20'],
    ['2026-11-20T16:00:00.000Z', '2026-11-21'],
    ['2026-11-20T05:00:00.000Z', '2026-11-20'],
  ])('date a day that the venue begins at %s', (openTime, time) => {
    expect(formingDay({ ...BAR, openTime })).toEqual({ time, ...PRICES });
  });

  it('tell a minute by its seconds', () => {
    expect(minuteCandle({ ...BAR, openTime: '1970-01-01T00:02:00.000Z' })).toEqual({ time: 120, ...PRICES });
  });

  it('stay ascending and without repeats, whatever comes in whatever order', () => {
    const bars = fc.array(fc.record({ time: fc.integer({ min: 0, max: 20 }), close: fc.integer({ min: 1, max: 9 }) }));
    fc.assert(
      fc.property(bars, (received) => {
        let candles: readonly Candle[] = [];
        for (const { time, close } of received) candles = withLast(candles, candle(time, close)) ?? candles;
        const times = candles.map(({ time }) => Number(time));
        expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
        const newest = Math.max(...received.map(({ time }) => time));
        expect(candles.at(-1)?.close).toBe(received.findLast(({ time }) => time === newest)?.close);
      }),
    );
  });

  it('refuse one that is older than the last', () => {
    expect(withLast([candle(60)], candle(0))).toBeUndefined();
  });
});

describe('digits of prices', () => {
  it('are the most that were seen, so that a round price does not move the others', () => {
    const digits = new PriceDigits();
    expect([digits.of(1.25, 3), digits.of(7), digits.of(null), digits.of(0.0001)]).toEqual([2, 2, 2, 4]);
  });

  it('are not more than can be told from noise', () => {
    expect(new PriceDigits().of(0.1 + 0.2)).toBe(1);
    expect(new PriceDigits().of(1e-12, Number.NaN, 1e21)).toBe(0);
  });
});
