import { describe, expect, it } from 'vitest';
import { performance } from '../../src/domain/performance.ts';
import { row } from '../support/equity.ts';

describe('performance', () => {
  it('compounds daily returns and annualizes them over 252 days', () => {
    const rows = [row('2020-01-02', 110, { preBalance: 100 }), row('2020-01-03', 99), row('2020-01-06', 108.9)];
    const { days, totalReturn, annualReturn, annualVolatility, sharpeRatio, maxDrawdown, winRate, tradeCount } =
      performance(rows, 7);
    expect(days).toBe(3);
    expect(tradeCount).toBe(7);
    // r = 0.1, -0.1, 0.1: mean 1/30, sample deviation sqrt(0.04 / 3).
    const deviation = Math.sqrt(0.04 / 3);
    expect(totalReturn).toBeCloseTo(0.089, 12);
    expect(annualReturn).toBeCloseTo(1.089 ** 84 - 1, 6);
    expect(annualVolatility).toBeCloseTo(deviation * Math.sqrt(252), 12);
    expect(sharpeRatio).toBeCloseTo((1 / 30 / deviation) * Math.sqrt(252), 10);
    expect(maxDrawdown).toBeCloseTo(0.1, 12);
    expect(winRate).toBeCloseTo(2 / 3, 12);
  });

  it('counts money moved in and out as no return', () => {
    const rows = [
      row('2020-01-02', 100, { preBalance: 100 }),
      row('2020-01-03', 210, { deposit: 100, withdraw: 0 }),
      row('2020-01-06', 105, { deposit: 0, withdraw: 105 }),
    ];
    expect(performance(rows, 0).totalReturn).toBeCloseTo(0.1, 12);
  });

  it('counts flat days neither as won nor as lost', () => {
    const rows = [row('2020-01-02', 100), row('2020-01-03', 100), row('2020-01-06', 101), row('2020-01-07', 101)];
    expect(performance(rows, 0).winRate).toBe(1);
  });

  it('has no return for a day that is held against nothing', () => {
    const rows = [row('2020-01-02', 100_000, { preBalance: 0, deposit: 100_000 }), row('2020-01-03', 101_000)];
    expect(performance(rows, 0)).toMatchObject({ days: 2, maxDrawdown: 0, annualVolatility: null, sharpeRatio: null });
    expect(performance(rows, 0).totalReturn).toBeCloseTo(0.01, 12);
  });

  it('knows nothing of no days, and little of a single one', () => {
    const nothing = { totalReturn: null, annualReturn: null, annualVolatility: null, sharpeRatio: null };
    expect(performance([], 0)).toEqual({ days: 0, ...nothing, maxDrawdown: null, winRate: null, tradeCount: 0 });
    expect(performance([row('2020-01-02', 100)], 2)).toMatchObject({ days: 1, ...nothing, tradeCount: 2 });
  });

  it('has no Sharpe ratio when returns do not vary', () => {
    const flat = [1, 2, 3].map((at) => row(`2020-01-0${at}`, 100, { preBalance: 100 }));
    expect(performance(flat, 0)).toMatchObject({ annualVolatility: 0, sharpeRatio: null, winRate: null });
    const steady = [100, 110, 121, 133.1, 146.41].map((balance, at) => row(`2020-01-0${at + 1}`, balance));
    expect(performance(steady, 0).sharpeRatio).toBeNull();
  });

  it('measures the deepest fall from a peak before it, the start included', () => {
    const rows = [90, 120, 60, 130].map((balance, at) => row(`2020-01-0${at + 1}`, balance, { preBalance: 100 }));
    expect(performance(rows, 0).maxDrawdown).toBeCloseTo(0.5, 12);
    expect(performance(rows.slice(0, 1), 0).maxDrawdown).toBeCloseTo(0.1, 12);
  });

  it('answers only finite figures, also when everything is lost or the figures are absurd', () => {
    const ruined = [100, 0, 50].map((balance, at) => row(`2020-01-0${at + 1}`, balance));
    const indebted = [100, -50].map((balance, at) => row(`2020-01-0${at + 1}`, balance));
    const absurd = [1e-300, 1e300, 1e-300, 1e300].map((balance, at) => row(`2020-01-0${at + 1}`, balance));
    for (const rows of [ruined, indebted, absurd]) {
      const figures = Object.values(performance(rows, 0)).filter((figure) => figure !== null);
      expect(figures.every(Number.isFinite)).toBe(true);
    }
    expect(performance(ruined, 0)).toMatchObject({ totalReturn: -1, annualReturn: -1, maxDrawdown: 1 });
    expect(performance(indebted, 0)).toMatchObject({ totalReturn: -1.5, annualReturn: null });
  });
});
