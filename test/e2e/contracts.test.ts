import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContractReport } from '../../src/domain/contract.ts';
import { LOCAL_VIEWER, type Role } from '../../src/domain/viewer.ts';
import type { GatewaySession } from '../../src/exchanges/gateways.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { contract } from '../exchanges/contract-lists.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { gatewayTo } from './replayed-desk.ts';

const REPORT = 'checkedAt matching added removed changed { kind symbol field stored venue } blocked acceptedAt';
const GATEWAY = `{ gateway(name: "paper") { state stateReason contractReport { ${REPORT} } } }`;
const CHECK = `mutation ($gateway: String!, $accept: Boolean) { checkContracts(gateway: $gateway, accept: $accept) {
  __typename ... on ContractReport { ${REPORT} } ... on NotFound { code message }
} }`;
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  __typename ... on Order { status } ... on OrderRejected { code message }
} }`;
const RESTING = {
  ...{ gateway: 'paper', accountCookie: 'paper', symbol: 'BTC-USDT', side: 'BUY', volume: '0.01', price: '30000' },
};
const SYMBOLS = ['BTC-USDT', 'BTC-USDT-SWAP', 'ETH-USDT'];

/** A desk whose gateway has come to the state. */
async function startDesk(folder: string, state = 'CONNECTED'): Promise<TestDeskgraph> {
  const desk = await startDeskgraph({ isClockRunning: true, folder });
  for await (const { data } of desk.events('subscription { gatewayStatus(name: "paper") { state } }')) {
    if (data.gatewayStatus.state === state) return desk;
  }
  throw new Error('the gateway never came');
}

/** Edits the stored list between two starts, so that the venue says something else than what is stored. */
async function editStored(folder: string, tickSize: string): Promise<void> {
  const store = openDeskStore({ path: deskStorePath(join(folder, 'data', 'demo')), newEpoch: () => 'epoch' });
  const list = { venue: 'paper', gateway: 'paper' };
  const stored = await store.contracts.contracts(list);
  const contracts = (stored?.contracts ?? []).map((each) =>
    each.symbol === 'BTC-USDT' ? { ...each, tickSize } : each,
  );
  await store.contracts.replaceContracts(list, { contracts, storedAt: 1 });
  store.close();
}

it("a desk lists the venue's contracts, stops on one that has changed between two starts, and goes on once it is accepted", async () => {
  using folder = temporaryFolder();
  const first = await startDesk(folder.path);
  const { data: told } = await first.ask(GATEWAY);
  expect(told.gateway.contractReport).toMatchObject({ added: SYMBOLS, matching: 0, changed: [], blocked: [] });
  expect(told.gateway.contractReport.acceptedAt).toBe(told.gateway.contractReport.checkedAt);
  await first.close();

  await editStored(folder.path, '0.5');
  const second = await startDesk(folder.path, 'CONTRACTS_MISMATCH');
  const place = async (input: object) => (await second.ask(PLACE, { input })).data.placeOrder;
  const { data: differing } = await second.ask(GATEWAY);
  expect(differing.gateway.stateReason).toContain('BTC-USDT (tickSize 0.5, now 0.1)');
  expect(differing.gateway.contractReport).toMatchObject({
    ...{ added: [], removed: [], matching: 2, blocked: ['BTC-USDT'], acceptedAt: null },
    changed: [{ kind: 'PRICE_STEP', symbol: 'BTC-USDT', field: 'tickSize', stored: '0.5', venue: '0.1' }],
  });
  expect(await place({ ...RESTING, clientOrderId: 'refused' })).toMatchObject({ code: 'GATEWAY_DOWN' });
  expect(await place({ ...RESTING, symbol: 'ETH-USDT', price: '2000', clientOrderId: 'taken' })).toMatchObject({
    status: 'OPEN',
  });
  const quotes = second.events(
    'subscription { ticks(gateway: "paper", symbols: ["ETH-USDT", "BTC-USDT"]) { symbol } }',
  );
  expect((await quotes.next()).value.data.ticks.symbol).toMatch(/USDT$/);
  await quotes.return();

  const { data: looked } = await second.ask(CHECK, { gateway: 'paper' });
  expect(looked.checkContracts).toMatchObject({
    __typename: 'ContractReport',
    blocked: ['BTC-USDT'],
    acceptedAt: null,
  });
  const { data: accepted } = await second.ask(CHECK, { gateway: 'paper', accept: true });
  expect(accepted.checkContracts).toMatchObject({ blocked: [], changed: [{ kind: 'PRICE_STEP' }] });
  expect(accepted.checkContracts.acceptedAt).not.toBeNull();
  const { data: after } = await second.ask(GATEWAY);
  expect(after.gateway).toMatchObject({ state: 'CONNECTED', stateReason: null });
  expect(await place({ ...RESTING, clientOrderId: 'again' })).toMatchObject({ status: 'OPEN' });
  await second.close();

  const third = await startDesk(folder.path);
  const { data: same } = await third.ask(GATEWAY);
  expect(same.gateway.contractReport).toMatchObject({ matching: 3, added: [], removed: [], changed: [] });
  await third.close();
});

it('the contracts of a gateway are paged by symbol and found by a part of it', async () => {
  using folder = temporaryFolder();
  const desk = await startDesk(folder.path);
  const contracts = async (args: string, of = '{ nodes { symbol } totalCount pageInfo { hasNextPage endCursor } }') =>
    (await desk.ask(`{ gateway(name: "paper") { contracts${args} ${of} } }`)).data.gateway.contracts;
  const { nodes } = await contracts(
    '',
    '{ nodes { id symbol base quote kind tickSize lotSize contractSize expiresAt listed } }',
  );
  expect(nodes.map(({ symbol }: { symbol: string }) => symbol)).toEqual(SYMBOLS);
  expect(nodes[1]).toMatchObject({
    ...{ symbol: 'BTC-USDT-SWAP', base: 'BTC', quote: 'USDT', kind: 'SWAP', tickSize: '0.1', lotSize: '1' },
    ...{ contractSize: '0.01', expiresAt: null, listed: true },
  });
  expect(new Set(nodes.map(({ id }: { id: string }) => id)).size).toBe(3);
  const page = await contracts('(first: 2)');
  expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  const next = await contracts(`(first: 2, after: "${page.pageInfo.endCursor}")`);
  expect(next.nodes).toEqual([{ symbol: 'ETH-USDT' }]);
  expect(await contracts('(search: "eth")')).toMatchObject({ totalCount: 1, nodes: [{ symbol: 'ETH-USDT' }] });
  expect(await contracts('(search: "swap", first: 5)')).toMatchObject({ nodes: [{ symbol: 'BTC-USDT-SWAP' }] });
  expect(await contracts('(search: "xrp")')).toMatchObject({ totalCount: 0, nodes: [] });
  const { data } = await desk.ask(CHECK, { gateway: 'nowhere' });
  expect(data.checkContracts).toEqual({
    ...{ __typename: 'NotFound', code: 'NOT_FOUND', message: 'there is no gateway "nowhere"' },
  });
  await desk.close();
});

it('the policy of the configuration is that of the gateway', async () => {
  using folder = temporaryFolder();
  const start = (policy: string) =>
    startDeskgraph({
      ...{ isClockRunning: true, folder: folder.path, environment: { DESKGRAPH_CONFIG: 'desk.yaml' } },
      files: {
        'desk.yaml': `gateways:\n  - { name: paper, venue: paper, symbols: [BTC-USDT], contracts: { policy: ${policy} } }`,
      },
    });
  const storedTick = async (policy: string) => {
    const desk = await start(policy);
    let report: ContractReport | null = null;
    for await (const { data } of desk.events(
      `subscription { gatewayStatus(name: "paper") { state contractReport { ${REPORT} } } }`,
    )) {
      if (data.gatewayStatus.state === 'CONNECTED') report = data.gatewayStatus.contractReport;
      if (report !== null) break;
    }
    await desk.close();
    return report;
  };
  expect(await storedTick('warn')).toMatchObject({ added: SYMBOLS });
  const store = openDeskStore({ path: deskStorePath(join(folder.path, 'data')), newEpoch: () => 'epoch' });
  const list = { venue: 'paper', gateway: 'paper' };
  await store.contracts.replaceContracts(list, { contracts: [contract('BTC-USDT', { tickSize: '5' })], storedAt: 1 });
  store.close();
  const added = ['BTC-USDT-SWAP', 'ETH-USDT'];
  expect(await storedTick('warn')).toMatchObject({ added, changed: [{ stored: '5' }], blocked: [], acceptedAt: null });
  expect(await storedTick('update')).toMatchObject({ added, changed: [{ stored: '5' }], blocked: [] });
  expect(await storedTick('block')).toMatchObject({ added: [], changed: [], matching: 3 });
});

it('a gateway whose sockets are not those of the venue has no contracts, and never asks the venue for them', async () => {
  const desk = await startDeskgraph(gatewayTo(`ws://127.0.0.1:${await freePort()}`));
  const { data } = await desk.ask(
    '{ gateway(name: "okx") { connections { kind } contracts { totalCount } contractReport { matching } } }',
  );
  expect(data.gateway).toEqual({ connections: [{ kind: 'PUBLIC' }], contracts: null, contractReport: null });
  const { data: checked, errors } = await desk.ask(CHECK, { gateway: 'okx' });
  expect([checked.checkContracts, errors[0]?.extensions.code]).toEqual([null, 'NOT_AVAILABLE']);
  await desk.close();
});

describe('a viewer', () => {
  const execution = createExecution({ schema: buildSchema() });
  const check = async (roles: readonly Role[]) => {
    const checks: boolean[] = [];
    const report: ContractReport = {
      ...{ checkedAt: 0, matching: 1, added: [], removed: [], changed: [], blocked: [], acceptedAt: null },
    };
    const session: Partial<GatewaySession> = {
      name: 'okx',
      contracts: {
        list: async () => [],
        check: async ({ accept }) => {
          checks.push(accept);
          return report;
        },
      },
    };
    const { errors } = await execution.execute({
      document: execution.parse(CHECK),
      variableValues: { gateway: 'okx', accept: true },
      contextValue: { viewer: { ...LOCAL_VIEWER, roles }, gateways: [session, { name: 'other' }] },
    });
    return { checks, codes: errors?.map(({ originalError }) => (originalError as { code?: string }).code) };
  };

  it('who is an operator checks and accepts contracts', async () => {
    expect(await check(['OPERATOR'])).toEqual({ checks: [true], codes: undefined });
  });

  it('who is none is refused, and nothing is asked of the venue', async () => {
    expect(await check(['VIEWER', 'TRADER'])).toEqual({ checks: [], codes: ['FORBIDDEN'] });
  });
});
