import { describe, expect, it } from 'vitest';
import type { AccountSource } from '../../src/domain/account.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { formatDay, weekdayOf } from '../../src/domain/day.ts';
import { dayProfit } from '../../src/domain/equity.ts';
import { demoHistoryDocuments, demoRealtimeDocuments } from '../../src/simulator/demo-accounts.ts';
import { createSeededRandom } from '../../src/simulator/seeded-random.ts';
import { day } from '../support/bars.ts';
import { decodedWithIssues } from '../support/qifi-documents.ts';

const THROUGH = day('2026-11-20');

function decodedAll(documents: Iterable<unknown>, source: AccountSource): AccountDocument[] {
  return [...documents].map((document) => {
    const { document: decoded, issues } = decodedWithIssues(document, source);
    expect(issues).toEqual([]);
    return decoded;
  });
}

const HISTORY = decodedAll(demoHistoryDocuments(THROUGH), 'HISTORY');
const REALTIME = decodedAll(demoRealtimeDocuments(THROUGH), 'REALTIME');
const ACCOUNTS = Map.groupBy(HISTORY, ({ snapshot }) => snapshot.accountCookie);

describe('simulated accounts', () => {
  it('are marked as simulated, in portfolios of their own', () => {
    expect([...ACCOUNTS.keys()].toSorted()).toEqual(['demo-arbitrage', 'demo-cta', 'demo-stock']);
    expect(new Set(HISTORY.map(({ snapshot }) => snapshot.portfolio))).toEqual(new Set(['demo']));
    expect(new Set(REALTIME.map(({ snapshot }) => `${snapshot.accountCookie} ${snapshot.portfolio}`))).toEqual(
      new Set(['demo-sim demo-live']),
    );
    expect([...HISTORY, ...REALTIME].every(({ snapshot }) => snapshot.brokerName === 'Simulated')).toBe(true);
  });

  it('are the same whenever they are made', () => {
    expect([...demoHistoryDocuments(THROUGH)]).toEqual([...demoHistoryDocuments(THROUGH)]);
    expect([...demoRealtimeDocuments(THROUGH)]).toEqual([...demoRealtimeDocuments(THROUGH)]);
  });

  it('have the same figures of a day, however many days follow', () => {
    const sooner = day('2026-03-18');
    const until = (documents: readonly AccountDocument[]) =>
      documents.filter(({ snapshot }) => (snapshot.tradingDay ?? Infinity) <= sooner);
    expect(decodedAll(demoHistoryDocuments(sooner), 'HISTORY')).toEqual(until(HISTORY));
    expect(decodedAll(demoRealtimeDocuments(sooner), 'REALTIME')).toEqual(until(REALTIME));
  });

  it('are empty before they start', () => {
    expect([...demoHistoryDocuments(day('2024-12-31')), ...demoRealtimeDocuments(day('2025-12-31'))]).toEqual([]);
  });
});

