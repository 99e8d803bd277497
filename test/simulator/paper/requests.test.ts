import { describe, expect, it } from 'vitest';
import { writeLogin } from '../../../src/exchanges/okx/account-dialect.ts';
import { signatureHeaders } from '../../../src/exchanges/okx/sign.ts';
import { ask, connectRaw } from '../../support/http-client.ts';
import { connect } from '../replay/venue-client.ts';
import { CREDENTIALS, openDesk, priceAway, SPOT } from './paper-desk.ts';

const BALANCE = '/api/v5/account/balance';
const ORDER = '/api/v5/trade/order';

describe('a request to the paper venue', () => {
  it.each([
    ['without a key', { 'ok-access-key': undefined }, '50103'],
    ['without a passphrase', { 'ok-access-passphrase': undefined }, '50104'],
    ['without a signature', { 'ok-access-sign': undefined }, '50106'],
    ['without a time', { 'ok-access-timestamp': undefined }, '50107'],
    ['with another key', { 'ok-access-key': 'other' }, '50111'],
    ['with another passphrase', { 'ok-access-passphrase': 'other' }, '50105'],
    ['with another signature', { 'ok-access-sign': 'bm8=' }, '50113'],
    ['with a time that is none', { 'ok-access-timestamp': '1795258369' }, '50112'],
    ['with a time of yesterday', { 'ok-access-timestamp': '2026-11-19T04:00:00.000Z' }, '50102'],
  ])('%s is refused', async (_, changes, code) => {
    await using desk = await openDesk();
    const headers = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value ?? '']));
    const { status, text } = await desk.ask({ target: BALANCE, headers });
    expect([status, JSON.parse(text)]).toMatchObject([401, { code, data: [] }]);
  });

  it('that was signed for another query or body is refused', async () => {
    await using desk = await openDesk();
    const signedFor = (target: string, body: string) => {
      const method = body === '' ? 'GET' : 'POST';
      return signatureHeaders({ method, target, body }, CREDENTIALS, desk.clock.now());
    };
    const url = `${desk.venue.restUrl}${BALANCE}?ccy=ETH`;
    expect((await ask({ url, headers: signedFor(`${BALANCE}?ccy=ETH`, '') })).status).toBe(200);
    expect((await ask({ url, headers: signedFor(BALANCE, '') })).status).toBe(401);
    const order = { url: `${desk.venue.restUrl}${ORDER}`, method: 'POST', headers: signedFor(ORDER, '{"sz":"1"}') };
    expect((await ask({ ...order, body: '{"sz":"1"}' })).status).toBe(200);
    expect((await ask({ ...order, body: '{"sz":"9"}' })).status).toBe(401);
  });

  it('that no route serves is answered with 404, 405, 400 or 413', async () => {
    await using desk = await openDesk();
    const statusOf = async (request: Parameters<typeof desk.ask>[0]) => (await desk.ask(request)).status;
    expect(await statusOf({ target: '/api/v5/trade/nothing' })).toBe(404);
    expect(await statusOf({ target: '/' })).toBe(404);
    expect(await statusOf({ method: 'PUT', target: ORDER })).toBe(405);
    expect(await statusOf({ method: 'POST', target: BALANCE, body: '{}' })).toBe(405);
    expect(await statusOf({ method: 'POST', target: ORDER, body: '{' })).toBe(400);
    expect(await statusOf({ method: 'POST', target: ORDER, body: '[]' })).toBe(400);
    expect(await statusOf({ method: 'POST', target: ORDER, body: ' '.repeat(65_537) })).toBe(413);
  });

  it.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.1:99999', 403],
    ['127.0.0.1:0', 403],
    ['localhost:', 403],
    ['localhost', 200],
    ['LOCALHOST:65535', 200],
    ['[::1]:1', 200],
    ['127.0.0.1:8080', 200],
  ])('that came for the host %j is answered with %d', async (host, status) => {
    await using desk = await openDesk();
    const url = `${desk.venue.restUrl}/api/v5/public/time`;
    expect((await ask({ url, headers: { host } })).status).toBe(status);
  });

  it.each([
    ['a request', 'GET /api/v5/public/time HTTP/1.1\r\nHost:\r\n\r\n'],
    ['a request of an old protocol', 'GET /api/v5/public/time HTTP/1.0\r\n\r\n'],
    ['an upgrade', 'GET /ws/v5/public HTTP/1.1\r\nHost: \r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ])('that is %s without a host is refused, and its connection ended', async (_, text) => {
    await using desk = await openDesk();
    const raw = connectRaw(desk.venue.port);
    raw.write(text);
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('that ends in the middle does nothing', async () => {
    await using desk = await openDesk();
    const raw = connectRaw(desk.venue.port);
    raw.write(`POST ${ORDER} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`);
    raw.destroy();
    await raw.closed();
    expect((await desk.get('/api/v5/trade/orders-pending')).data).toEqual([]);
  });

  it('is dropped before or after it was done, or answered otherwise, when a test says so', async () => {
    await using desk = await openDesk();
    desk.venue.interfere = ({ method }) => (method === 'POST' ? 'DROP_BEFORE' : 'PASS');
    await expect(desk.place({ clOrdId: 'lost' })).rejects.toThrow();
    expect((await desk.get('/api/v5/trade/orders-pending')).data).toEqual([]);

    desk.venue.interfere = ({ path }) => (path === ORDER ? 'DROP_AFTER' : 'PASS');
    await expect(desk.place({ clOrdId: 'done' })).rejects.toThrow();
    expect((await desk.get('/api/v5/trade/orders-pending')).data).toMatchObject([{ clOrdId: 'done' }]);

    desk.venue.interfere = () => ({ status: 503, body: '{"code":"50001","msg":"busy","data":[]}' });
    expect(await desk.get(BALANCE)).toEqual({ status: 503, code: '50001', msg: 'busy', data: [] });
    desk.venue.interfere = undefined;
    expect((await desk.get(BALANCE)).status).toBe(200);
  });
});

describe('a list of the paper venue', () => {
  it('has what has ended apart from what works, newest first, page by page', async () => {
    await using desk = await openDesk();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      desk.clock.advance(1000);
      ids.unshift((await desk.place()).ordId);
    }
    const [newest = '', , third = ''] = ids;
    desk.venue.outside.cancel(newest);
    const idsOf = async (path: '/api/v5/trade/orders-pending' | '/api/v5/trade/orders-history', query: string) => {
      return (await desk.get(path, query)).data.map(({ ordId }) => ordId);
    };
    expect(await idsOf('/api/v5/trade/orders-pending', '')).toEqual(ids.slice(1));
    expect(await idsOf('/api/v5/trade/orders-pending', 'limit=2')).toEqual(ids.slice(1, 3));
    expect(await idsOf('/api/v5/trade/orders-pending', `after=${third}`)).toEqual(ids.slice(3));
    expect(await idsOf('/api/v5/trade/orders-pending', `before=${third}`)).toEqual(ids.slice(1, 2));
    expect(await idsOf('/api/v5/trade/orders-pending', 'instType=SWAP')).toEqual([]);
    expect(await idsOf('/api/v5/trade/orders-history', 'instType=SPOT')).toEqual([newest]);
    expect(await idsOf('/api/v5/trade/orders-history', `instType=SPOT&begin=${desk.clock.now()}`)).toEqual([newest]);
    expect(await idsOf('/api/v5/trade/orders-history', `instType=SPOT&begin=${desk.clock.now() + 1}`)).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'after=-1', 'begin=1e3'])('refuses %s', async (query) => {
    await using desk = await openDesk();
    expect(await desk.get('/api/v5/trade/fills', query)).toMatchObject({ status: 200, code: '51000', data: [] });
  });

  it('says that an order is not there', async () => {
    await using desk = await openDesk();
    const answer = await desk.get(ORDER, `instId=${SPOT}&clOrdId=nobody`);
    expect(answer).toMatchObject({ status: 200, code: '51603', data: [] });
    expect(await desk.get(ORDER, `instId=${SPOT}`)).toMatchObject({ code: '51603' });
  });

  it('has fills by the bills that they were written on', async () => {
    await using desk = await openDesk();
    const px = priceAway(desk.venue, 0.9);
    await desk.place({ px, sz: '0.03' });
    for (let count = 0; count < 3; count++) desk.venue.outside.trade(SPOT, px, '0.01');
    const { data } = await desk.get('/api/v5/trade/fills');
    const bills = data.map(({ billId }) => Number(billId));
    expect(bills).toEqual(bills.toSorted((left, right) => right - left));
    const older = await desk.get('/api/v5/trade/fills', `after=${data[0]?.billId}&limit=1`);
    expect(older.data).toEqual([data[1]]);
    expect(new Set(data.map(({ tradeId }) => tradeId)).size).toBe(3);
  });
});

