import { describe, expect, it } from 'vitest';
import { adjust } from '../../src/domain/adjustment.ts';
import { formatDay, instantOfDay, weekdayOf } from '../../src/domain/day.ts';
import { resolveInstrument } from '../../src/domain/instrument.ts';
import { premiumHistory, resolveAlignment } from '../../src/domain/premium.ts';
import { premiumStats } from '../../src/domain/premium-stats.ts';
import { demoMarketFiles } from '../../src/simulator/demo-market.ts';
import { DEMO_PRICE_SEED } from '../../src/simulator/paper/instruments.ts';
import { startPaperVenue } from '../../src/simulator/paper/paper-venue.ts';
import { parseBars } from '../../src/sources/folder/parse-bars.ts';
import { parseEvents } from '../../src/sources/folder/parse-events.ts';
import { parseFunds } from '../../src/sources/folder/parse-funds.ts';
import { parseNavs } from '../../src/sources/folder/parse-navs.ts';
import { day } from '../support/bars.ts';
import { ask } from '../support/http-client.ts';
import { ManualClock } from '../support/manual-clock.ts';

const FILES = new Map(demoMarketFiles(day('2026-11-20')).map(({ name, text }) => [name, text]));
const CODES = [...FILES.keys()]
  .filter((name) => !/\.nav\.|\.events\.|funds/.test(name))
  .map((name) => name.replace('.csv', ''));
const fileOf = (name: string): string => FILES.get(name) ?? '';

describe('demoMarketFiles', () => {
  it('has a dozen instruments of several types, under canonical codes', () => {
    expect(CODES.length).toBeGreaterThanOrEqual(12);
    expect(CODES.map((code) => resolveInstrument(code).code)).toEqual(CODES);
    expect(new Set(CODES.map((code) => resolveInstrument(code).assetType)).size).toBeGreaterThanOrEqual(7);
  });

  it('is the same whenever it is made, and longer when it is made later', () => {
    const earlier = demoMarketFiles(day('2022-03-01'));
    expect(demoMarketFiles(day('2022-03-01'))).toEqual(earlier);
    for (const { name, text } of earlier) expect(fileOf(name).startsWith(text)).toBe(true);
  });

  it.each(CODES)('has plausible bars of %s', (code) => {
    const { day: days, open, high, low, close, volume, amount } = parseBars(fileOf(`${code}.csv`), code);
    expect(formatDay(days[0] ?? 0)).toBe('2015-01-05');
    expect(formatDay(days.at(-1) ?? 0)).toBe('2026-11-20');
    expect(days.some((at) => weekdayOf(at) > 4)).toBe(code === 'BTC-USDT');
    const isOrdered = (_: number, at: number): boolean => {
      const [o = 0, h = 0, l = 0, c = 0] = [open[at], high[at], low[at], close[at]];
      return l <= Math.min(o, c) && Math.max(o, c) <= h;
    };
    expect(close.every(isOrdered)).toBe(true);
    expect(volume.every((traded) => traded > 0)).toBe(true);
    expect(amount.every((money) => money > 0)).toBe(true);
    const raw = fileOf(`${code}.events.csv`);
    const smooth = adjust(
      parseBars(fileOf(`${code}.csv`), code),
      raw === '' ? [] : parseEvents(raw, code),
      'FORWARD',
    ).close;
    const steps = smooth.subarray(1).map((price, at) => Math.abs(price / (smooth[at] ?? price) - 1));
    expect(Math.max(...steps)).toBeLessThan(0.15);
  });

  it('has 2,654 days of 510300.SH and more', () => {
    expect(parseBars(fileOf('510300.SH.csv'), 'x').day.length).toBeGreaterThanOrEqual(2654);
  });

  it('has funds that trade close to their NAV, each held against the one that its market calls for', () => {
    const funds = parseFunds(fileOf('funds.csv'), 'funds.csv');
    expect([...funds.values()]).toContain('US');
    for (const [code, market] of funds) {
      const navs = { ...parseNavs(fileOf(`${code}.nav.csv`), code), events: [] };
      const bars = parseBars(fileOf(`${code}.csv`), code);
      const raw = fileOf(`${code}.events.csv`);
      const events = raw === '' ? [] : parseEvents(raw, code);
      const alignment = resolveAlignment('AUTO', market);
      const { columns } = premiumHistory({ bars, navs, events, alignment });
      const { length } = columns.day;
      const stats = premiumStats({ columns, from: 0, to: length });
      expect(length).toBeGreaterThanOrEqual(bars.day.length - 1);
      expect(Math.max(Math.abs(stats?.min ?? 1), stats?.max ?? 1)).toBeLessThan(0.01);
    }
  });

  it('has a split and a dividend', () => {
    const events = [...FILES]
      .filter(([name]) => name.endsWith('.events.csv'))
      .flatMap(([name, text]) => parseEvents(text, name));
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['SPLIT', 'DIVIDEND']));
  });

  it('has coins whose bars are those of the paper venue, and go on in its forming one', async () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 21, 9, 30));
    const venue = await startPaperVenue({
      port: 0,
      clock,
      seed: DEMO_PRICE_SEED,
      journalPath: undefined,
      credentials: { apiKey: '', secret: '', passphrase: '' },
    });
    const path = '/api/v5/market/candles?instId=BTC-USDT&bar=1Dutc&limit=300';
    const { text } = await ask({ url: `${venue.restUrl}${path}` }).finally(() => venue.close());
    const [forming = [], ...closed] = JSON.parse(text).data.map((row: string[]) => row.map(Number)) as number[][];
    const bars = parseBars(fileOf('BTC-USDT.csv'), 'BTC-USDT');
    const last = bars.day.length - 1;
    for (const [back, row] of closed.entries()) {
      const at = last - back;
      const columns = [bars.open, bars.high, bars.low, bars.close];
      expect(row.slice(0, 5)).toEqual([instantOfDay(bars.day[at] ?? 0), ...columns.map((column) => column[at])]);
      expect(row[5]).toBeCloseTo(bars.volume[at] ?? 0, 2);
    }
    expect(forming[0]).toBe(Date.UTC(2026, 10, 21));
    expect(Math.abs((forming[1] ?? 0) / (bars.close[last] ?? 1) - 1)).toBeLessThan(0.0001);
  });
});
