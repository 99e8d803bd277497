import { describe, expect, it } from 'vitest';
import type { OkxAccountRow, OkxOrderRow, OkxPositionRow } from '../../../src/exchanges/okx/account-dialect.ts';
import { minus, plus, times } from '../../../src/simulator/paper/decimal.ts';
import { first, openDesk, priceAway, rowsOf, SPOT, SWAP } from './paper-desk.ts';

describe('an order of the paper venue', () => {
  it('takes the depth level by level, and the rest of it rests', async () => {
    await using desk = await openDesk();
    const [best, second, third] = desk.venue.outside.quotes(SPOT).asks;
    if (best === undefined || second === undefined || third === undefined) throw new Error('there is no depth');
    const depth = plus(best.sz, second.sz);
    const { ordId, sCode } = await desk.place({ px: second.px, sz: plus(depth, '0.1') });
    expect(sCode).toBe('0');
    expect(await desk.order(ordId)).toMatchObject({ state: 'partially_filled', accFillSz: depth });
    const { data: fills } = await desk.get('/api/v5/trade/fills');
    expect(fills.map(({ fillPx, fillSz, execType }) => [fillPx, fillSz, execType])).toEqual([
      [second.px, second.sz, 'T'],
      [best.px, best.sz, 'T'],
    ]);
    // The depth that was taken is gone.
    expect(desk.venue.outside.quotes(SPOT).asks[0]).toEqual(third);
  });

  it('is charged 0.1 % of what it takes and 0.08 % of what it makes, out of what it receives', async () => {
    await using desk = await openDesk();
    await desk.place({ ordType: 'market', px: '', sz: '0.01', tgtCcy: 'base_ccy' });
    const px = priceAway(desk.venue, 1.1);
    await desk.place({ side: 'sell', sz: '0.5', px });
    desk.venue.outside.trade(SPOT, px, '2');
    const { data: fills } = await desk.get('/api/v5/trade/fills');
    expect(fills.map(({ fee, feeCcy, execType }) => [fee, feeCcy, execType])).toEqual([
      [times('-0.5', px, '0.0008'), 'USDT', 'M'],
      ['-0.00001', 'BTC', 'T'],
    ]);
    expect((await desk.balance('BTC')).cash).toBe('1.50999');
  });

  it('keeps from other orders what it may still need', async () => {
    await using desk = await openDesk();
    const px = priceAway(desk.venue, 0.9);
    const { ordId } = await desk.place({ sz: '1', px });
    expect(await desk.balance('USDT')).toEqual({ cash: '100000', frozen: px, available: minus('100000', px) });
    expect((await desk.place({ sz: '2', px })).sCode).toBe('51008');
    desk.venue.outside.trade(SPOT, px, '0.25');
    expect((await desk.balance('USDT')).frozen).toBe(times(px, '0.75'));
    await desk.post('/api/v5/trade/cancel-order', { instId: SPOT, ordId });
    expect(await desk.balance('USDT')).toMatchObject({ frozen: '0', cash: minus('100000', times(px, '0.25')) });
  });

  it('is filled in parts by prints that reach its price, the best price first and then the oldest', async () => {
    await using desk = await openDesk();
    const [high, low] = [priceAway(desk.venue, 0.9), priceAway(desk.venue, 0.89)];
    const { ordId: cheap } = await desk.place({ px: low, sz: '0.1' });
    const { ordId: older } = await desk.place({ px: high, sz: '0.1' });
    const { ordId: younger } = await desk.place({ px: high, sz: '0.1' });
    const filled = () => Promise.all([cheap, older, younger].map(async (id) => (await desk.order(id)).accFillSz));

    desk.venue.outside.trade(SPOT, high, '0.13');
    expect(await filled()).toEqual(['0', '0.1', '0.03']);
    desk.venue.outside.trade(SPOT, low, '0.1');
    expect(await filled()).toEqual(['0.03', '0.1', '0.1']);
    expect(await desk.order(younger)).toMatchObject({ state: 'filled', avgPx: high, fillSz: '0.07' });
  });

  it.each([
    ['post_only that would take', { ordType: 'post_only' }, { cancelSource: '31', accFillSz: '0' }],
    ['fok that is larger than the depth', { ordType: 'fok', sz: '1.9' }, { cancelSource: '13', accFillSz: '0' }],
    ['the rest of an ioc', { ordType: 'ioc', sz: '1.9' }, { cancelSource: '14' }],
  ])('cancels at once %s', async (_, fields, expected) => {
    await using desk = await openDesk();
    const [best] = desk.venue.outside.quotes(SPOT).bids;
    const { ordId, sCode } = await desk.place({ side: 'sell', px: best?.px, ...fields });
    expect(sCode).toBe('0');
    const accFillSz = fields.ordType === 'ioc' ? { accFillSz: best?.sz } : {};
    expect(await desk.order(ordId)).toMatchObject({ state: 'canceled', ...expected, ...accFillSz });
    expect((await desk.balance('BTC')).frozen).toBe('0');
  });

  it('fills a fok that the depth has in whole', async () => {
    await using desk = await openDesk();
    const [best] = desk.venue.outside.quotes(SPOT).bids;
    const { ordId } = await desk.place({ side: 'sell', ordType: 'fok', px: best?.px, sz: '0.01' });
    expect(await desk.order(ordId)).toMatchObject({ state: 'filled', avgPx: best?.px });
  });

  it('takes all depth for a market order and cancels the rest', async () => {
    await using desk = await openDesk({ balances: { USDT: '10', BTC: '100000' } });
    const { bids } = desk.venue.outside.quotes(SPOT);
    const { ordId } = await desk.place({ side: 'sell', ordType: 'market', sz: '100000' });
    const whole = plus(...bids.map(({ sz }) => sz));
    expect(await desk.order(ordId)).toMatchObject({ state: 'canceled', accFillSz: whole, px: '' });
    // There is nobody left to sell to.
    expect(desk.venue.outside.quotes(SPOT).bids).toEqual([]);
    const { ordId: late } = await desk.place({ side: 'sell', ordType: 'market', sz: '1' });
    expect(await desk.order(late)).toMatchObject({ state: 'canceled', accFillSz: '0', avgPx: '' });
  });

  it('spends a sum of the quote currency, unless a market buy says that it is in coins', async () => {
    await using desk = await openDesk();
    const [best] = desk.venue.outside.quotes(SPOT).asks;
    const { ordId } = await desk.place({ ordType: 'market', px: '', sz: '1000' });
    const { accFillSz, state } = await desk.order(ordId);
    const spent = times(accFillSz, best?.px ?? '');
    expect(state).toBe('filled');
    expect(Number(spent)).toBeGreaterThan(999.99);
    expect(Number(spent)).toBeLessThanOrEqual(1000);
    expect((await desk.balance('USDT')).cash).toBe(minus('100000', spent));

    const [bid] = desk.venue.outside.quotes(SPOT).bids;
    const sold = await desk.place({ side: 'sell', ordType: 'market', px: '', sz: '1000', tgtCcy: 'quote_ccy' });
    const row = await desk.order(sold.ordId);
    expect([row.state, row.avgPx]).toEqual(['filled', bid?.px]);
    expect(Number(times(row.accFillSz, row.avgPx))).toBeCloseTo(1000, 2);
  });

  it('can be named by the client, and be asked for and cancelled by that name', async () => {
    await using desk = await openDesk();
    const { ordId } = await desk.place({ clOrdId: 'desk0001' });
    const asked = await desk.get('/api/v5/trade/order', `instId=${SPOT}&clOrdId=desk0001`);
    expect(first(asked.data)).toMatchObject({ ordId, state: 'live' });
    const cancelled = await desk.post('/api/v5/trade/cancel-order', { instId: SPOT, clOrdId: 'desk0001' });
    expect(first(cancelled.data)).toMatchObject({ ordId, clOrdId: 'desk0001', sCode: '0' });
  });
});

