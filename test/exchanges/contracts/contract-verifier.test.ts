import { describe, expect, it } from 'vitest';
import { until } from '../../support/scripted-venue.ts';
import { CHECK_EVERY_MS, openContractDesk } from './contract-desk.ts';

const LISTED = 803;
const TICKS = { channel: 'ticks' } as const;

describe("the venue's contracts", () => {
  it('are all added when they are seen first, and stored as they are', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    const { contractReport } = desk.gateway.status();
    expect(contractReport?.added).toHaveLength(LISTED);
    expect(contractReport).toMatchObject({ matching: 0, removed: [], changed: [], blocked: [] });
    expect(contractReport?.acceptedAt).toBe(desk.clock.now());
    const list = await desk.gateway.contracts?.list();
    expect(list).toHaveLength(LISTED);
    expect(list?.find(({ symbol }) => symbol === 'BTC-USDT-SWAP')).toEqual({
      ...{ symbol: 'BTC-USDT-SWAP', base: 'BTC', quote: 'USDT', kind: 'SWAP', tickSize: '0.1', lotSize: '1' },
      ...{ contractSize: '0.01', expiresAt: null, listed: true },
    });
    expect(desk.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('are all the same at the next start', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    await desk.restart();
    await desk.untilState('CONNECTED');
    expect(desk.gateway.status().contractReport).toEqual({
      ...{ checkedAt: desk.clock.now(), matching: LISTED, added: [], removed: [], changed: [], blocked: [] },
      acceptedAt: null,
    });
  });

  it('stop the orders of a contract whose price step is another, until the list is accepted, and nothing else', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    await desk.restart();
    await desk.untilState('CONTRACTS_MISMATCH');
    const { stateReason, contractReport } = desk.gateway.status();
    expect(stateReason).toContain('BTC-USDT (tickSize 0.1, now 0.01)');
    expect(contractReport).toMatchObject({
      ...{ matching: LISTED - 1, added: [], removed: [], blocked: ['BTC-USDT'], acceptedAt: null },
      changed: [{ kind: 'PRICE_STEP', symbol: 'BTC-USDT', field: 'tickSize', stored: '0.1', venue: '0.01' }],
    });
    expect(await desk.buy('BTC-USDT', 'first')).toMatch(/^GATEWAY_DOWN: .*BTC-USDT \(tickSize 0\.1, now 0\.01\)/);
    expect(await desk.buy('ETH-USDT', 'second')).toBe('OPEN');
    desk.gateway.want([{ ...TICKS, symbol: 'ETH-USDT' }]);
    await until(() => desk.quotes.some(({ symbol }) => symbol === 'ETH-USDT'));
    const accepted = await desk.gateway.contracts?.check({ accept: true });
    expect(accepted).toMatchObject({ blocked: [], acceptedAt: desk.clock.now(), changed: [{ kind: 'PRICE_STEP' }] });
    await desk.untilState('CONNECTED');
    expect(await desk.buy('BTC-USDT', 'third')).toBe('OPEN');
    await desk.restart();
    await desk.untilState('CONNECTED');
    expect(desk.gateway.status().contractReport).toMatchObject({ matching: LISTED, changed: [] });
  });

  it.each([
    ['is gone', (desk: Desk) => desk.remove('BTC-USDT'), 'BTC-USDT', 'BTC-USDT (gone)'],
    [
      'stands for something else',
      (desk: Desk) => desk.edit('BTC-USDT-SWAP', { ctVal: '1' }),
      'BTC-USDT-SWAP',
      'contractSize 0.01, now 1',
    ],
  ])('stop the orders of a contract that %s', async (_what, change, symbol, reason) => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    change(desk);
    await desk.passInterval();
    expect(desk.gateway.status()).toMatchObject({ state: 'CONTRACTS_MISMATCH' });
    expect(desk.gateway.status().stateReason).toContain(reason);
    expect(await desk.buy(symbol, 'refused')).toMatch(/^GATEWAY_DOWN/);
  });

  it('that are gone stay in the list once that is accepted, as not listed, and are no difference any more', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.remove('C7-USDT');
    await desk.passInterval();
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', contractReport: { removed: ['C7-USDT'] } });
    await desk.gateway.contracts?.check({ accept: true });
    await desk.passInterval();
    expect(desk.gateway.status().contractReport).toMatchObject({ matching: LISTED, removed: [] });
    const gone = (await desk.gateway.contracts?.list())?.find(({ symbol }) => symbol === 'C7-USDT');
    expect(gone).toMatchObject({ listed: false, tickSize: '0.001' });
  });

  it.each([
    ['another lot step', { lotSz: '0.1' }],
    ['a halt of its trading', { state: 'suspend' }],
  ])('only warn of %s', async (_what, changes) => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', changes);
    await desk.passInterval();
    await desk.passInterval();
    const { state, contractReport } = desk.gateway.status();
    expect([state, contractReport?.changed.length, contractReport?.blocked]).toEqual(['CONNECTED', 1, []]);
    expect(await desk.buy('BTC-USDT', 'taken')).toBe('OPEN');
    expect(desk.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('nobody uses only matter to who wants to: an order is refused, a subscription is served and told in the state', async () => {
    await using desk = await openContractDesk({ symbols: ['BTC-USDT'] });
    await desk.untilState('CONNECTED');
    desk.edit('ETH-USDT', { tickSz: '1' });
    await desk.passInterval();
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', contractReport: { blocked: ['ETH-USDT'] } });
    expect(await desk.buy('ETH-USDT', 'refused')).toMatch(/^GATEWAY_DOWN/);
    const release = desk.gateway.want([{ ...TICKS, symbol: 'ETH-USDT' }]);
    await desk.untilState('CONTRACTS_MISMATCH');
    await until(() => desk.quotes.some(({ symbol }) => symbol === 'ETH-USDT'));
    release();
    await desk.passInterval();
    await desk.untilState('CONNECTED');
  });

  it('in which an order works are in use, and the order can be cancelled', async () => {
    await using desk = await openContractDesk({ symbols: [] });
    await desk.untilState('CONNECTED');
    expect(await desk.buy('ETH-USDT', 'working')).toBe('OPEN');
    desk.edit('ETH-USDT', { tickSz: '1' });
    await desk.passInterval();
    expect(desk.gateway.status().state).toBe('CONTRACTS_MISMATCH');
    const outcome = await desk.gateway.account?.cancelOrder({ clientOrderId: 'working' });
    expect(outcome).toMatchObject({ type: 'ORDER', order: { status: 'CANCELLED' } });
    await desk.untilState('CONNECTED');
  });

  it('in which there is a position are in use, until it is closed', async () => {
    await using desk = await openContractDesk({ symbols: [] });
    await desk.untilState('CONNECTED');
    const trade = async (side: 'BUY' | 'SELL') =>
      desk.venue.outside.place({
        ...{ instId: 'BTC-USDT-SWAP', side: side === 'BUY' ? 'buy' : 'sell', ordType: 'market', sz: '2' },
      });
    await trade('BUY');
    await until(() => desk.positions.some(({ position }) => position.volumeLong === 2));
    desk.edit('BTC-USDT-SWAP', { ctVal: '1' });
    await desk.passInterval();
    expect(desk.gateway.status().state).toBe('CONTRACTS_MISMATCH');
    await trade('SELL');
    await desk.untilState('CONNECTED');
  });
});

