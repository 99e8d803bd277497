import { describe, expect, it } from 'vitest';
import { parseQifiText } from '../../src/cli/parse-qifi-text.ts';
import { decoded, decodedWithIssues, pythonDocument, pythonTrade } from '../support/qifi-documents.ts';

const tradesOf = (...trades: object[]) =>
  decodedWithIssues(pythonDocument({ trades: Object.fromEntries(trades.entries()) }));
const fill = (changes: object) => tradesOf(pythonTrade(changes)).document.trades[0];

describe('fills of a QIFI document', () => {
  it('keep their figures and ids', () => {
    expect(decoded(pythonDocument()).trades[0]).toMatchObject({
      tradeId: 'a930d427-1',
      orderId: 'b3eda7b5-1',
      instrumentId: 'rb2005',
      exchangeId: 'SHFE',
      side: 'BUY',
      offset: 'OPEN',
      price: 3500,
      volume: 1,
      commission: 3.5,
      tradedAtNanos: 1579141800112232960n,
    });
  });

  it.each([
    [{ $numberLong: '1567775573528050636' }],
    [1567775573528050636n],
    ['1567775573528050636'],
    [parseQifiText('1567775573528050636')],
  ])('keep nanoseconds beyond 2^53 exact: %o', (trade_date_time) => {
    expect(fill({ trade_date_time })?.tradedAtNanos).toBe(1567775573528050636n);
  });

  it.each([[0], [null], [''], [{ $numberLong: '0' }]])(
    'have no time when the writer had none: %o',
    (trade_date_time) => {
      const { document, issues } = tradesOf(pythonTrade({ trade_date_time }));
      expect(document.trades[0]?.tradedAtNanos).toBeNull();
      expect(issues).toEqual([]);
    },
  );

  it.each([[-1], ['abc'], [2n ** 63n], [{ $date: 0 }], [Number.NaN]])(
    'lose a time that is none, with an issue: %s',
    (trade_date_time) => {
      const { document, issues } = tradesOf(pythonTrade({ trade_date_time }));
      expect(document.trades[0]?.tradedAtNanos).toBeNull();
      expect(issues).toEqual([
        expect.stringMatching(/^trades\["0"\]\.trade_date_time: received .*, wanted nanoseconds/),
      ]);
    },
  );

  it.each([
    ['OPEN', 'OPEN'],
    ['close', 'CLOSE'],
    ['CLOSETODAY', 'CLOSE_TODAY'],
    ['CLOSE_TODAY', 'CLOSE_TODAY'],
    ['CLOSEYESTERDAY', 'CLOSE_YESTERDAY'],
    ['REVERSE', 'NONE'],
    [undefined, 'NONE'],
  ])('take the offset %s for %s', (offset, meaning) => {
    expect(fill({ offset })?.offset).toBe(meaning);
  });

  it('take ids that are numbers', () => {
    expect(fill({ trade_id: 6, order_id: { $numberInt: '7' } })).toMatchObject({ tradeId: '6', orderId: '7' });
  });

  it('are left out with an issue without id, instrument or direction', () => {
    const { document, issues } = tradesOf(
      pythonTrade({ trade_id: '' }),
      pythonTrade({ instrument_id: undefined }),
      pythonTrade({ direction: 'SIDEWAYS' }),
      pythonTrade({ trade_id: 'good' }),
    );
    expect(document.trades.map(({ tradeId }) => tradeId)).toEqual(['good']);
    expect(issues).toEqual([
      'trades["0"]: left out, it has no trade_id',
      'trades["1"]: left out, it has no instrument_id',
      'trades["2"]: left out, it has no direction',
    ]);
  });
});
