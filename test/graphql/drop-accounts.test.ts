import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionResult } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { createLogger } from '../../src/logger.ts';
import { accountStorePath } from '../../src/store/sqlite/paths.ts';
import { openSqliteAccountDrops, type SqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { state } from '../store/account-store.contract.ts';
import { startDeskgraph, TEST_NOW } from '../support/deskgraph.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const DAY_MS = 24 * 3600 * 1000;
const DROP = `mutation ($input: DropAccountsInput!) {
  dropAccounts(input: $input) {
    __typename
    ... on DropAccountsSuccess { dropped droppedIds documents missing }
    ... on DropAccountsRefused { code message }
  }
}`;
const execution = createExecution({ schema: buildSchema() });

describe('dropAccounts', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let accounts: SqliteAccountStore;
  let accountDrops: SqliteAccountDrops;
  beforeEach(async () => {
    folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    accounts = openSqliteAccountStore({ path });
    accountDrops = openSqliteAccountDrops({ path });
    const names = ['desk-1', 'desk-2', 'other'];
    await accounts.writeDocuments(names.map((accountCookie) => state({ accountCookie })));
  });
  afterEach(async () => {
    await accountDrops.close();
    await accounts.close();
    folder[Symbol.dispose]();
  });

  interface Asked {
    readonly accountCookies: readonly string[];
    readonly source?: string;
    readonly confirm?: number;
    readonly viewer?: Viewer;
  }

  async function drop({ accountCookies, viewer = LOCAL_VIEWER, ...rest }: Asked): Promise<ExecutionResult> {
    return execution.execute({
      document: execution.parse(DROP),
      variableValues: { input: { accountCookies, source: 'HISTORY', confirm: accountCookies.length, ...rest } },
      contextValue: { viewer, accountDrops, now: () => NOW },
    });
  }

  const listed = async () => (await accounts.listAccounts({ source: 'HISTORY' })).map((each) => each.accountCookie);

  it('drops the accounts named, and says which were not there', async () => {
    const { data, errors } = await drop({ accountCookies: ['other', 'none', 'desk-1', 'DESK-2'] });
    expect(errors).toBeUndefined();
    expect(data?.dropAccounts).toMatchObject({
      __typename: 'DropAccountsSuccess',
      dropped: ['other', 'desk-1'],
      documents: 2,
      missing: ['none', 'DESK-2'],
    });
    expect(await listed()).toEqual(['desk-2']);
    expect(await accountDrops.records()).toMatchObject([
      { requestedBy: 'local', requestedAt: NOW, dropped: ['other', 'desk-1'] },
    ]);
  });

  it('drops from the source asked for alone', async () => {
    const { data } = await drop({ accountCookies: ['desk-1'], source: 'REALTIME' });
    expect(data?.dropAccounts).toMatchObject({ dropped: [], droppedIds: [], documents: 0, missing: ['desk-1'] });
    expect(await listed()).toHaveLength(3);
  });

  it.each([
    ['no name', { accountCookies: [] }, 'received 0 accountCookies, wanted 1 to 100'],
    ['101 names', { accountCookies: Array.from({ length: 101 }, (_, at) => `${at}`) }, 'received 101 accountCookies'],
    ['a name twice', { accountCookies: ['desk-1', 'other', 'desk-1'] }, 'received the account "desk-1" twice'],
    ['a long name twice', { accountCookies: ['a'.repeat(9_999), 'a'.repeat(9_999)] }, 'twice, wanted each name once'],
    ['fewer than confirmed', { accountCookies: ['desk-1'], confirm: 2 }, 'received 1 accountCookies and confirm 2'],
    ['more than confirmed', { accountCookies: ['desk-1', 'desk-2'], confirm: 1 }, 'and confirm 1, wanted both'],
    ['a negative confirm', { accountCookies: ['desk-1'], confirm: -1 }, 'and confirm -1, wanted both'],
  ])('refuses %s, and drops nothing', async (_what, asked, message) => {
    const { data, errors } = await drop(asked);
    expect(errors).toBeUndefined();
    const refused = {
      __typename: 'DropAccountsRefused',
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
    };
    expect(data?.dropAccounts).toEqual(refused);
    expect(JSON.stringify(data).length).toBeLessThan(300);
    expect(await listed()).toHaveLength(3);
    expect(await accountDrops.records()).toEqual([]);
  });

  it('takes 100 names', async () => {
    const accountCookies = ['desk-2', ...Array.from({ length: 99 }, (_, at) => `none-${at}`)];
    const { data } = await drop({ accountCookies });
    expect(data?.dropAccounts).toMatchObject({ dropped: ['desk-2'], missing: accountCookies.slice(1) });
  });

  it('is forbidden without the role ADMIN, whatever is asked for', async () => {
    const viewer: Viewer = { ...LOCAL_VIEWER, roles: ['VIEWER', 'TRADER', 'OPERATOR'] };
    for (const asked of [{ accountCookies: ['desk-1'] }, { accountCookies: [] }]) {
      const { data, errors } = await drop({ ...asked, viewer });
      expect(data).toEqual({ dropAccounts: null });
      expect(errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'FORBIDDEN' }]);
    }
    expect(await listed()).toHaveLength(3);
    expect(await accountDrops.records()).toEqual([]);
  });

  it("answers accounts that are not the viewer's like those that are not there", async () => {
    const viewer: Viewer = { ...LOCAL_VIEWER, subject: 'ann', accountPatterns: ['desk-*'] };
    const { data } = await drop({ accountCookies: ['other', 'desk-1', 'desk-9'], viewer });
    expect(data?.dropAccounts).toMatchObject({ dropped: ['desk-1'], documents: 1, missing: ['other', 'desk-9'] });
    expect((await drop({ accountCookies: ['other'], viewer })).data?.dropAccounts).toMatchObject({
      missing: ['other'],
    });
    expect(await listed()).toEqual(['desk-2', 'other']);
    expect(await accountDrops.records()).toMatchObject([{ requestedBy: 'ann', accountCookies: ['desk-1', 'desk-9'] }]);
  });

  it('is an error with a code when the store is away', async () => {
    await accountDrops.close();
    const { data, errors } = await drop({ accountCookies: ['desk-1'] });
    expect(data).toEqual({ dropAccounts: null });
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE' }]);
  });
});

