import { expect, it } from 'vitest';
import type { OrderEvent, RecordedOrderChange } from '../../../src/domain/live-order.ts';
import { createSeededRandom } from '../../../src/simulator/seeded-random.ts';
import { type AccountDesk, openAccountDesk, order } from './account-desk.ts';

const EVENTS = 5_000;
const CUTS = 200;
const RESTARTS = 5;
const FATES = ['DROP_BEFORE', 'DROP_AFTER', { status: 503, body: 'busy' }] as const;

/** One thing at random that happens at the venue. */
function happen({ venue, session }: AccountDesk, random: () => number, step: number): void {
  const { outside } = venue;
  const best = outside.quotes('BTC-USDT').bids[0]?.px ?? '0';
  const price = (Number(best) - Math.floor(random() * 20)).toFixed(1);
  const chance = random();
  if (chance < 0.4) {
    outside.place({ instId: 'BTC-USDT', side: 'buy', ordType: 'limit', px: price, sz: '0.0003', clOrdId: `o${step}` });
    return;
  }
  if (chance < 0.5) {
    // Whatever comes of it, each order is at the venue at most once.
    void session.placeOrder(order(`s${step}`, { price, volume: '0.0002' })).catch(() => {});
    return;
  }
  if (chance < 0.85) {
    outside.trade('BTC-USDT', price, '0.0004');
    return;
  }
  const [some] = workingOrders(venue);
  if (some !== undefined) outside.cancel(some);
}

/** Of those of which something happened lately. */
function workingOrders(venue: AccountDesk['venue']): string[] {
  const states = new Map(
    venue
      .facts()
      .orderRows.slice(-200)
      .map(({ ordId, state }) => [ordId, state]),
  );
  return [...states].filter(([, state]) => state === 'live' || state === 'partially_filled').map(([ordId]) => ordId);
}

/** What the venue's own record says has happened. */
function expectedStory({ venue }: AccountDesk): string[] {
  const { orderRows, fills } = venue.facts();
  const ids = new Set(orderRows.map(({ ordId }) => ordId));
  const cancelled = orderRows.filter(({ state }) => state === 'canceled').map(({ ordId }) => `CANCELLED ${ordId}`);
  return [
    ...[...ids].map((ordId) => `ACCEPTED ${ordId}`),
    ...fills.map(({ ordId, tradeId, fillSz }) => `FILL ${ordId} ${tradeId} ${fillSz}`),
    ...cancelled,
  ].sort();
}

function storyOf(events: readonly RecordedOrderChange[]): string[] {
  const told = events.flatMap(({ kind, order: { orderId }, fill }) => {
    if (fill !== null) return [`FILL ${orderId} ${fill.tradeId} ${fill.volume}`];
    return kind === 'ACCEPTED' || kind === 'CANCELLED' ? [`${kind} ${orderId}`] : [];
  });
  return told.sort();
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it(`${EVENTS} order events reach a subscriber exactly once over ${CUTS} cuts of the venue's connection, ${CUTS} of its own, and restarts`, async () => {
  await using desk = await openAccountDesk();
  const random = createSeededRandom(4);
  const received: OrderEvent[] = [];
  let after: string | undefined;

  /** Reads some events and leaves in the middle, as a client does whose connection is cut. */
  const readSome = async (most: number): Promise<void> => {
    const reader = await desk.follow(after);
    const readable = (await desk.lastSeq()) - (received.at(-1)?.seq ?? 0);
    for (let count = Math.min(most, readable); count > 0; count--) {
      const { value } = await reader.next();
      if (value?.type !== 'OrderEvent') throw new Error(`received ${value?.type}`);
      received.push(value);
      after = value.cursor;
    }
    await reader.return();
  };

  let step = 0;
  for (let cut = 1; cut <= CUTS; cut++) {
    // A row for each placing, fill and cancelling.
    while (desk.venue.facts().orderRows.length < (cut * EVENTS) / CUTS) {
      happen(desk, random, ++step);
      if (random() < 0.3) await turn();
    }
    desk.venue.interfere = () => (random() < 0.03 ? (FATES[Math.floor(random() * FATES.length)] ?? 'PASS') : 'PASS');
    desk.venue.disconnect();
    if (random() < 0.5) happen(desk, random, ++step);
    await readSome(Math.floor(random() * 60));
    if (cut % (CUTS / RESTARTS) === 0) await desk.restart();
    await desk.untilReconciled();
  }
  desk.venue.interfere = undefined;
  // Until it is certain of each order whether it reached the venue.
  await desk.pass(60_000);
  await desk.untilReconciled();
  const expected = expectedStory(desk);
  const isAllTold = async (): Promise<boolean> => storyOf(await desk.events()).length >= expected.length;
  while (!(await isAllTold())) await turn();
  await readSome(Number.POSITIVE_INFINITY);

  expect(expected.length).toBeGreaterThanOrEqual(EVENTS);
  expect(received.map(({ seq }) => seq)).toEqual(received.map((_, index) => index + 1));
  expect(new Set(received.map(({ eventId }) => eventId)).size).toBe(received.length);
  expect(storyOf(received)).toEqual(expected);

  const last = new Map(received.map(({ order: state }) => [state.orderKey, state]));
  const atVenue = new Map(desk.venue.facts().orderRows.map((row) => [row.ordId, row]));
  const statuses = { live: 'OPEN', partially_filled: 'PARTIALLY_FILLED', filled: 'FILLED', canceled: 'CANCELLED' };
  for (const { ordId, clOrdId, state } of atVenue.values()) {
    const isOwn = clOrdId.startsWith('s');
    expect(last.get(isOwn ? `own:${clOrdId}` : `foreign:${ordId}`)?.status).toBe(Object(statuses)[state]);
  }
  // What never reached the venue is known as that.
  const others = [...last.values()].filter(({ orderId }) => !atVenue.has(orderId));
  expect(others.filter(({ status }) => status !== 'REJECTED')).toEqual([]);
}, 120_000);
