import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trade } from '../../src/domain/trade.ts';
import { distinctTrades, distinctTradesInSteps, inTimeOrder, placeOfTrade } from '../../src/domain/trade-order.ts';
import { costsOf } from '../support/steps.ts';

const trade = (changes: Partial<Trade> = {}): Trade => ({
  source: 'HISTORY',
  accountCookie: 'a',
  tradingDay: 18_000,
  tradeId: '6',
  orderId: 'o',
  instrumentId: 'rb2005',
  exchangeId: 'SHFE',
  side: 'BUY',
  offset: 'OPEN',
  price: 3500,
  volume: 1,
  commission: 3.5,
  tradedAtNanos: null,
  ...changes,
});

/** So few ids, days and instants that many fills share them. */
const TRADES = fc.array(
  fc
    .record({
      tradingDay: fc.constantFrom(null, 18_000, 18_001),
      tradeId: fc.constantFrom('6', '7', '\uff5e', '\u{1f680}'),
      instrumentId: fc.constantFrom('au2006', 'rb2005'),
      price: fc.constantFrom(null, 1),
      tradedAtNanos: fc.constantFrom(null, 1n, 20n, 2n ** 63n - 1n),
    })
    .map(trade),
);

/** So many of them that they are sorted in several parts. */
const MANY_TRADES = fc
  .array(
    fc.record({
      tradingDay: fc.integer({ min: 18_000, max: 18_040 }),
      tradeId: fc.nat({ max: 40 }).map(String),
      orderId: fc.constantFrom(null, 'o'),
      tradedAtNanos: fc.option(fc.bigInt({ min: 1n, max: 40n })),
    }),
    { minLength: 1500, maxLength: 3000, size: 'max' },
  )
  .map((changes) => changes.map((each) => trade(each)));

/** Rows that no other row knows the instant of: `orderId` null tells nothing, so that they have no twin. */
const withoutTwins = (trades: readonly Trade[]): Trade[] =>
  trades.map((each) => (each.tradedAtNanos === null ? { ...each, orderId: null } : each));

/** The rules as they read, one row after the other. */
function distinctOneByOne(trades: readonly Trade[]): Trade[] {
  const distinct: Trade[] = [];
  for (const each of trades.toSorted(inTimeOrder)) {
    const isSame = (other: Trade): boolean =>
      each.tradedAtNanos === null
        ? JSON.stringify({ ...other, tradedAtNanos: null, tradingDay: 0 }) ===
            JSON.stringify({ ...each, tradingDay: 0 }) && other.tradedAtNanos === null
        : other.tradedAtNanos === each.tradedAtNanos &&
          other.tradeId === each.tradeId &&
          other.instrumentId === each.instrumentId;
    if (!distinct.some(isSame)) distinct.push(each);
  }
  return distinct;
}

describe('fills', () => {
  it('have places that ascend as the fills do', () => {
    fc.assert(
      fc.property(TRADES, (trades) => {
        const sorted = trades.toSorted(inTimeOrder).map(placeOfTrade);
        expect(sorted).toEqual(trades.map(placeOfTrade).sort());
      }),
    );
  });

  it('are the same list in whatever order they come, and however often', () => {
    fc.assert(
      fc.property(TRADES, (trades) => {
        const distinct = distinctTrades(trades).map(placeOfTrade);
        expect(distinctTrades(trades.toReversed()).map(placeOfTrade)).toEqual(distinct);
        expect(distinctTrades([...trades, ...trades]).map(placeOfTrade)).toEqual(distinct);
      }),
    );
  });

  it('of one instant, id and instrument are one, that of the earliest day, though figures differ', () => {
    const fills = [18_002, 18_000, 18_001].map((tradingDay) =>
      trade({ tradingDay, tradedAtNanos: 5n, price: tradingDay }),
    );
    expect(distinctTrades(fills)).toEqual([fills[1]]);
  });

  it('without an instant are one when all but the day is equal, also with others in between', () => {
    const [first, other, again] = [trade(), trade({ tradingDay: 18_001, price: 1 }), trade({ tradingDay: 18_002 })];
    expect(distinctTrades([again, other, first])).toEqual([first, other]);
  });

  it('are those that stay when one row after the other is compared with all before it', () => {
    fc.assert(
      fc.property(TRADES.map(withoutTwins), (trades) => {
        expect(distinctTrades(trades)).toEqual(distinctOneByOne(trades));
      }),
    );
  });

  it('are the same when they are many, in steps that each cost little', () => {
    fc.assert(
      fc.property(MANY_TRADES.map(withoutTwins), (trades) => {
        const { result, costs } = costsOf(distinctTradesInSteps(trades));
        expect(result).toEqual(distinctOneByOne(trades));
        expect(Math.max(...costs)).toBeLessThanOrEqual(1000);
      }),
      { numRuns: 5 },
    );
  });

  describe('that one row holds with the instant and another without', () => {
    const [timed, untimed] = [trade({ tradedAtNanos: 5n }), trade()];

    it('are one, with the instant, of the earlier day, whichever row it is', () => {
      const later = { ...untimed, tradingDay: 18_001 };
      expect(distinctTrades([later, timed])).toEqual([timed]);
      expect(distinctTrades([{ ...timed, tradingDay: 18_001 }, untimed])).toEqual([timed]);
      expect(distinctTrades([timed, later, untimed, { ...timed, tradingDay: 18_002 }])).toEqual([timed]);
    });

    it('are one though fee and exchange are told in one row only', () => {
      expect(distinctTrades([timed, { ...untimed, tradingDay: 18_001, commission: null, exchangeId: null }])).toEqual([
        timed,
      ]);
    });

    it.each<Partial<Trade>>([
      { tradeId: '7' },
      { orderId: 'p' },
      { instrumentId: 'au2006' },
      { side: 'SELL' },
      { offset: 'CLOSE' },
      { price: 1 },
      { volume: 2 },
    ])('are two when they differ in %o', (difference) => {
      expect(distinctTrades([timed, { ...untimed, tradingDay: 18_001, ...difference }])).toHaveLength(2);
    });

    it('are two when they name no order, since nothing else outlives a day', () => {
      expect(distinctTrades([timed, untimed].map((each) => ({ ...each, orderId: null })))).toHaveLength(2);
    });

    it('are two when the rows are farther apart than a trading day from the next', () => {
      for (const [apart, fills] of [
        [11, 1],
        [12, 2],
      ] as const) {
        expect(distinctTrades([timed, { ...untimed, tradingDay: 18_000 + apart }])).toHaveLength(fills);
        expect(distinctTrades([timed, { ...untimed, tradingDay: 18_000 - apart }])).toHaveLength(fills);
      }
      expect(distinctTrades([timed, { ...untimed, tradingDay: null }])).toHaveLength(2);
      expect(distinctTrades([timed, untimed].map((each) => ({ ...each, tradingDay: null })))).toHaveLength(1);
    });

    it('are each one with that of the nearest day, when ids and orders begin anew', () => {
      const again = { ...timed, tradingDay: 18_010, tradedAtNanos: 9n };
      const rows = [timed, again, { ...untimed, tradingDay: 18_001 }, { ...untimed, tradingDay: 18_009 }];
      expect(distinctTrades(rows)).toEqual([timed, { ...again, tradingDay: 18_009 }]);
    });
  });
});
