import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { PRIVATE_PATH } from '../../src/exchanges/okx/account-dialect.ts';
import { BUSINESS_PATH, PUBLIC_PATH } from '../../src/exchanges/okx/dialect.ts';
import { type PaperVenue, startPaperVenue } from '../../src/simulator/paper/paper-venue.ts';
import { type GraphAnswer, startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEYS = {
  OKX_KEY: 'key-0815-0815-0815',
  OKX_SECRET: 'secret-4711-4711-4711',
  OKX_PASSPHRASE: 'phrase-1234-1234',
};
const GATEWAY = `{ gateways { name venue accountCookie tradingEnabled state stateReason
  connections { kind state subscriptions nextAttemptAt lastSentText lastReceivedText } } }`;
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename
  ... on Order { orderId clientOrderId gateway status }
  ... on OrderRejected { code message }
} }`;
const CANCEL = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) {
  __typename
  ... on Order { status }
  ... on OrderRejected { code }
} }`;
const ORDER = {
  ...{ gateway: 'okx', accountCookie: 'okx-main', symbol: 'BTC-USDT', side: 'BUY', volume: '0.01', price: '30000' },
  clientOrderId: 'desk0001',
};

/** The paper venue, which speaks OKX's protocol and checks its signatures, stands for OKX. */
let venue: PaperVenue;
let folder: ReturnType<typeof temporaryFolder>;
let desk: TestDeskgraph | undefined;

beforeEach(async () => {
  folder = temporaryFolder();
  const credentials = { apiKey: KEYS.OKX_KEY, secret: KEYS.OKX_SECRET, passphrase: KEYS.OKX_PASSPHRASE };
  venue = await startPaperVenue({
    ...{ port: 0, clock: SYSTEM_CLOCK, seed: 1, isQuiet: true, keepsFacts: true, credentials },
    journalPath: undefined,
  });
});

afterEach(async () => {
  await desk?.close();
  await venue.close();
  folder[Symbol.dispose]();
  desk = undefined;
});

async function start(environment: Record<string, string> = {}): Promise<TestDeskgraph> {
  const urls = [
    `public: "${venue.url}${PUBLIC_PATH}"`,
    `business: "${venue.url}${BUSINESS_PATH}"`,
    `private: "${venue.url}${PRIVATE_PATH}"`,
    `rest: "${venue.restUrl}"`,
  ];
  const file = `gateways:
  - name: okx
    venue: okx
    symbols: [BTC-USDT]
    channels: [orders, positions, balances]
    accountCookie: okx-main
    credentials: { apiKeyEnv: OKX_KEY, secretEnv: OKX_SECRET, passphraseEnv: OKX_PASSPHRASE }
    urls: { ${urls.join(', ')} }
`;
  writeFileSync(join(folder.path, 'desk.yaml'), file);
  desk = await startDeskgraph({
    folder: folder.path,
    // The clock of the venue, too: a time that is far from its own it does not take.
    now: () => Date.now(),
    environment: { DEMO: '0', DESKGRAPH_CONFIG: 'desk.yaml', ...KEYS, ...environment },
  });
  return desk;
}

async function untilState(running: TestDeskgraph, state: string): Promise<void> {
  for await (const { data } of running.events('subscription { gatewayStatus(name: "okx") { state } }')) {
    if (data.gatewayStatus.state === state) return;
  }
  throw new Error(`the gateway was never ${state}`);
}

const secretsIn = (text: string): string[] => Object.values(KEYS).filter((secret) => text.includes(secret));

