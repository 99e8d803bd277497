import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trade } from '../../src/domain/trade.ts';
import { distinctTrades, inTimeOrder, placeOfTrade } from '../../src/domain/trade-order.ts';

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
});