describe('a position of the paper venue', () => {
  const order = { instId: SWAP, tdMode: 'cross', ordType: 'market', px: '' };

  it('is averaged, reduced, turned and closed, and its profit is paid', async () => {
    await using desk = await openDesk();
    const position = async () => (await desk.get('/api/v5/account/positions')).data;
    const bought = await desk.place({ ...order, side: 'buy', sz: '10' });
    const { avgPx: price } = await desk.order(bought.ordId, SWAP);
    expect(await position()).toMatchObject([{ instId: SWAP, pos: '10', avgPx: price, posSide: 'net' }]);

    const higher = priceAway(desk.venue, 1.1, SWAP);
    await desk.place({ ...order, side: 'sell', ordType: 'limit', sz: '4', px: higher });
    desk.venue.outside.trade(SWAP, higher, '4');
    const gain = times('0.04', minus(higher, price));
    const fees = plus(times('0.1', price, '-0.001'), times('0.04', higher, '-0.0008'));
    expect(await position()).toMatchObject([{ pos: '6', avgPx: price, realizedPnl: plus(gain, fees) }]);
    expect((await desk.balance('USDT')).cash).toBe(plus('100000', gain, fees));

    const [bid] = desk.venue.outside.quotes(SWAP).bids;
    await desk.place({ ...order, side: 'sell', sz: '9' });
    expect(await position()).toMatchObject([{ pos: '-3', avgPx: bid?.px }]);
    await desk.place({ ...order, side: 'buy', sz: '3' });
    expect(await position()).toEqual([]);
  });

  it('is only reduced by a reduce-only order, whose rest is cancelled with the position gone', async () => {
    await using desk = await openDesk();
    expect((await desk.place({ ...order, side: 'sell', sz: '5', reduceOnly: true })).sCode).toBe('51169');
    await desk.place({ ...order, side: 'buy', sz: '5' });
    expect((await desk.place({ ...order, side: 'buy', sz: '5', reduceOnly: true })).sCode).toBe('51169');

    const px = priceAway(desk.venue, 1.1, SWAP);
    const resting = await desk.place({ ...order, side: 'sell', ordType: 'limit', px, sz: '2', reduceOnly: true });
    const taking = await desk.place({ ...order, side: 'sell', sz: '9', reduceOnly: 'true' });
    expect(await desk.order(taking.ordId, SWAP)).toMatchObject({ state: 'canceled', accFillSz: '5' });
    expect(await desk.order(resting.ordId, SWAP)).toMatchObject({ state: 'canceled', cancelSource: '22' });
    expect((await desk.get('/api/v5/account/positions')).data).toEqual([]);
  });

  it('needs margin, which is not there for others', async () => {
    await using desk = await openDesk();
    expect((await desk.place({ ...order, side: 'buy', sz: '1000000' })).sCode).toBe('51008');
    await desk.place({ ...order, side: 'buy', sz: '60' });
    const { available, cash } = await desk.balance('USDT');
    const [{ imr = '' } = {}] = (await desk.get('/api/v5/account/positions')).data;
    expect(Number(imr)).toBeGreaterThan(0);
    expect(available).toBe(minus(cash, imr));
  });
});

