import { describe, expect, it } from 'vitest';
import type { ContractReport, ContractTerms } from '../../src/domain/contract.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { Gateway } from '../../src/domain/gateway.ts';
import type { MarketTopic } from '../../src/domain/market-topic.ts';
import type { OrderRequest } from '../../src/domain/order-request.ts';
import type { AccountSession, ContractsSession, GatewaySession } from '../../src/exchanges/gateways.ts';
import { answerCall, type CarrierAnswer, RemoteGateway } from '../../src/exchanges/remote-gateway.ts';
import { TopicLeases } from '../../src/exchanges/topic-leases.ts';
import { WantedTopics } from '../../src/exchanges/wanted-topics.ts';
import { ManualClock } from '../support/manual-clock.ts';

const STATUS: Gateway = {
  ...{ name: 'okx', venue: 'okx', accountCookie: 'desk', tradingEnabled: true, state: 'CONNECTED', stateReason: null },
  ...{ hasComparedAccount: true, stateSince: 0, lastMessageAt: null, connections: [], contractReport: null },
};

const REQUEST: OrderRequest = {
  ...{ gateway: 'okx', accountCookie: 'desk', symbol: 'BTC-USDT', side: 'BUY', type: 'LIMIT', volume: '1', price: '2' },
  ...{ timeInForce: 'GTC', offset: 'NONE', reduceOnly: false, marginMode: null, clientOrderId: 'c1' },
};

const [TICKS, TRADES]: readonly [MarketTopic, MarketTopic] = [
  { channel: 'ticks', symbol: 'BTC' },
  { channel: 'trades', symbol: 'BTC' },
];

function remoteGateway(answer: CarrierAnswer) {
  const asked: string[] = [];
  const gateway = new RemoteGateway('okx', {
    status: () => STATUS,
    hasCompared: () => true,
    want: () => () => undefined,
    ask: async (method) => {
      asked.push(method);
      return answer;
    },
    now: () => 7,
  });
  const account = gateway.account ?? expect.fail('it carries an account');
  return { gateway, account, asked };
}

describe('RemoteGateway', () => {
  it('refuses an order that nobody heard of', async () => {
    const { account } = remoteGateway('NOT_SENT');
    expect(await account.placeOrder(REQUEST)).toMatchObject({ type: 'REFUSED', code: 'GATEWAY_DOWN' });
    expect(await account.cancelOrder({ orderId: '1' })).toMatchObject({ type: 'REFUSED', code: 'GATEWAY_DOWN' });
  });

  it('answers UNKNOWN for an order that may have been sent, and sends it once', async () => {
    const { account, asked } = remoteGateway('NO_ANSWER');
    expect(await account.placeOrder(REQUEST)).toMatchObject({
      type: 'ORDER',
      order: { clientOrderId: 'c1', status: 'UNKNOWN', createdAt: 7, filledVolume: '0' },
    });
    expect(asked).toEqual(['placeOrder']);
    expect(await account.cancelOrder({ orderId: '1' })).toMatchObject({
      type: 'REFUSED',
      message: expect.stringContaining('may have done'),
    });
  });

  it.each(['NOT_SENT', 'NO_ANSWER'] as const)(
    'fails with GATEWAY_DOWN where there is nothing to say: %s',
    async (answer) => {
      const { account, gateway } = remoteGateway(answer);
      for (const asked of [account.openOrders(), account.order({ orderId: '1' }), gateway.setEnabled(true)]) {
        await expect(asked).rejects.toMatchObject({ code: 'GATEWAY_DOWN' });
      }
    },
  );

  it('answers what the other process did', async () => {
    expect(await remoteGateway({ value: [] }).account.openOrders()).toEqual([]);
    expect(await remoteGateway({ value: null }).account.order({ orderId: '1' })).toBeUndefined();
    expect(await remoteGateway({ value: { type: 'NOT_FOUND' } }).account.cancelOrder({ orderId: '1' })).toEqual({
      type: 'NOT_FOUND',
    });
  });
});