describe.each([...ACCOUNTS])('the simulated account %s', (_name, documents) => {
  const states = documents.map(({ snapshot }) => snapshot);

  it('has every weekday of more than a year, once', () => {
    const days = states.map(({ tradingDay }) => tradingDay ?? 0);
    const weekdays = Array.from({ length: THROUGH - (days[0] ?? 0) + 1 }, (_, at) => (days[0] ?? 0) + at).filter(
      (each) => weekdayOf(each) < 5,
    );
    expect(days).toEqual(weekdays);
    expect(formatDay(days.at(-1) ?? 0)).toBe('2026-11-20');
    expect(days.length).toBeGreaterThan(250);
  });

  it('starts each day with the balance of the day before, and earns what its profits and fees say', () => {
    for (const [at, state] of states.entries()) {
      if (at > 0) expect(state.preBalance).toBe(states[at - 1]?.balance);
      const earned = (state.closeProfit ?? 0) + (state.positionProfit ?? 0) - (state.commission ?? 0);
      expect(dayProfit(state)).toBeCloseTo(earned, 1);
      expect((state.available ?? 0) + (state.margin ?? 0)).toBeCloseTo(state.balance ?? 0, 1);
    }
  });

  it('stays solvent, and earns and loses', () => {
    expect(states.every(({ available }) => (available ?? -1) > 0)).toBe(true);
    const profits = states.map((state) => dayProfit(state) ?? 0);
    expect(profits.some((profit) => profit > 0) && profits.some((profit) => profit < 0)).toBe(true);
  });

  it('has one deposit and one withdrawal', () => {
    expect(states.map(({ deposit }) => deposit).filter((deposit) => deposit !== 0)).toEqual([50_000]);
    expect(states.map(({ withdraw }) => withdraw).filter((withdraw) => withdraw !== 0)).toEqual([20_000]);
  });

  it('is flat on some days and holds on others', () => {
    const held = states.filter(({ positions }) => positions.length > 0).length;
    expect(held).toBeGreaterThan(20);
    expect(states.length - held).toBeGreaterThan(20);
  });

  it('has fills, each of an order of its day that is filled, and orders without a fill', () => {
    for (const { snapshot, trades, orders } of documents) {
      const filled = orders.filter(({ status }) => status === 'FILLED').map(({ orderId }) => orderId);
      expect(trades.map(({ orderId }) => orderId)).toEqual(filled);
      for (const { tradedAtNanos } of trades) {
        const inShanghai = new Date(Number((tradedAtNanos ?? 0n) / 1_000_000n) + 8 * 3_600_000).toISOString();
        expect(inShanghai.slice(0, 10)).toBe(formatDay(snapshot.tradingDay ?? 0));
        expect(inShanghai.slice(11) >= '09:00' && inShanghai.slice(11) < '15:01').toBe(true);
      }
    }
    const statuses = documents.flatMap(({ orders }) => orders.map(({ status }) => status));
    expect(new Set(statuses)).toEqual(new Set(['FILLED', 'CANCELLED']));
  });

  it('holds what its fills add up to', () => {
    const held = new Map<string, number>();
    for (const { snapshot, trades } of documents) {
      for (const { instrumentId, side, volume } of trades) {
        const signed = side === 'BUY' ? (volume ?? 0) : -(volume ?? 0);
        held.set(instrumentId, (held.get(instrumentId) ?? 0) + signed);
      }
      const open = [...held].filter(([, volume]) => volume !== 0);
      const stored = snapshot.positions.map(({ instrumentId, volumeLong, volumeShort }) => [
        instrumentId,
        (volumeLong ?? 0) - (volumeShort ?? 0),
      ]);
      expect(stored).toEqual(open);
    }
  });
});

describe('the simulated REALTIME account', () => {
  it('has four marks a day, at rising times', () => {
    const times = REALTIME.map(({ snapshot }) => snapshot.updatedAt ?? 0);
    expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))).toBe(true);
    const days = Map.groupBy(REALTIME, ({ snapshot }) => snapshot.tradingDay);
    expect([...days.values()].every(({ length }) => length === 4)).toBe(true);
  });

  it('ends each day with the balance that the next one starts from', () => {
    const ends = REALTIME.filter((_document, at) => at % 4 === 3).map(({ snapshot }) => snapshot);
    for (const [at, end] of ends.entries()) if (at > 0) expect(end.preBalance).toBe(ends[at - 1]?.balance);
  });
});

describe('createSeededRandom', () => {
  it('gives the same numbers for the same seed, others for another, all from 0 up to 1', () => {
    const draw = (seed: number): number[] => {
      const random = createSeededRandom(seed);
      return Array.from({ length: 1000 }, random);
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((each) => each >= 0 && each < 1)).toBe(true);
    expect(draw(7).reduce((sum, each) => sum + each, 0) / 1000).toBeCloseTo(0.5, 1);
    expect(createSeededRandom(1)()).toBeCloseTo(0.62707394058816, 12); // the first number of mulberry32(1)
  });
});
