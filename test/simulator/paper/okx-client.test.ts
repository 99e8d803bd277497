import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { createOkxAccount } from '../../../src/exchanges/okx/account.ts';
import type { AccountEvent, VenueRequest } from '../../../src/exchanges/venue-account.ts';
import { ask } from '../../support/http-client.ts';
import { connect } from '../replay/venue-client.ts';
import { CREDENTIALS, openDesk, type PaperDesk, priceAway, SPOT, SWAP } from './paper-desk.ts';

/** The gateway's own words, sent to the venue as the gateway would. */
function clientOf(desk: PaperDesk) {
  const { url, restUrl } = desk.venue;
  const heartbeat = { kind: 'text', ping: 'ping', pong: 'pong', intervalMs: 20_000, timeoutMs: 10_000 } as const;
  const { socket, rest } = createOkxAccount({ origin: url, restOrigin: restUrl, heartbeat });
  const send = async <Value>(request: VenueRequest<Value>): Promise<Value> => {
    const { method, target, body } = request;
    const headers = { ...request.headers, ...rest.sign(request, CREDENTIALS, desk.clock.now()) };
    const answer = request.read(await ask({ url: `${rest.url}${target}`, method, headers, body }));
    if (answer.type !== 'DONE') throw new Error(JSON.stringify(answer));
    return answer.value;
  };
  return { socket, rest, send };
}

const request = (fields: Partial<OrderRequest>): OrderRequest => ({
  gateway: 'paper',
  accountCookie: 'paper',
  symbol: SPOT,
  side: 'BUY',
  type: 'LIMIT',
  volume: '0.2',
  price: null,
  timeInForce: 'GTC',
  offset: 'OPEN',
  reduceOnly: false,
  marginMode: null,
  clientOrderId: 'desk1',
  ...fields,
});

describe('the paper venue, read by the gateway', () => {
  it('says of orders, fills, positions and balances what happened', async () => {
    await using desk = await openDesk();
    const { rest, send, socket } = clientOf(desk);
    await using client = await connect(socket.url);
    client.send(socket.login(CREDENTIALS, desk.clock.now()));
    for (const text of socket.subscribe(['orders', 'positions', 'balances'])) client.send(text);
    const read = socket.createReader();
    const events = async (): Promise<AccountEvent[]> =>
      (await client.take()).flatMap((text) => [...read(text, desk.clock.now())]);
    const snapshot = await events();
    expect(snapshot.filter(({ type }) => type !== 'BALANCE').map(({ type }) => type)).toEqual([
      'LOGGED_IN',
      'SUBSCRIBED',
      'SUBSCRIBED',
      'SUBSCRIBED',
    ]);

    const price = priceAway(desk.venue, 0.9);
    const expiresAt = desk.clock.now() + 5000;
    const { orderId } = await send(rest.placeOrder(request({ price }), expiresAt));
    desk.venue.outside.trade(SPOT, price, '0.05');
    const reports = (await events()).flatMap((event) => (event.type === 'ORDER' ? [event.report] : []));
    expect(reports).toMatchObject([
      { orderId, clientOrderId: 'desk1', status: 'OPEN', fills: [] },
      { orderId, status: 'PARTIALLY_FILLED', filledVolume: '0.05', fills: [{ price, volume: '0.05' }] },
    ]);
    expect(await send(rest.order(SPOT, { clientOrderId: 'desk1' }))).toMatchObject({ orderId, filledVolume: '0.05' });
    expect((await send(rest.openOrders())).items).toMatchObject([{ orderId, status: 'PARTIALLY_FILLED' }]);
    await send(rest.cancelOrder(SPOT, { orderId }));
    expect((await send(rest.finishedOrders('SPOT', 0))).items).toMatchObject([{ orderId, status: 'CANCELLED' }]);
    expect((await send(rest.fills(0))).items).toMatchObject([{ orderId, fill: { price, fee: '0.00004' } }]);

    const swap = { symbol: SWAP, type: 'MARKET', side: 'SELL', volume: '3', timeInForce: null } as const;
    await send(rest.placeOrder(request({ ...swap, clientOrderId: 'desk2' }), expiresAt));
    expect(await send(rest.positions())).toMatchObject([{ volumeShort: 3, volumeLong: 0 }]);
    expect((await send(rest.balances())).map(({ currency }) => currency)).toEqual(['USDT', 'BTC', 'ETH']);
    const late = await events();
    expect(late.filter(({ type }) => type === 'UNREADABLE' || type === 'TROUBLE')).toEqual([]);
    expect(late.filter(({ type }) => type === 'POSITION')).toMatchObject([{ position: { volumeShort: 3 } }]);
  });

  it('refuses for certain, and knows of no order that was refused', async () => {
    await using desk = await openDesk();
    const { rest, send } = clientOf(desk);
    const place = (fields: Partial<OrderRequest>, expiresAt: number) =>
      send(rest.placeOrder(request({ price: priceAway(desk.venue, 0.9), ...fields }), expiresAt));
    const now = desk.clock.now();
    await expect(place({}, now - 1)).rejects.toThrow(/"REFUSED","code":"50036"/);
    await expect(place({ volume: '50' }, now + 1)).rejects.toThrow(/"REFUSED","code":"51008"/);
    await expect(place({ symbol: 'NONE' }, now + 1)).rejects.toThrow(/"REFUSED","code":"51001"/);
    await expect(send(rest.order(SPOT, { clientOrderId: 'desk1' }))).rejects.toThrow(/"NOT_FOUND"/);
    await expect(send(rest.cancelOrder(SPOT, { orderId: '1' }))).rejects.toThrow(/"NOT_FOUND"/);
    await place({}, now);
    // Which may be the same order, when its request came twice.
    await expect(place({}, now)).rejects.toThrow(/"UNCLEAR","reason":"Duplicated client order ID"/);
  });
});
