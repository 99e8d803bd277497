import { expect, it } from 'vitest';
import { openAccountDesk, order, shown } from './account-desk.ts';

const PLACE = '/api/v5/trade/order';

it('a ban turns the status of the gateway, with the reason, and refuses orders until it is over', async () => {
  await using desk = await openAccountDesk();
  // The venue's clock is measured, too, when the gateway starts.
  await desk.pass(1_000);
  const from = desk.clock.now();
  let asked = 0;
  desk.venue.interfere = () => {
    asked += 1;
    return { status: 418, body: '' };
  };
  const restConnection = () => desk.gateway.status().connections.find(({ kind }) => kind === 'REST');
  expect(restConnection()).toMatchObject({ state: 'CONNECTED', queuedRequests: 0, droppedRequests: 0 });
  expect(shown(await desk.session.placeOrder(order('a')))).toBe('UNKNOWN');
  const until = '2026-11-20T04:02:01.000Z';
  const reason = `REST: the venue answers nobody here until ${until}: it answered HTTP 418`;
  expect(desk.gateway.status()).toMatchObject({ state: 'DEGRADED', stateReason: reason });
  expect(restConnection()).toMatchObject({ state: 'DISCONNECTED', nextAttemptAt: from + 120_000 });
  const refused = await desk.session.placeOrder(order('b'));
  const message = `the gateway is DISCONNECTED: the venue answers nobody here until ${until}: it answered HTTP 418`;
  expect(refused).toMatchObject({ type: 'REFUSED', code: 'GATEWAY_DOWN', message });
  expect(shown(await desk.session.cancelOrder({ clientOrderId: 'a' }))).toBe('GATEWAY_DOWN');
  await desk.pass(119_000);
  expect(asked).toBe(1);
  desk.venue.interfere = ({ method, path }) => {
    if (method === 'POST' && path === PLACE) asked += 1;
    return 'PASS';
  };
  await desk.pass(30_000);
  expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', stateReason: null });
  expect(shown(await desk.session.placeOrder(order('b')))).toBe('OPEN');
  expect(asked).toBe(2);
});