describe('an account at OKX that is configured', () => {
  it('takes orders, and shows them and what it owns, when trading at real venues is switched on', async () => {
    const running = await start({ TRADING_ENABLED: '1' });
    await untilState(running, 'CONNECTED');
    const placed = (await running.ask(PLACE, { input: ORDER })).data.placeOrder;
    expect(placed).toMatchObject({ __typename: 'Order', clientOrderId: 'desk0001', gateway: 'okx', status: 'OPEN' });
    // As the venue has it: nothing was put in front of the id, and no tag beside it.
    expect(venue.facts().orderRows.map(({ clOrdId }) => clOrdId)).toEqual(['desk0001']);
    const { data } = await running.ask(
      '{ openOrders(accountCookie: "okx-main") { clientOrderId } balances(accountCookie: "okx-main") { currency } }',
    );
    expect(data.openOrders).toEqual([{ clientOrderId: 'desk0001' }]);
    expect(data.balances).toContainEqual({ currency: 'USDT' });
    const { data: cancelled } = await running.ask(CANCEL, {
      input: { accountCookie: 'okx-main', clientOrderId: 'desk0001' },
    });
    expect(cancelled.cancelOrder).toEqual({ __typename: 'Order', status: 'CANCELLED' });
  });

  it('refuses orders and cancels unless it is, while everything else works', async () => {
    const running = await start();
    await untilState(running, 'CONNECTED');
    const refused = { __typename: 'OrderRejected', code: 'TRADING_DISABLED' };
    expect((await running.ask(PLACE, { input: ORDER })).data.placeOrder).toMatchObject(refused);
    venue.outside.place({ instId: 'BTC-USDT', side: 'buy', ordType: 'limit', px: '30000', sz: '0.1', clOrdId: 'web' });
    for await (const { data } of running.events(
      'subscription { orderEvents(accountCookie: "okx-main", startAt: BEGINNING) { ... on OrderEvent { kind order { clientOrderId } } } }',
    )) {
      expect(data.orderEvents).toEqual({ kind: 'ACCEPTED', order: { clientOrderId: 'web' } });
      break;
    }
    const target = { accountCookie: 'okx-main', clientOrderId: 'web' };
    expect((await running.ask(CANCEL, { input: target })).data.cancelOrder).toEqual(refused);
    const { data } = await running.ask(
      '{ balances(accountCookie: "okx-main") { currency total } gateways { tradingEnabled } }',
    );
    expect(data.balances.length).toBeGreaterThan(0);
    expect(data.gateways).toEqual([{ tradingEnabled: false }]);
    expect(venue.facts().orderRows.map(({ clOrdId }) => clOrdId)).toEqual(['web']);
  });

  it('shows no secret in its status, in no log and in no answer, logged in or refused', async () => {
    const running = await start({ TRADING_ENABLED: '1' });
    await untilState(running, 'CONNECTED');
    await running.ask(PLACE, { input: ORDER });
    const connected = await running.ask(GATEWAY);
    const [gateway] = connected.data.gateways;
    expect(gateway).toMatchObject({ name: 'okx', venue: 'okx', accountCookie: 'okx-main', tradingEnabled: true });
    const kinds = gateway.connections.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['PUBLIC', 'PRIVATE', 'REST']));
    expect(secretsIn(connected.text)).toEqual([]);
    expect(connected.text).not.toContain('"sign\\"');
    expect(secretsIn(JSON.stringify(running.complaints))).toEqual([]);
  });

  it('shows the login that the venue refused as hidden, and does not try again at once', async () => {
    const running = await start({ OKX_SECRET: 'another-secret-0000' });
    const socketOf = ({ data }: GraphAnswer) =>
      data.gateways[0].connections.find(({ kind }: { kind: string }) => kind === 'PRIVATE');
    const isRefused = (answer: GraphAnswer): boolean =>
      /refused the login/.test(answer.data.gateways[0].stateReason) && socketOf(answer).state === 'DISCONNECTED';
    let refused = await running.ask(GATEWAY);
    while (!isRefused(refused)) refused = await running.ask(GATEWAY);
    const socket = socketOf(refused);
    expect(socket.lastSentText).toBe('(hidden)');
    expect(socket.nextAttemptAt).not.toBeNull();
    expect(secretsIn(refused.text)).toEqual([]);
    expect(refused.text).not.toContain('another-secret-0000');
    expect(JSON.stringify(running.complaints)).not.toMatch(/another-secret|phrase-1234|key-0815/);
  });
});
