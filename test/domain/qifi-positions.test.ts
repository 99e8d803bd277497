import { describe, expect, it } from 'vitest';
import {
  decoded,
  decodedWithIssues,
  pythonDocument,
  pythonPosition,
  qatraderDocument,
} from '../support/qifi-documents.ts';

const positionsOf = (positions: unknown) => decoded(pythonDocument({ positions })).snapshot.positions;

describe('positions of a QIFI document', () => {
  it('keep volumes and prices as they are stored', () => {
    expect(decoded(pythonDocument()).snapshot.positions).toEqual([
      {
        instrumentId: 'rb2005',
        exchangeId: 'SHFE',
        volumeLong: 1,
        volumeLongToday: 1,
        volumeLongHistory: 0,
        volumeLongFrozen: 0,
        volumeShort: 0,
        volumeShortToday: 0,
        volumeShortHistory: 0,
        volumeShortFrozen: 0,
        openPriceLong: 3500,
        openPriceShort: 0,
        openCostLong: 35000,
        openCostShort: 0,
        positionPriceLong: 3500,
        positionPriceShort: 0,
        lastPrice: 3510,
        floatProfit: 100,
        positionProfit: 100,
        margin: 3150,
      },
    ]);
    expect(decoded(qatraderDocument()).snapshot.positions).toMatchObject([
      { instrumentId: 'j2005', exchangeId: 'DCE', volumeShortHistory: 1, openPriceShort: 2023.5, volumeLong: null },
    ]);
  });

  it.each([['SHFE.rb2005'], ['SHFE_rb2005'], ['rb2005'], ['__proto__'], ['']])(
    'are told by exchange and instrument under the key %o',
    (key) => {
      expect(positionsOf({ [key]: pythonPosition() })).toMatchObject([{ instrumentId: 'rb2005', exchangeId: 'SHFE' }]);
    },
  );

  it('have no exchange when the writer left it empty', () => {
    expect(positionsOf({ rb2005: pythonPosition({ exchange_id: '' }) })[0]?.exchangeId).toBeNull();
  });

  it('ascend by exchange and instrument, whatever the order of the map', () => {
    const held = [
      ['SHFE', 'rb2005'],
      ['DCE', 'm2005'],
      ['SHFE', 'au2006'],
      ['', 'zz'],
    ];
    const map = Object.fromEntries(
      held.map(([exchange_id, instrument_id], at) => [at, pythonPosition({ exchange_id, instrument_id })]),
    );
    expect(positionsOf(map).map(({ exchangeId, instrumentId }) => [exchangeId, instrumentId])).toEqual([
      [null, 'zz'],
      ['DCE', 'm2005'],
      ['SHFE', 'au2006'],
      ['SHFE', 'rb2005'],
    ]);
  });

  it('are [] when flat, and may come as a list', () => {
    expect(positionsOf({})).toEqual([]);
    expect(positionsOf(null)).toEqual([]);
    expect(positionsOf([pythonPosition()])).toHaveLength(1);
  });

  it('are left out with an issue when they cannot be told, the first of two of one instrument staying', () => {
    const positions = {
      a: pythonPosition({ volume_long: 5 }),
      b: pythonPosition({ volume_long: 6 }),
      c: pythonPosition({ instrument_id: null }),
      d: 7,
    };
    const { document, issues } = decodedWithIssues(pythonDocument({ positions }));
    expect(document.snapshot.positions.map(({ volumeLong }) => volumeLong)).toEqual([5]);
    expect(issues).toEqual([
      'positions["d"]: received 7, wanted an object',
      'positions["b"]: left out, its instrument is there already',
      'positions["c"]: left out, it has no instrument_id',
    ]);
  });
});
