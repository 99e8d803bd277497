import { expect, it } from 'vitest';
import { type AccountDesk, openAccountDesk, order, shown } from './account-desk.ts';

const TIME_PATH = '/api/v5/public/time';

/** The paper venue has our clock; this is what it says of it. */
function tellTime(desk: AccountDesk, aheadMs: number): void {
  const body = () => JSON.stringify({ code: '0', msg: '', data: [{ ts: String(desk.clock.now() + aheadMs) }] });
  desk.venue.interfere = ({ path }) => (path === TIME_PATH ? { status: 200, body: body() } : 'PASS');
}

it('a venue whose clock is far from ours makes the gateway say so, until it is not any more', async () => {
  await using desk = await openAccountDesk({ isStarted: false });
  tellTime(desk, 20_000);
  desk.gateway.start();
  await desk.untilState('DEGRADED');
  expect(desk.gateway.status().stateReason).toBe("PRIVATE: our clock is 20000 ms behind the venue's");
  expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
  desk.venue.interfere = undefined;
  await desk.pass(3_601_000);
  expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', stateReason: null });
});

it('until when a venue may take an order is told by its own clock', async () => {
  await using desk = await openAccountDesk({ isStarted: false });
  // By a clock that is so far behind, an order that may be taken for five seconds has expired by ours.
  tellTime(desk, -20_000);
  desk.gateway.start();
  await desk.untilState('DEGRADED');
  const outcome = await desk.session.placeOrder(order('a'));
  expect(outcome).toMatchObject({ type: 'REFUSED', code: 'ORDER_REJECTED', venueCode: '50036' });
});