describe('the policy', () => {
  it('warn lets every order pass, leaves the stored list and says so once', async () => {
    await using desk = await openContractDesk({ policy: 'warn' });
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    desk.remove('C7-USDT');
    await desk.passInterval();
    await desk.passInterval();
    const { state, contractReport } = desk.gateway.status();
    expect(state).toBe('CONNECTED');
    expect(contractReport).toMatchObject({ removed: ['C7-USDT'], blocked: [], acceptedAt: null });
    expect(contractReport?.changed).toHaveLength(1);
    expect(await desk.buy('BTC-USDT', 'taken')).toBe('OPEN');
    expect(desk.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        ...{ level: 'warn', message: 'the contracts of a venue differ from the stored ones' },
        fields: { gateway: 'paper', added: 0, removed: 1, changed: 1, blocked: [] },
      },
    ]);
  });

  it('update stores what the venue says, and tells what that was', async () => {
    await using desk = await openContractDesk({ policy: 'update' });
    await desk.untilState('CONNECTED');
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    await desk.passInterval();
    expect(desk.gateway.status()).toMatchObject({
      ...{ state: 'CONNECTED', contractReport: { blocked: [], acceptedAt: desk.clock.now() } },
    });
    const stored = (await desk.gateway.contracts?.list())?.find(({ symbol }) => symbol === 'BTC-USDT');
    expect(stored?.tickSize).toBe('0.01');
    await desk.passInterval();
    expect(desk.gateway.status().contractReport).toMatchObject({ matching: LISTED, changed: [], acceptedAt: null });
  });
});

