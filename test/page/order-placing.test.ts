import { describe, expect, it } from 'vitest';
import { DeskProblem } from '../../src/page/desk-problem.ts';
import { createOrderPlacing, newClientOrderId, type OrderContent } from '../../src/page/order-placing.ts';
import type { Operation } from '../../src/page/panel.ts';
import { orderOf } from '../support/order-items.ts';

const CONTENT: OrderContent = {
  gateway: 'paper',
  accountCookie: 'paper',
  symbol: 'BTC-USDT',
  side: 'BUY',
  type: 'LIMIT',
  volume: '0.50',
  price: '64250.10',
  timeInForce: 'GTC',
};
const LOST = new DeskProblem('the connection was lost');
const ACCEPTED = { placeOrder: { __typename: 'Order', ...orderOf(1) } };

/** A placing whose server answers these one after the other, and what it was asked. */
function placingOf(answers: unknown[]) {
  const asked: Record<string, unknown>[] = [];
  const waits: number[] = [];
  let ids = 0;
  let losses = 0;
  const place = createOrderPlacing({
    ask: async <Data>({ variables }: Operation) => {
      asked.push((variables as { input: Record<string, unknown> }).input);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer as Data;
    },
    newClientOrderId: () => `id${++ids}`,
    wait: async (milliseconds) => void waits.push(milliseconds),
    onLost: () => {
      losses += 1;
    },
  });
  return { place, asked, waits, losses: () => losses };
}

const idsOf = (asked: readonly Record<string, unknown>[]) => asked.map(({ clientOrderId }) => clientOrderId);

describe('placing an order', () => {
  it('sends what was typed, digit by digit, under a fresh id each time', async () => {
    const { place, asked } = placingOf([ACCEPTED, ACCEPTED]);
    expect(await place(CONTENT)).toEqual(ACCEPTED.placeOrder);
    await place(CONTENT);
    expect(asked).toEqual([
      { ...CONTENT, clientOrderId: 'id1' },
      { ...CONTENT, clientOrderId: 'id2' },
    ]);
  });

  it('asks again with the same id when the answer was lost, a little later each time', async () => {
    const { place, asked, waits, losses } = placingOf([LOST, LOST, ACCEPTED]);
    expect(await place(CONTENT)).toEqual(ACCEPTED.placeOrder);
    expect(idsOf(asked)).toEqual(['id1', 'id1', 'id1']);
    expect(waits).toEqual([1_000, 2_000]);
    expect(losses()).toBe(2);
  });

  it('gives up in the end, and takes the next press of the button for the same order', async () => {
    const { place, asked } = placingOf([LOST, LOST, LOST, LOST, ACCEPTED, ACCEPTED]);
    await expect(place(CONTENT)).rejects.toBe(LOST);
    await place(CONTENT);
    expect(idsOf(asked)).toEqual(['id1', 'id1', 'id1', 'id1', 'id1']);
    await place(CONTENT);
    expect(idsOf(asked).at(-1)).toBe('id2');
  });

  it('is another order when something in it was changed', async () => {
    const { place, asked } = placingOf([LOST, LOST, LOST, LOST, ACCEPTED]);
    await expect(place(CONTENT)).rejects.toBe(LOST);
    await place({ ...CONTENT, volume: '0.5' });
    expect(idsOf(asked).at(-1)).toBe('id2');
  });

  it('does not ask again what the server has refused', async () => {
    const refusal = new DeskProblem('received "0", wanted a volume above zero', 'BAD_USER_INPUT');
    const { place, asked } = placingOf([refusal]);
    await expect(place({ ...CONTENT, volume: '0' })).rejects.toBe(refusal);
    expect(asked).toHaveLength(1);
  });

  it('asks again when the server was about to stop', async () => {
    const { place, asked } = placingOf([new DeskProblem('shutting down', 'SHUTTING_DOWN'), ACCEPTED]);
    await place(CONTENT);
    expect(idsOf(asked)).toEqual(['id1', 'id1']);
  });
});

describe('a new client order id', () => {
  it('is 32 of A-Z a-z 0-9, whatever the random bytes', () => {
    const id = newClientOrderId((bytes) => crypto.getRandomValues(bytes));
    expect(id).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(newClientOrderId((bytes) => crypto.getRandomValues(bytes))).not.toBe(id);
  });

  it('leaves bytes out that would prefer some letters', () => {
    let turn = 0;
    const id = newClientOrderId((bytes) => bytes.fill(turn++ === 0 ? 255 : 61));
    expect(id).toBe('9'.repeat(32));
    expect(turn).toBe(2);
  });
});
