import { describe, expect, it } from 'vitest';
import { openDesk, priceAway, SPOT, SWAP } from './paper-desk.ts';

/** What an order needs; a field that is undefined is not sent. */
const REFUSED: [what: string, fields: object, code: string][] = [
  ['an instrument that is not there', { instId: 'DOGE-USDT' }, '51001'],
  ['no instrument', { instId: undefined }, '51000'],
  ['an instrument that is no text', { instId: 7 }, '51000'],
  ['a size below the least', { sz: '0.000001' }, '51020'],
  ['a size between two lots', { sz: '0.123456789' }, '51121'],
  ['a price between two ticks', { px: '40000.05' }, '51000'],
  ['a price far above the last', { px: '999999' }, '51006'],
  ['a price far below the last', { px: '100' }, '51006'],
  ['more than the account has', { sz: '5' }, '51008'],
  ['more coins than the account has', { side: 'sell', sz: '3' }, '51008'],
  ...['', '0', '0.0', '-1', 'NaN', 'Infinity', '1e-3', '1E2', '+1', ' 1', '1.', '.5', '0x1', '1,5', '١'].map(
    (sz): [string, object, string] => [`the size ${JSON.stringify(sz)}`, { sz }, '51000'],
  ),
  ...['', '0', '-40000', 'NaN', '4e4', '9'.repeat(40)].map((px): [string, object, string] => {
    return [`the price ${JSON.stringify(px)}`, { px }, '51000'];
  }),
  ['a size of 40 digits', { sz: '9'.repeat(40) }, '51000'],
  ['a size that is a number', { sz: 1 }, '51000'],
  ['no size', { sz: undefined }, '51000'],
  ['no price', { px: undefined }, '51000'],
  ['a side that is none', { side: 'BUY' }, '51000'],
  ['a type that is none', { ordType: 'stop' }, '51000'],
  ['a margin mode that is not of spot', { tdMode: 'cross' }, '51000'],
  ['a margin mode that is not of swaps', { instId: SWAP, tdMode: 'cash', sz: '1' }, '51000'],
  ['a side of a hedged position', { instId: SWAP, tdMode: 'cross', sz: '1', posSide: 'long' }, '51000'],
  ['part of a contract', { instId: SWAP, tdMode: 'cross', sz: '1.5' }, '51121'],
  ['a client order id of 33 characters', { clOrdId: 'a'.repeat(33) }, '51000'],
  ['a client order id with a sign', { clOrdId: 'desk-1' }, '51000'],
  ['a client order id that is a number', { clOrdId: 1 }, '51000'],
  ['a flag that is none', { reduceOnly: 'yes' }, '51000'],
];

describe('a refused order', () => {
  it.each(REFUSED)('has asked for %s', async (_, fields, code) => {
    await using desk = await openDesk();
    await using client = await desk.follow();
    const px = priceAway(desk.venue, 0.9);
    const body = { instId: SPOT, tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px, ...fields };
    const answer = await desk.post('/api/v5/trade/order', body);
    expect(answer).toMatchObject({ status: 200, code: '1', data: [{ ordId: '', sCode: code }] });
    expect(answer.data[0]?.sMsg).not.toBe('');
    // Nothing has happened.
    expect(await client.take()).toEqual([]);
    expect((await desk.get('/api/v5/trade/orders-pending')).data).toEqual([]);
    expect(await desk.balance('USDT')).toEqual({ cash: '100000', frozen: '0', available: '100000' });
  });

  it('has the client order id of another order, even of one that has ended', async () => {
    await using desk = await openDesk();
    const { ordId } = await desk.place({ clOrdId: 'twice' });
    expect(await desk.place({ clOrdId: 'twice', sz: '0.02' })).toMatchObject({ ordId: '', sCode: '51016' });
    desk.venue.outside.cancel(ordId);
    expect(await desk.place({ clOrdId: 'twice' })).toMatchObject({ ordId: '', clOrdId: 'twice', sCode: '51016' });
  });

  it('came after the time that it had', async () => {
    await using desk = await openDesk();
    const body = {
      instId: SPOT,
      tdMode: 'cash',
      side: 'buy',
      ordType: 'limit',
      sz: '0.01',
      px: priceAway(desk.venue, 1),
    };
    const place = (expTime: string) => desk.post('/api/v5/trade/order', body, { expTime });
    expect(await place(String(desk.clock.now() - 1))).toMatchObject({ code: '50036', data: [] });
    expect(await place('soon')).toMatchObject({ code: '51000', data: [] });
    expect((await desk.get('/api/v5/trade/orders-pending')).data).toEqual([]);
    expect(await place(String(desk.clock.now()))).toMatchObject({ code: '0' });
  });
});

describe('a cancellation', () => {
  it('is refused for an order that has ended, that never was, or is of another instrument', async () => {
    await using desk = await openDesk();
    const { ordId } = await desk.place();
    const cancel = async (fields: object) => {
      const { code, data } = await desk.post('/api/v5/trade/cancel-order', { instId: SPOT, ordId, ...fields });
      return [code, data[0]?.sCode];
    };
    expect(await cancel({ instId: SWAP })).toEqual(['1', '51603']);
    expect(await cancel({ instId: 'NONE' })).toEqual(['1', '51001']);
    expect(await cancel({ ordId: '1' })).toEqual(['1', '51603']);
    expect(await cancel({ ordId: undefined })).toEqual(['1', '51003']);
    expect(await cancel({})).toEqual(['0', '0']);
    expect(await cancel({})).toEqual(['1', '51400']);
    expect(desk.venue.facts().orderRows.map(({ state }) => state)).toEqual(['live', 'canceled']);
  });
});
