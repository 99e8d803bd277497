import { describe, expect, it } from 'vitest';
import { BarViews } from '../../src/loaders/bar-views.ts';
import { barsHistory } from '../support/series-feed.ts';

const WEEKS = { interval: 'WEEK', adjustment: 'NONE' } as const;

describe('views of histories', () => {
  it('are computed once for a version of a history, also of another object', () => {
    const views = new BarViews();
    const history = barsHistory('AAPL', 'r1');
    expect(views.of(history, { interval: 'DAY', adjustment: 'NONE' })).toBe(history.columns);
    const weeks = views.of(history, WEEKS);
    expect(weeks.close.length).toBeGreaterThan(0);
    expect(views.of({ ...history, fetchedAt: 7 }, WEEKS)).toBe(weeks);
    expect(views.of(history, { ...WEEKS, interval: 'MONTH' })).not.toBe(weeks);
    expect(views.of(barsHistory('MSFT', 'r1'), WEEKS)).not.toBe(weeks);
  });

  it('are computed anew for other bars and for other events', () => {
    const views = new BarViews();
    const history = barsHistory('AAPL', 'r1');
    const forward = { interval: 'DAY', adjustment: 'FORWARD' } as const;
    const last = history.columns.day.at(-1) ?? 0;
    const before = views.of(history, forward);
    expect(before.close).toEqual(history.columns.close);
    const events = [{ day: last, kind: 'SPLIT', ratio: 2, cash: 0 }] as const;
    expect(views.of({ ...history, events }, forward).close[0]).toBe((history.columns.close[0] ?? 0) / 2);
    expect(views.of(barsHistory('AAPL', 'r2'), forward)).not.toBe(before);
  });

  it('are given up when many others were used since', () => {
    const views = new BarViews();
    const history = barsHistory('A', 'r1');
    const kept = barsHistory('B', 'r1');
    const [first, second] = [views.of(history, WEEKS), views.of(kept, WEEKS)];
    for (let other = 0; other < 255; other += 1) {
      views.of(barsHistory(`C${other}`, 'r1'), WEEKS);
      expect(views.of(kept, WEEKS)).toBe(second);
    }
    expect(views.of(history, WEEKS)).not.toBe(first);
  });
});
