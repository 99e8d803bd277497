import { describe, expect, it } from 'vitest';
import { BarSeries, type VenueBar } from '../../src/exchanges/bar-series.ts';

const FIRST: VenueBar = {
  symbol: 'A',
  interval: 'M1',
  openTime: 60_000,
  open: 1,
  high: 4,
  low: 0.5,
  close: 2,
  volume: 9,
};
const CHANGED: VenueBar = { ...FIRST, close: 3 };
const NEXT: VenueBar = { ...FIRST, openTime: 120_000 };

const forming = (bar: VenueBar): object => ({ type: 'BAR', bar: { ...bar, isClosed: false } });
const closed = (bar: VenueBar): object => ({ type: 'BAR', bar: { ...bar, isClosed: true } });

describe('BarSeries', () => {
  it('says that a bar has closed, as it was last, when the next begins', () => {
    const series = new BarSeries();
    expect(series.put(FIRST)).toEqual([forming(FIRST)]);
    expect(series.put(CHANGED)).toEqual([forming(CHANGED)]);
    expect(series.put(NEXT)).toEqual([closed(CHANGED), forming(NEXT)]);
  });

  it('says a late change of a closed bar, and the newest bar again after it', () => {
    const series = new BarSeries();
    series.put(NEXT);
    expect(series.put(CHANGED)).toEqual([closed(CHANGED), forming(NEXT)]);
  });

  it('tells symbols and intervals apart', () => {
    const series = new BarSeries();
    series.put(FIRST);
    expect(series.put({ ...NEXT, symbol: 'B' })).toEqual([forming({ ...NEXT, symbol: 'B' })]);
    expect(series.put({ ...NEXT, interval: 'M5' })).toEqual([forming({ ...NEXT, interval: 'M5' })]);
  });

  it('says nothing of a bar whose end it may have missed', () => {
    const series = new BarSeries();
    series.put(FIRST);
    series.forget([{ channel: 'bars', symbol: 'A', interval: 'M1' }]);
    expect(series.put(NEXT)).toEqual([forming(NEXT)]);
  });
});