describe('a list that cannot be fetched', () => {
  const FAILING = { status: 502, body: 'bad gateway' };

  it('leaves the last stored one in force, is told in the status, and is fetched again and again', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    const storedAt = new Date(desk.clock.now()).toISOString();
    desk.answer = FAILING;
    await desk.restart();
    await desk.untilState('DEGRADED');
    const { stateReason, connections } = desk.gateway.status();
    expect(stateReason).toContain('received HTTP 502');
    expect(stateReason).toContain(`that of ${storedAt} holds`);
    expect(connections.at(-1)).toMatchObject({ kind: 'REST', index: 1, state: 'DEGRADED' });
    expect(await desk.buy('BTC-USDT', 'taken')).toBe('OPEN');
    const { nextAttemptAt } = connections.at(-1) ?? {};
    expect(nextAttemptAt).toBeGreaterThan(desk.clock.now());
    const asked = desk.asked;
    desk.clock.advance((nextAttemptAt ?? 0) - desk.clock.now());
    await until(
      () => desk.asked === asked + 1 && desk.gateway.status().connections.at(-1)?.nextAttemptAt !== nextAttemptAt,
    );
    desk.answer = 'PASS';
    desk.clock.advance(CHECK_EVERY_MS);
    await desk.untilState('CONNECTED');
    expect(desk.gateway.status().stateReason).toBeNull();
  });

  it.each([
    ['block', /^GATEWAY_DOWN/],
    ['warn', /^OPEN$/],
  ] as const)('and of which none is stored stops all orders under %s alone', async (policy, outcome) => {
    await using desk = await openContractDesk({ policy, answer: FAILING });
    await desk.untilState('DEGRADED');
    expect(desk.gateway.status().stateReason).toContain('no list was stored yet');
    expect(await desk.buy('BTC-USDT', 'asked')).toMatch(outcome);
  });

  it('is one with nothing in it, too', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.answer = { status: 200, body: '{"code":"0","msg":"","data":[]}' };
    desk.clock.advance(CHECK_EVERY_MS);
    await desk.untilState('DEGRADED');
    expect(desk.gateway.status().stateReason).toContain('received a list without contracts');
    expect(await desk.gateway.contracts?.list()).toHaveLength(LISTED);
  });

  it('fails the check that was asked for, with its reason', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.answer = 'DROP_BEFORE';
    await expect(desk.gateway.contracts?.check({ accept: true })).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_UNAVAILABLE', message: expect.stringContaining('GET /api/v5/public/instruments') },
    });
    expect(desk.gateway.status().state).toBe('DEGRADED');
  });
});

describe('a gateway', () => {
  it('is ready when sockets are live and contracts verified, and says which of them is lost', async () => {
    await using desk = await openContractDesk({ isStarted: false });
    const told = desk.gateway.status();
    expect([told.state, told.contractReport]).toEqual(['DISABLED', null]);
    desk.answer = { status: 503, body: '' };
    desk.gateway.start();
    await until(() => desk.gateway.status().stateReason?.includes('HTTP 503') === true);
    await desk.untilState('DEGRADED');
    desk.answer = 'PASS';
    desk.clock.advance(1_000);
    await desk.untilState('CONNECTED');
    desk.venue.disconnect();
    await until(() => desk.gateway.status().state !== 'CONNECTED');
    expect(desk.gateway.status().stateReason).toMatch(/PUBLIC: |PRIVATE: /);
    expect(desk.gateway.status().stateReason).not.toContain('contracts');
    await until(() => {
      desk.clock.advance(1_000);
      return desk.gateway.status().state === 'CONNECTED';
    });
    desk.answer = 'DROP_BEFORE';
    desk.clock.advance(CHECK_EVERY_MS);
    await until(() => desk.gateway.status().stateReason?.includes('contracts: ') === true);
    expect(desk.gateway.status().state).not.toBe('CONNECTED');
  });

  it('asks for no list while the venue answers nobody at this address', async () => {
    await using desk = await openContractDesk({ answer: { status: 418, body: '' } });
    await until(() => desk.gateway.status().stateReason?.includes('contracts: ') === true);
    for (let step = 0; step < 10; step++) {
      desk.clock.advance(10_000);
      for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(desk.asked).toBe(1);
    expect(desk.gateway.status().stateReason).toContain('the venue answers nobody here until');
    desk.answer = 'PASS';
    await until(() => {
      desk.clock.advance(10_000);
      return desk.gateway.status().contractReport !== null;
    });
  });

  it('fetches a list once for all who ask meanwhile', async () => {
    await using desk = await openContractDesk();
    const [first, second] = await Promise.all([
      desk.gateway.contracts?.check({ accept: false }),
      desk.gateway.contracts?.check({ accept: false }),
    ]);
    await desk.untilState('CONNECTED');
    expect(desk.asked).toBe(3);
    expect([first?.checkedAt, second?.checkedAt]).toEqual([desk.clock.now(), desk.clock.now()]);
  });

  it('that is switched off checks nothing, and everything anew when it is on again', async () => {
    await using desk = await openContractDesk();
    await desk.untilState('CONNECTED');
    desk.gateway.setEnabled(false);
    const asked = desk.asked;
    desk.clock.advance(3 * CHECK_EVERY_MS);
    await expect(desk.gateway.contracts?.check({ accept: true })).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_UNAVAILABLE', message: 'the gateway is switched off' },
    });
    expect(desk.asked).toBe(asked);
    expect(desk.gateway.status().connections.at(-1)).toMatchObject({ kind: 'REST', state: 'DISABLED' });
    desk.edit('BTC-USDT', { tickSz: '0.01' });
    desk.gateway.setEnabled(true);
    await desk.untilState('CONTRACTS_MISMATCH');
  });
});

type Desk = Awaited<ReturnType<typeof openContractDesk>>;