describe('a login at the paper venue', () => {
  it.each([
    ['another key', { apiKey: 'other' }, 0, '60005'],
    ['another secret', { secret: 'other' }, 0, '60007'],
    ['another passphrase', { passphrase: 'other' }, 0, '60024'],
    ['a clock that is a minute slow', {}, -60_000, '60006'],
  ])('is refused with %s, and nothing can be subscribed to', async (_, changes, driftMs, code) => {
    await using desk = await openDesk();
    await using client = await connect(`${desk.venue.url}/ws/v5/private`);
    client.send(writeLogin({ ...CREDENTIALS, ...changes }, desk.clock.now() + driftMs));
    client.send('{"op":"subscribe","args":[{"channel":"orders","instType":"ANY"},{"channel":"account"}]}');
    const codes = (await client.take()).map((text) => JSON.parse(text).code);
    expect(codes).toEqual([code, '60011', '60011']);
    await desk.place();
    expect(await client.take()).toEqual([]);
  });

  it('answers what is no request, and channels that it has not', async () => {
    await using desk = await openDesk();
    await using client = await desk.follow();
    for (const text of ['nonsense', '{}', '{"op":"login","args":[{}]}', '{"op":"subscribe","args":[]}'])
      client.send(text);
    client.send('{"op":"subscribe","args":[{"channel":"grid"}]}');
    const codes = (await client.take()).map((text) => JSON.parse(text).code);
    expect(codes).toEqual(['60012', '60012', '60012', '60012', '60018']);
  });

  it('ends with the connection, as do all when the venue loses them', async () => {
    await using desk = await openDesk();
    await using client = await desk.follow();
    await using market = await connect(`${desk.venue.url}/ws/v5/public`);
    const closed = [client, market].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
    desk.venue.disconnect();
    await Promise.all(closed);
    await using again = await desk.follow();
    await desk.place();
    expect(await again.take()).toHaveLength(2);
  });
});
