import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename
  ... on Order { id orderId clientOrderId status type timeInForce price volume filledVolume fills { volume } }
  ... on OrderRejected { code message venueCode }
} }`;
const CANCEL = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) {
  __typename
  ... on Order { clientOrderId status }
  ... on OrderRejected { code message }
  ... on NotFound { code }
} }`;
const EVENTS = `subscription ($after: Cursor) { orderEvents(accountCookie: "paper", after: $after) {
  __typename
  ... on OrderSnapshot { cursor orders { clientOrderId status } }
  ... on OrderEvent { cursor seq kind order { clientOrderId status } fill { volume } }
} }`;

const RESTING = {
  ...{ gateway: 'paper', accountCookie: 'paper', symbol: 'BTC-USDT', side: 'BUY' },
  ...{ volume: '0.01', price: '30000' },
};

async function startDesk(folder?: string): Promise<TestDeskgraph> {
  const desk = await startDeskgraph({ isClockRunning: true, ...(folder === undefined ? {} : { folder }) });
  for await (const { data } of desk.events('subscription { gatewayStatus(name: "paper") { state } }')) {
    if (data.gatewayStatus.state === 'CONNECTED') return desk;
  }
  throw new Error('the gateway never came');
}

describe('the simulated desk', () => {
  let desk: TestDeskgraph;
  const place = async (input: object) => (await desk.ask(PLACE, { input })).data?.placeOrder;
  const cancel = async (input: object) =>
    (await desk.ask(CANCEL, { input: { accountCookie: 'paper', ...input } })).data?.cancelOrder;
  beforeAll(async () => {
    desk = await startDesk();
  });
  afterAll(() => desk.close());

  it('places, shows, finds and cancels an order, and reports every step', async () => {
    const events = desk.events(EVENTS);
    expect((await events.next()).value?.data.orderEvents).toMatchObject({ __typename: 'OrderSnapshot', orders: [] });
    const order = await place({ ...RESTING, clientOrderId: 'first' });
    expect(order).toMatchObject({ status: 'OPEN', timeInForce: 'GTC', type: 'LIMIT', filledVolume: '0' });
    const { data } = await desk.ask(
      `query ($orderId: String!, $id: ID!) {
        openOrders(accountCookie: "paper") { orderId }
        byOrderId: order(accountCookie: "paper", orderId: $orderId) { id }
        byClientOrderId: order(accountCookie: "paper", clientOrderId: "first") { id }
        node(id: $id) { ... on Order { orderId } }
        balances(accountCookie: "paper") { currency total available }
      }`,
      { orderId: order.orderId, id: order.id },
    );
    expect(data).toMatchObject({
      openOrders: [{ orderId: order.orderId }],
      byOrderId: { id: order.id },
      byClientOrderId: { id: order.id },
      node: { orderId: order.orderId },
    });
    const dollars = data.balances.find(({ currency }: { currency: string }) => currency === 'USDT');
    expect(Number(dollars.total) - Number(dollars.available)).toBeCloseTo(300, 0);
    expect(await cancel({ clientOrderId: 'first' })).toMatchObject({ clientOrderId: 'first', status: 'CANCELLED' });
    const told = [(await events.next()).value, (await events.next()).value].map((result) => result?.data.orderEvents);
    expect(told).toMatchObject([
      { seq: 1, kind: 'ACCEPTED', order: { clientOrderId: 'first', status: 'OPEN' } },
      { seq: 2, kind: 'CANCELLED', order: { clientOrderId: 'first', status: 'CANCELLED' } },
    ]);
    await events.return();
  });

  it('fills a market order and shows what it changed, live and when asked', async () => {
    const updates = desk.events(
      'subscription { positionUpdates(accountCookie: "paper") { seq position { instrumentId volumeLong } } }',
    );
    const pending = updates.next();
    const swap = { gateway: 'paper', accountCookie: 'paper', symbol: 'BTC-USDT-SWAP', type: 'MARKET', volume: '2' };
    expect(await place({ ...swap, side: 'BUY', clientOrderId: 'long' })).toMatchObject({ status: 'FILLED' });
    const { value } = await pending;
    expect(value?.data.positionUpdates.position).toEqual({ instrumentId: 'BTC-USDT-SWAP', volumeLong: 2 });
    const { data } = await desk.ask('{ positions(accountCookie: "paper") { position { instrumentId volumeLong } } }');
    expect(data.positions).toEqual([{ position: { instrumentId: 'BTC-USDT-SWAP', volumeLong: 2 } }]);
    expect(await place({ ...swap, side: 'SELL', clientOrderId: 'flat' })).toMatchObject({ status: 'FILLED' });
    for await (const { data: update } of updates) if (update.positionUpdates.position.volumeLong === 0) break;
    const after = await desk.ask('{ positions(accountCookie: "paper") { seq } }');
    expect(after.data.positions).toEqual([]);
  });

  it.each([
    ['zero', { volume: '0' }, /above zero/],
    ['zero with decimals', { volume: '0.000' }, /above zero/],
    ['a negative volume', { volume: '-1' }, /above zero/],
    ['a negative price', { price: '-1' }, /above zero/],
    ['a zero price', { price: '0' }, /above zero/],
    ['40 digits', { volume: '1234567890123456789012345678901234567890' }, /at most 32 digits/],
    ['40 digits behind the point', { price: '0.1234567890123456789012345678901234567890' }, /at most 32 digits/],
    ['a limit without a price', { price: null }, /no price/],
    ['a market order with a price', { type: 'MARKET' }, /wanted none/],
    ['a market order that waits', { type: 'MARKET', price: null, timeInForce: 'GTC' }, /wanted none/],
    ['a time in force that the venue does not have', { timeInForce: 'GTD' }, /GTD/],
    ['an empty symbol', { symbol: '' }, /symbol/],
    ['a clientOrderId with a dash', { clientOrderId: 'a-b' }, /clientOrderId/],
    ['an empty clientOrderId', { clientOrderId: '' }, /clientOrderId/],
    ['33 characters', { clientOrderId: 'a'.repeat(33) }, /clientOrderId/],
    ['an unknown gateway', { gateway: 'nowhere' }, /no gateway "nowhere"/],
    ['an account that the gateway does not carry', { accountCookie: 'demo-cta' }, /no gateway/],
  ])('refuses %s, and nothing is half done', async (_what, changes, message) => {
    const refused = await place({ ...RESTING, clientOrderId: 'wrong', ...changes });
    expect(refused).toMatchObject({ __typename: 'OrderRejected', code: 'BAD_USER_INPUT', venueCode: null });
    expect(refused.message).toMatch(message);
    const { data } = await desk.ask('{ order(accountCookie: "paper", clientOrderId: "wrong") { status } }');
    expect(data.order).toBeNull();
  });

  it.each([
    ['NaN', 'NaN'],
    ['an exponent', '1e3'],
    ['Infinity', 'Infinity'],
    ['a number instead of a text', 0.01],
    ['an empty text', ''],
  ])('takes %s for no decimal', async (_what, volume) => {
    const { data, errors } = await desk.ask(PLACE, { input: { ...RESTING, clientOrderId: 'wrong', volume } });
    expect(data?.placeOrder ?? null).toBeNull();
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['an unknown symbol', { symbol: 'NO-SUCH' }, '51001'],
    ['more than there is', { volume: '1000' }, '51008'],
    ['less than the smallest size', { volume: '0.0000001' }, '51020'],
    ['a price far away', { price: '0.1' }, '51006'],
  ])("answers the venue's refusal of %s with its code, and repeats it", async (what, changes, venueCode) => {
    const input = { ...RESTING, clientOrderId: what.replaceAll(' ', '').slice(0, 32), ...changes };
    const refused = { __typename: 'OrderRejected', code: 'ORDER_REJECTED', venueCode };
    expect(await place(input)).toMatchObject(refused);
    expect(await place(input)).toMatchObject(refused);
  });

  it('refuses a clientOrderId with other content, and answers the first order to the same', async () => {
    const first = await place({ ...RESTING, clientOrderId: 'twice' });
    expect(await place({ ...RESTING, clientOrderId: 'twice', volume: '0.010' })).toEqual(first);
    expect(await place({ ...RESTING, clientOrderId: 'twice', volume: '0.02' })).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    await cancel({ clientOrderId: 'twice' });
  });

  it('refuses to cancel what has ended, and knows nothing of what never was', async () => {
    expect(await cancel({ clientOrderId: 'twice' })).toMatchObject({ code: 'ORDER_REJECTED' });
    expect(await cancel({ clientOrderId: 'never' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await cancel({ orderId: '1', gateway: 'paper', symbol: 'BTC-USDT' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await cancel({ accountCookie: 'demo-cta', orderId: '1' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await cancel({})).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await cancel({ orderId: '1', clientOrderId: 'b' })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('takes no order while its gateway is switched off', async () => {
    const set = (isEnabled: boolean) =>
      desk.ask(
        'mutation ($isEnabled: Boolean!) { setGatewayEnabled(name: "paper", isEnabled: $isEnabled) { __typename } }',
        {
          isEnabled,
        },
      );
    expect((await set(false)).errors).toEqual([]);
    expect(await place({ ...RESTING, clientOrderId: 'off' })).toMatchObject({ code: 'GATEWAY_DOWN' });
    await set(true);
    await expect
      .poll(async () => (await place({ ...RESTING, clientOrderId: 'off' })).status, { timeout: 15_000 })
      .toBe('OPEN');
  });

  it('answers null for an account that is not there, and the QIFI state of one without a gateway', async () => {
    const { data } = await desk.ask(`{
      openOrders(accountCookie: "none") { orderId }
      positions(accountCookie: "none") { seq }
      balances(accountCookie: "none") { seq }
      order(accountCookie: "none", orderId: "1") { orderId }
      held: positions(accountCookie: "demo-cta") { gateway position { instrumentId } }
      owned: balances(accountCookie: "demo-cta") { gateway currency total }
    }`);
    expect(data).toMatchObject({ openOrders: null, positions: null, balances: null, order: null });
    expect(data.owned).toMatchObject([{ gateway: null, currency: 'CNY' }]);
    expect(data.held.every(({ gateway }: { gateway: string | null }) => gateway === null)).toBe(true);
  });
});

it('orders, their ids and their stream outlive the server', async () => {
  using folder = temporaryFolder();
  const first = await startDesk(folder.path);
  await first.ask(PLACE, { input: { ...RESTING, clientOrderId: 'kept' } });
  const events = first.events(EVENTS);
  const { value } = await events.next();
  const after = value?.data.orderEvents.cursor;
  await events.return();
  await first.close();

  const second = await startDesk(folder.path);
  try {
    const again = await second.ask(PLACE, { input: { ...RESTING, clientOrderId: 'kept' } });
    expect(again.data.placeOrder).toMatchObject({ status: 'OPEN' });
    await second.ask(CANCEL, { input: { accountCookie: 'paper', clientOrderId: 'kept' } });
    const resumed = second.events(EVENTS, { after });
    expect((await resumed.next()).value?.data.orderEvents).toMatchObject({ seq: 2, kind: 'CANCELLED' });
    await resumed.return();
  } finally {
    await second.close();
  }
});
