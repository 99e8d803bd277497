import { describe, expect, it } from 'vitest';
import { until } from '../support/scripted-venue.ts';
import { CHECK_EVERY_MS, openContractDesk } from './contracts/contract-desk.ts';

// What a desk was promised of the contracts of an exchange, and of when a gateway is ready. The numbers are those of the
// list that it was given, whose other lines are in the files beside this one: acceptance-sockets, -venues and -requests.

/** What the venue lists: what it trades, and 800 contracts more. */
const LISTED = 803;
const ETH = { channel: 'ticks', symbol: 'ETH-USDT' } as const;

describe('the acceptance list of the exchange bus: contracts', () => {
  it('20: at the first run all contracts of a list are added, at the second all match', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    const first = desk.gateway.status().contractReport;
    expect([first?.added.length, first?.matching, first?.changed]).toEqual([LISTED, 0, []]);
    await desk.restart();
    await desk.untilState('CONNECTED');
    const second = desk.gateway.status().contractReport;
    expect(second).toMatchObject({ matching: LISTED, added: [], removed: [], changed: [], blocked: [] });
  });

  it('20: one other tick size is a change of the price step, which stops the orders of that contract and of no other', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    await desk.restart();
    await desk.untilState('CONTRACTS_MISMATCH');
    expect(desk.gateway.status().contractReport).toMatchObject({
      ...{ matching: LISTED - 1, added: [], removed: [], blocked: ['BTC-USDT'] },
      changed: [{ kind: 'PRICE_STEP', symbol: 'BTC-USDT', field: 'tickSize', stored: '0.1', venue: '0.01' }],
    });
    expect(await desk.buy('BTC-USDT', 'refused')).toMatch(/^GATEWAY_DOWN: .*BTC-USDT \(tickSize 0\.1, now 0\.01\)/);
    expect(await desk.buy('ETH-USDT', 'taken')).toBe('OPEN');
  });

  it.each(['warn', 'block'] as const)('20: under %s the others can be subscribed to', async (policy) => {
    await using desk = await openContractDesk({ policy });
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    await desk.passInterval();
    expect(desk.gateway.status().contractReport?.changed).toMatchObject([{ kind: 'PRICE_STEP', symbol: 'BTC-USDT' }]);
    desk.gateway.want([ETH]);
    await until(() => desk.quotes.some(({ symbol }) => symbol === ETH.symbol));
  });

  it('21: a gateway is ready only when requests are answered, contracts verified and sockets live', async () => {
    await using desk = await openContractDesk({ isStarted: false, answer: { status: 503, body: '' } });
    desk.gateway.start();
    await until(() => desk.gateway.status().stateReason?.includes('HTTP 503') === true);
    desk.answer = 'PASS';
    await desk.untilState('DEGRADED');
    const rest = () => desk.gateway.status().connections.at(-1)?.nextAttemptAt ?? 0;
    desk.clock.advance(rest() - desk.clock.now());
    await desk.untilState('CONNECTED');
    const ready = desk.statuses.filter(({ state }) => state === 'CONNECTED');
    expect(desk.statuses[0]?.state).not.toBe('CONNECTED');
    expect(ready.length).toBeGreaterThan(0);
    for (const { connections, contractReport } of ready) {
      expect(connections.map(({ state }) => state)).toEqual(connections.map(() => 'CONNECTED'));
      expect(contractReport?.added).toHaveLength(LISTED);
    }
  });

  it('21: a gateway that loses its sockets is not ready, and tells why', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    const told = desk.statuses.length;
    desk.venue.disconnect();
    await until(() => desk.statuses.slice(told).some(({ stateReason }) => stateReason?.includes('PRIVATE: ') === true));
    expect(desk.statuses.at(-1)?.state).not.toBe('CONNECTED');
  });

  it('21: a gateway whose requests are not answered is not ready, and tells why', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.answer = 'DROP_BEFORE';
    desk.clock.advance(CHECK_EVERY_MS);
    await until(() => desk.statuses.at(-1)?.stateReason?.includes('contracts: ') === true);
    expect(desk.statuses.at(-1)?.state).toBe('DEGRADED');
    expect(desk.statuses.at(-1)?.stateReason).toContain('GET /api/v5/public/instruments');
  });

  it('21: a gateway whose contracts are others than before is not ready, and tells which', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT-SWAP', { tickSz: '1' });
    await desk.passInterval();
    expect(desk.statuses.at(-1)?.state).toBe('CONTRACTS_MISMATCH');
    expect(desk.statuses.at(-1)?.stateReason).toContain('BTC-USDT-SWAP (tickSize 0.1, now 1)');
  });
});