describe('the private socket of the paper venue', () => {
  it('pushes a row for each placing, fill and cancelling, and nothing of orders before', async () => {
    await using desk = await openDesk();
    await desk.place({ clOrdId: 'before' });
    await using client = await desk.follow();
    const px = priceAway(desk.venue, 0.9);
    const { ordId } = await desk.place({ px, sz: '0.3', clOrdId: 'mine' });
    desk.venue.outside.trade(SPOT, px, '0.11');
    await desk.post('/api/v5/trade/cancel-order', { instId: SPOT, ordId });
    const rows = rowsOf<OkxOrderRow>(await client.take(), 'orders').filter(({ clOrdId }) => clOrdId === 'mine');
    expect(rows.map(({ state, accFillSz, fillSz, tradeId }) => [state, accFillSz, fillSz, tradeId !== ''])).toEqual([
      ['live', '0', '0', false],
      ['partially_filled', '0.1', '0.1', true],
      ['canceled', '0.1', '0', false],
    ]);
    expect(desk.venue.facts().orderRows.filter(({ clOrdId }) => clOrdId === 'mine')).toEqual(rows);
  });

  it('pushes the balances that an order touches, and the position that it changes', async () => {
    await using desk = await openDesk();
    await using client = await desk.follow();
    await desk.place({ instId: SWAP, tdMode: 'cross', side: 'sell', ordType: 'market', sz: '3' });
    const texts = await client.take();
    expect(rowsOf<OkxPositionRow>(texts, 'positions')).toMatchObject([{ instId: SWAP, pos: '-3' }]);
    const [account] = rowsOf<OkxAccountRow>(texts, 'account');
    expect(account?.details.map(({ ccy }) => ccy)).toEqual(['USDT']);

    await desk.place({ instId: SWAP, tdMode: 'cross', side: 'buy', ordType: 'market', sz: '3' });
    expect(rowsOf<OkxPositionRow>(await client.take(), 'positions')).toMatchObject([{ pos: '0', avgPx: '' }]);
  });
});