it.each([
  ['are kept for 7 days', 7 * DAY_MS, 'RESTORED'],
  ['are given up by a server that runs, within a day after that', 8 * DAY_MS, 'NO_COPY'],
])('copies %s', async (_what, passedMs, kind) => {
  using folder = temporaryFolder();
  const path = accountStorePath(folder.path);
  const store = openSqliteAccountStore({ path });
  await store.writeDocuments([state({ accountCookie: 'desk' })]);
  await store.close();
  const config = loadConfig({
    environment: { PORT: '0', DESKGRAPH_DATA: folder.path },
    readFile: () => '',
    cwd: folder.path,
  });
  const clock = new ManualClock(NOW);
  const logger = createLogger({ level: 'silent' });
  const app = await startApp(config, {
    logger,
    clock: { now: () => clock.now(), after: (delayMs, task) => clock.after(delayMs, task) },
  });
  const body = JSON.stringify({
    query: DROP,
    variables: { input: { accountCookies: ['desk'], source: 'HISTORY', confirm: 1 } },
  });
  const headers = { 'content-type': 'application/json' };
  try {
    const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ data: { dropAccounts: { dropped: ['desk'] } } });
    clock.advance(passedMs);
  } finally {
    await app.close();
  }
  const drops = openSqliteAccountDrops({ path });
  const request = { source: 'HISTORY', accountCookie: 'desk', replace: false, requestedBy: 'ann' } as const;
  expect(await drops.restore({ ...request, requestedAt: clock.now() })).toMatchObject({ kind });
  await drops.close();
});

it('a server gives up copies of more than 7 days when it starts', async () => {
  using folder = temporaryFolder();
  const dataFolder = join(folder.path, 'data');
  mkdirSync(dataFolder);
  const path = accountStorePath(dataFolder);
  const store = openSqliteAccountStore({ path });
  const names = ['old', 'new'];
  await store.writeDocuments(names.map((accountCookie) => state({ accountCookie })));
  await store.close();
  const drops = openSqliteAccountDrops({ path });
  const ages = [7 * DAY_MS + 1, 7 * DAY_MS];
  for (const [index, name] of names.entries()) {
    const requestedAt = TEST_NOW - (ages[index] ?? 0);
    await drops.drop({ source: 'HISTORY', accountCookies: [name], requestedBy: 'ann', requestedAt });
  }
  await drops.close();
  await (await startDeskgraph({ folder: folder.path })).close();
  const left = openSqliteAccountDrops({ path });
  const request = { source: 'HISTORY', replace: false, requestedBy: 'ann', requestedAt: TEST_NOW } as const;
  expect(await left.restore({ ...request, accountCookie: 'old' })).toEqual({ kind: 'NO_COPY' });
  expect(await left.restore({ ...request, accountCookie: 'new' })).toMatchObject({ kind: 'RESTORED' });
  await left.close();
});

it('what was dropped is gone at once from everything that is asked, over HTTP on the simulated data', async () => {
  const server = await startDeskgraph();
  try {
    const ask = async (query: string, variables?: object) => {
      const { data, errors } = await server.ask(query, variables);
      expect(errors).toEqual([]);
      return data;
    };
    const DESK = `{
      accounts(source: HISTORY) { totalCount nodes { id accountCookie } }
      live: accounts(source: REALTIME) { nodes { accountCookie } }
      portfolio(name: "demo") { accounts { nodes { accountCookie } } }
      portfolios { name }
      account(accountCookie: "demo-cta") { id equityCurve { tradingDay } }
    }`;
    const before = await ask(DESK);
    const { id, equityCurve } = before.account;
    const { dropAccounts } = await ask(DROP, {
      input: { accountCookies: ['demo-cta'], source: 'HISTORY', confirm: 1 },
    });
    expect(dropAccounts).toEqual({
      ...{ __typename: 'DropAccountsSuccess', dropped: ['demo-cta'], droppedIds: [id], missing: [] },
      documents: equityCurve.length,
    });
    const after = await ask(DESK);
    expect(after.account).toBeNull();
    expect(after.accounts.totalCount).toBe(before.accounts.totalCount - 1);
    expect(JSON.stringify([after.accounts, after.portfolio])).not.toContain('demo-cta');
    expect(after.live).toEqual(before.live);
    expect(await ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });

    const others: string[] = after.accounts.nodes.map((node: { accountCookie: string }) => node.accountCookie);
    await ask(DROP, { input: { accountCookies: others, source: 'HISTORY', confirm: others.length } });
    expect(await ask(DESK)).toMatchObject({ accounts: { totalCount: 0 }, portfolio: null, portfolios: [] });
    expect(server.complaints).toEqual([]);
  } finally {
    await server.close();
  }
});
