import { describe, expect, it } from 'vitest';
import { createOkxAccount } from '../../../src/exchanges/okx/account.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { RestResponse } from '../../../src/transport/rest-exchange.ts';

const HEARTBEAT = { kind: 'text', ping: 'ping', pong: 'pong', intervalMs: 1, timeoutMs: 1 } as const;
const { rest } = createOkxAccount({ origin: '', restOrigin: '', heartbeat: HEARTBEAT, isLimited: true });
const sizeOf = (pool: string | undefined) => rest.poolOf?.(pool ?? '');

describe('the limits of OKX', () => {
  it('are 60 orders in two seconds for each instrument, and as many cancels', () => {
    const cancels = ['BTC-USDT', 'ETH-USDT'].map((symbol) => rest.cancelOrder(symbol, { orderId: '1' }));
    expect(new Set(cancels.map(({ pool }) => pool)).size).toBe(2);
    for (const { pool } of cancels) expect(sizeOf(pool)).toEqual({ most: 60, everyMs: 2_000, isPerAccount: true });
  });

  it('hold for every question about an account, by its path', () => {
    const questions = [
      rest.order('BTC-USDT', { orderId: '1' }),
      rest.openOrders(),
      rest.finishedOrders('SPOT', 0),
      rest.fills(0),
      rest.positions(),
      rest.balances(),
    ];
    expect(questions.map(({ pool }) => sizeOf(pool)?.most)).toEqual([60, 60, 40, 60, 10, 10]);
    expect(new Set(questions.map(({ pool }) => pool)).size).toBe(6);
  });

  it('are not those of the paper venue, which has none', () => {
    const limited = ['okx', 'paper'].map((name) => findVenue(name)?.account?.rest.poolOf !== undefined);
    expect(limited).toEqual([true, false]);
  });

  it.each([
    [429, '{"code":"50011","msg":"Requests too frequent"}', 7],
    [200, '{"code":"50061","msg":"Sub-account rate limit"}', 7],
    [200, '{"code":"51000","msg":"Parameter error"}', undefined],
    [200, '{"code":"0","data":[]}', undefined],
    [502, 'Bad Gateway 50011', undefined],
  ])('are told by a code: HTTP %i with %s', (status, text, until) => {
    expect(rest.limitedUntil?.(new RestResponse(status, text), 7)).toBe(until);
  });
});
