import { describe, expect, it } from 'vitest';
import type { Position } from '../../src/domain/account.ts';
import { balanceOf, positionChanges } from '../../src/domain/holding-changes.ts';
import { decoded, pythonDocument, pythonPosition } from '../support/qifi-documents.ts';

const held = (...positions: object[]): readonly Position[] =>
  decoded(pythonDocument({ positions: positions.map((changes) => pythonPosition(changes)) })).snapshot.positions;
const FLAT = { volume_long: 0 };

describe('the changes of positions', () => {
  it('are all that there is at first, but for what was flat already', () => {
    const positions = held({ instrument_id: 'a' }, { instrument_id: 'b', ...FLAT });
    expect(positionChanges([], positions).map(({ instrumentId }) => instrumentId)).toEqual(['a']);
  });

  it('are none when nothing changed', () => {
    expect(positionChanges(held({}), held({}))).toEqual([]);
    expect(positionChanges(held(FLAT), held({ ...FLAT, last_price: 9 }))).toEqual([]);
  });

  it('are the positions of which any figure is another one', () => {
    const after = held({ instrument_id: 'a' }, { instrument_id: 'b', last_price: 3600 });
    expect(positionChanges(held({ instrument_id: 'a' }, { instrument_id: 'b' }), after)).toEqual([after[1]]);
  });

  it('tell of a closed position once, with volumes of zero, whether its writer keeps it or not', () => {
    const kept = positionChanges(held({}), held(FLAT));
    expect(kept).toMatchObject([{ instrumentId: 'rb2005', volumeLong: 0, volumeShort: 0 }]);
    const removed = positionChanges(held({}), []);
    expect(removed).toMatchObject([
      { instrumentId: 'rb2005', exchangeId: 'SHFE', volumeLong: 0, volumeShort: 0, margin: 0, lastPrice: 3510 },
    ]);
    expect(positionChanges(held(FLAT), [])).toEqual([]);
  });

  it('keep instruments of one name at two exchanges apart', () => {
    const both = held({ exchange_id: 'SSE' }, { exchange_id: 'SZSE' });
    const after = held({ exchange_id: 'SSE' }, { exchange_id: 'SZSE', ...FLAT });
    expect(positionChanges(both, after).map(({ exchangeId }) => exchangeId)).toEqual(['SZSE']);
  });
});

describe('the balance of a state', () => {
  const balance = (accounts: object) => balanceOf(decoded(pythonDocument({ accounts })).snapshot);

  it('is decimal text with every digit', () => {
    expect(balance({ currency: 'CNY', balance: 100096.5, available: 1e-7 })).toEqual({
      currency: 'CNY',
      total: '100096.5',
      available: '0.0000001',
    });
  });

  it('is none without a currency or a figure', () => {
    expect(balance({ balance: 1 })).toBeUndefined();
    expect(balance({ currency: 'CNY', balance: 'NaN' })).toBeUndefined();
    expect(balance({ currency: 'CNY', balance: 1 })).toMatchObject({ available: null });
  });
});