describe('the contracts of a gateway that another process carries', () => {
  const terms: ContractTerms = {
    ...{ symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', kind: 'SPOT', tickSize: '0.1', lotSize: '0.001' },
    ...{ contractSize: null, expiresAt: null, listed: true },
  };
  const report: ContractReport = {
    ...{ checkedAt: 1, matching: 1, added: [], removed: [], changed: [], blocked: [], acceptedAt: null },
  };
  const carried = (contracts: ContractsSession | undefined): GatewaySession => ({
    ...{ name: 'okx', account: undefined, contracts, status: () => STATUS, want: () => () => undefined },
    setEnabled: () => undefined,
  });

  it('are listed and checked there, without an account as well', async () => {
    const checks: boolean[] = [];
    const session = carried({
      list: async () => [terms],
      check: async ({ accept }) => {
        checks.push(accept);
        return report;
      },
    });
    expect(await answerCall(session, 'contracts', {})).toEqual([terms]);
    expect(await answerCall(session, 'checkContracts', { accept: true })).toEqual(report);
    expect(checks).toEqual([true]);
    expect(await remoteGateway({ value: [terms] }).gateway.contracts.list()).toEqual([terms]);
    expect(await remoteGateway({ value: report }).gateway.contracts.check({ accept: false })).toEqual(report);
  });

  it('are unknown where their list is not read, and cannot be checked', async () => {
    expect(await answerCall(carried(undefined), 'contracts', {})).toBeUndefined();
    expect(() => answerCall(carried(undefined), 'checkContracts', {})).toThrow('not available');
    expect(await remoteGateway({ value: null }).gateway.contracts.list()).toBeUndefined();
  });

  it('fail with GATEWAY_DOWN when the process cannot be reached', async () => {
    const { contracts } = remoteGateway('NOT_SENT').gateway;
    await expect(contracts.list()).rejects.toMatchObject({ code: 'GATEWAY_DOWN' });
    await expect(contracts.check({ accept: true })).rejects.toMatchObject({ code: 'GATEWAY_DOWN' });
  });
});

describe('answerCall', () => {
  it('does what a session would, and refuses what it does not know', async () => {
    const done: unknown[] = [];
    const account: Partial<AccountSession> = {
      placeOrder: async (request) => {
        done.push(request);
        return { type: 'REFUSED', code: 'ORDER_REJECTED', message: 'no', venueCode: null };
      },
      cancelOrder: async (target, symbol) => {
        done.push([target, symbol]);
        return { type: 'NOT_FOUND' };
      },
      openOrders: async () => [],
      order: async () => undefined,
    };
    const session: GatewaySession = {
      ...{ name: 'okx', account: account as AccountSession, status: () => STATUS, want: () => () => undefined },
      setEnabled: (isEnabled) => void done.push(isEnabled),
    };
    expect(await answerCall(session, 'placeOrder', { request: REQUEST })).toMatchObject({ code: 'ORDER_REJECTED' });
    expect(await answerCall(session, 'cancelOrder', { target: { orderId: '1' }, symbol: 'X' })).toEqual({
      type: 'NOT_FOUND',
    });
    expect(await answerCall(session, 'openOrders', {})).toEqual([]);
    expect(await answerCall(session, 'order', { target: { orderId: '1' } })).toBeUndefined();
    await answerCall(session, 'setEnabled', { isEnabled: true });
    expect(done).toEqual([REQUEST, [{ orderId: '1' }, 'X'], true]);
    expect(() => answerCall(session, 'formatDisk', {})).toThrow(CodedError);
    expect(() => answerCall({ ...session, account: undefined }, 'openOrders', {})).toThrow('carries no account');
  });
});

describe('an order that another process wants placed', () => {
  const noText = { toString: 1, valueOf: 1 };
  const placed: OrderRequest[] = [];
  const named: unknown[] = [];
  const account: Partial<AccountSession> = {
    placeOrder: async (request) => {
      placed.push(request);
      return { type: 'REFUSED', code: 'ORDER_REJECTED', message: 'no', venueCode: null };
    },
    cancelOrder: async (...target) => {
      named.push(target);
      return { type: 'NOT_FOUND' };
    },
    order: async (target) => void named.push(target),
  };
  const session: GatewaySession = {
    ...{ name: 'okx', account: account as AccountSession, status: () => STATUS, want: () => () => undefined },
    setEnabled: () => undefined,
  };

  it.each([
    ...[undefined, null, 7, [], {}, noText],
    ...['side', 'type', 'offset', 'timeInForce', 'marginMode', 'reduceOnly'].map((field) => ({ [field]: 'HACK' })),
    ...['symbol', 'clientOrderId', 'volume', 'price', 'gateway'].map((field) => ({ [field]: noText })),
    ...['-1', '0', '1e999', 'NaN', '9'.repeat(10_000), 1].flatMap((volume) => [{ volume }, { price: volume }]),
    ...[{ clientOrderId: "a'\n" }, { symbol: 'x'.repeat(65_536) }, { type: 'MARKET' }],
    ...[{ gateway: 'other' }, { accountCookie: 'other' }],
  ])('is not sent when it is none, or not for this gateway: %j', (odd) => {
    const isField = typeof odd === 'object' && odd !== null && !Array.isArray(odd) && odd !== noText;
    const request = isField && Object.keys(odd).length > 0 ? { ...REQUEST, ...odd } : odd;
    expect(() => answerCall(session, 'placeOrder', { request })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
    expect(placed).toEqual([]);
  });

  it.each([null, {}, { orderId: noText }, { orderId: '' }, { orderId: '1', clientOrderId: '2' }, { orderId: 1 }])(
    'is not looked for under what is no id: %j',
    (target) => {
      for (const method of ['order', 'cancelOrder']) {
        expect(() => answerCall(session, method, { target })).toThrow(CodedError);
      }
      expect(() => answerCall(session, 'cancelOrder', { target: { orderId: '1' }, symbol: noText })).toThrow(
        CodedError,
      );
      expect(named).toEqual([]);
    },
  );
});

describe('what processes want of a gateway elsewhere', () => {
  it('is told when it changes, again and again while something is, and not after that', () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const wanted = new WantedTopics({
      ...{ clock, renewMs: 2_000 },
      tell: (topics) => void told.push(topics.map(({ channel }) => channel).join()),
    });
    const [one, other] = [wanted.want([TICKS]), wanted.want([TICKS, TRADES])];
    clock.advance(4_000);
    other();
    other();
    one();
    clock.advance(10_000);
    expect(told).toEqual(['ticks', 'ticks,trades', 'ticks,trades', 'ticks,trades', 'ticks', '']);
    expect(clock.pending).toBe(0);
  });

  it('is held for each process until it wants it no more, or gives no sign for as long as the lease', () => {
    const clock = new ManualClock();
    const held: string[] = [];
    const session = {
      want: (topics: readonly MarketTopic[]) => {
        const name = topics.map(({ channel }) => channel).join();
        held.push(name);
        return () => void held.splice(held.indexOf(name), 1);
      },
    };
    const leases = new TopicLeases({ session, clock, leaseMs: 10_000 });
    leases.renew('a', [TICKS, TRADES]);
    leases.renew('b', [TICKS]);
    expect(held).toEqual(['ticks', 'trades', 'ticks']);
    leases.renew('a', [TICKS]);
    expect(held).toEqual(['ticks', 'ticks']);
    clock.advance(9_000);
    leases.renew('b', [TICKS]);
    clock.advance(1_000);
    expect(held).toEqual(['ticks']);
    leases.close();
    expect([held, clock.pending]).toEqual([[], 0]);
  });

  it('is of what are topics, whatever another program says that it wants', () => {
    const clock = new ManualClock();
    const held: unknown[] = [];
    const session = {
      want: (topics: readonly MarketTopic[]) => {
        held.push(...topics);
        return () => {};
      },
    };
    const leases = new TopicLeases({ session, clock, leaseMs: 10_000 });
    const noText = { toString: 1, valueOf: 1 };
    for (const nonsense of [undefined, null, 7, 'ticks', {}, { length: 1e9 }, noText]) leases.renew('a', nonsense);
    const odd = [
      null,
      [],
      {},
      { channel: 'x', symbol: 'BTC' },
      { channel: 'ticks' },
      { channel: noText, symbol: 'BTC' },
    ];
    const bars = { channel: 'bars', symbol: 'BTC' };
    leases.renew('a', [...odd, { channel: 'ticks', symbol: noText }, bars, { ...bars, interval: 'M7' }, TICKS]);
    expect(held).toEqual([TICKS]);
    leases.close();
  });
});
