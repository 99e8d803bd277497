import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

interface BackwardPage {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
}

interface Point {
  readonly tradingDay: string;
  readonly balance: number;
}

describe('accounts, over HTTP on the simulated data', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph();
  });
  afterAll(() => server.close());

  async function data(query: string, variables?: object) {
    const answer = await server.ask(query, variables);
    expect(answer.errors).toEqual([]);
    return answer.data;
  }

  it('lists all accounts, pages through them in order, and counts the whole list', async () => {
    const { accounts } = await data('{ accounts { totalCount nodes { accountCookie } } }');
    const names: string[] = accounts.nodes.map((node: { accountCookie: string }) => node.accountCookie);
    expect(names).toEqual(names.toSorted());
    expect(accounts.totalCount).toBe(names.length);
    const walked: string[] = [];
    for (let after: string | null = null; walked.length < names.length; ) {
      const page: Connection<{ accountCookie: string }> = (
        await data(
          'query ($after: String) { accounts(first: 1, after: $after) { edges { cursor node { accountCookie } } pageInfo { hasNextPage } } }',
          { after },
        )
      ).accounts;
      walked.push(...page.edges.map(({ node }) => node.accountCookie));
      after = page.edges[0]?.cursor ?? null;
      expect(page.pageInfo.hasNextPage).toBe(walked.length < names.length);
    }
    expect(walked).toEqual(names);
  });

  it('finds accounts by a substring in any case, taken literally', async () => {
    const found = await data(
      '{ some: accounts(search: "CTA") { nodes { accountCookie } } none: accounts(search: "demo.cta") { totalCount } }',
    );
    expect(found.some.nodes).toEqual([{ accountCookie: 'demo-cta' }]);
    expect(found.none.totalCount).toBe(0);
  });

  it('answers the latest state, an earlier one by its day, and both again by their ids', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { id tradingDay balance equityCurve { tradingDay balance } } }',
    );
    const curve: Point[] = account.equityCurve;
    expect(account).toMatchObject(curve.at(-1) ?? {});
    const past = curve.at(-30);
    const asOf = await data(
      'query ($day: Date) { account(accountCookie: "demo-cta", tradingDay: $day) { id tradingDay balance } }',
      { day: past?.tradingDay },
    );
    expect(asOf.account).toMatchObject(past ?? {});
    expect(asOf.account.id).not.toBe(account.id);
    const again = await data(
      'query ($a: ID!, $b: ID!) { latest: node(id: $a) { id ... on Account { balance } } past: node(id: $b) { id ... on Account { balance } } }',
      {
        a: account.id,
        b: asOf.account.id,
      },
    );
    expect(again.latest).toEqual({ id: account.id, balance: account.balance });
    expect(again.past).toEqual({ id: asOf.account.id, balance: past?.balance });
  });

  it.each(['["HISTORY","demo-cta","2020-99-99"]', '["HISTORY","demo-cta",5]', '["HISTORY","demo-cta","2026-01-05",1]'])(
    'finds no account by the id that says %s',
    async (key) => {
      const id = Buffer.from(`Account:${key}`).toString('base64url');
      expect(await data('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
    },
  );

  it('counts a day profit from the day before, money moved taken out', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { balance preBalance deposit withdraw dayProfit } }',
    );
    const { balance, preBalance, deposit, withdraw, dayProfit } = account;
    expect(dayProfit).toBeCloseTo(balance - preBalance - deposit + withdraw, 6);
  });

  it('cuts the curve to an inclusive range, ascending, one point a day', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { all: equityCurve { tradingDay } some: equityCurve(start: "2026-06-01", end: "2026-06-12") { tradingDay } } }',
    );
    const days: string[] = account.all.map((point: Point) => point.tradingDay);
    expect(days).toEqual([...new Set(days)].toSorted());
    const cut = account.some.map((point: Point) => point.tradingDay);
    expect(cut).toEqual(days.filter((day) => day >= '2026-06-01' && day <= '2026-06-12'));
    expect(cut).toContain('2026-06-12');
  });

  it('adds monthly profits up to what was earned since the first day', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { monthlyProfit { month profit } equityCurve { balance deposit withdraw tradingDay } } }',
    );
    const months: { month: string; profit: number }[] = account.monthlyProfit;
    expect(months.every(({ month }) => /-(28|29|30|31)$/.test(month))).toBe(true);
    const [first] = account.equityCurve;
    const start = (
      await data('query ($day: Date) { account(accountCookie: "demo-cta", tradingDay: $day) { preBalance } }', {
        day: first.tradingDay,
      })
    ).account.preBalance;
    const moved = account.equityCurve.reduce(
      (sum: number, { deposit, withdraw }: { deposit: number; withdraw: number }) => sum + deposit - withdraw,
      0,
    );
    const earned = account.equityCurve.at(-1).balance - start - moved;
    expect(months.reduce((sum, { profit }) => sum + profit, 0)).toBeCloseTo(earned, 4);
  });

  it('gives fills in time order, filtered by day and instrument, and each again by its id', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { trades(first: 1000) { totalCount nodes { id tradedAtNanos tradingDay instrumentId } } } }',
    );
    const trades: { id: string; tradedAtNanos: string; tradingDay: string; instrumentId: string }[] =
      account.trades.nodes;
    expect(trades.length).toBe(account.trades.totalCount);
    const times = trades.map(({ tradedAtNanos }) => BigInt(tradedAtNanos));
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0n))).toBe(true);
    const pick = trades[Math.floor(trades.length / 2)];
    const some = await data(
      'query ($day: Date, $instrument: String, $id: ID!) { account(accountCookie: "demo-cta") { trades(start: $day, end: $day, instrumentId: $instrument, first: 1000) { nodes { id } } } node(id: $id) { __typename id } }',
      { day: pick?.tradingDay, instrument: pick?.instrumentId, id: pick?.id },
    );
    const expected = trades.filter(
      (trade) => trade.tradingDay === pick?.tradingDay && trade.instrumentId === pick?.instrumentId,
    );
    expect(some.account.trades.nodes).toEqual(expected.map(({ id }) => ({ id })));
    expect(some.node).toEqual({ __typename: 'Trade', id: pick?.id });
  });

  it('walks fills backwards without hole or repeat', async () => {
    const all = (
      await data('{ account(accountCookie: "demo-cta") { trades(first: 1000) { nodes { id } } } }')
    ).account.trades.nodes.map((node: { id: string }) => node.id);
    const walked: string[] = [];
    for (let before: string | null = null, more = true; more; ) {
      const { trades }: { trades: BackwardPage } = (
        await data(
          'query ($before: String) { account(accountCookie: "demo-cta") { trades(last: 17, before: $before) { nodes { id } pageInfo { hasPreviousPage startCursor } } } }',
          { before },
        )
      ).account;
      walked.unshift(...trades.nodes.map((node) => node.id));
      before = trades.pageInfo.startCursor;
      more = trades.pageInfo.hasPreviousPage;
    }
    expect(walked).toEqual(all);
  });

  it('filters orders by status', async () => {
    const { account } = await data(
      '{ account(accountCookie: "demo-cta") { all: orders(first: 1000) { nodes { status } } filled: orders(statuses: [FILLED], first: 1000) { totalCount nodes { id status fills { tradeId } } } none: orders(statuses: []) { totalCount } } }',
    );
    expect(account.filled.totalCount).toBe(
      account.all.nodes.filter(({ status }: { status: string }) => status === 'FILLED').length,
    );
    expect(account.filled.totalCount).toBeGreaterThan(0);
    expect(account.none.totalCount).toBe(0);
    const order = account.filled.nodes[0];
    expect(order.fills).toEqual([]);
    expect(
      (await data('query ($id: ID!) { node(id: $id) { id ... on Order { status } } }', { id: order.id })).node,
    ).toEqual({ id: order.id, status: 'FILLED' });
  });

  it('sums a portfolio over its accounts and carries each account forward', async () => {
    const { portfolio, portfolios } = await data(
      '{ portfolios { name } portfolio(name: "demo") { id currency balance accounts { totalCount nodes { accountCookie balance equityCurve { tradingDay balance } } } equityCurve { tradingDay balance } } }',
    );
    expect(portfolios).toContainEqual({ name: 'demo' });
    const accounts: { balance: number; equityCurve: Point[] }[] = portfolio.accounts.nodes;
    expect(portfolio.accounts.totalCount).toBe(accounts.length);
    expect(portfolio.balance).toBeCloseTo(
      accounts.reduce((sum, { balance }) => sum + balance, 0),
      6,
    );
    for (const { tradingDay, balance } of portfolio.equityCurve.filter(
      (_point: Point, index: number) => index % 40 === 0,
    )) {
      const carried = accounts.map(
        ({ equityCurve }) => equityCurve.findLast((point) => point.tradingDay <= tradingDay)?.balance ?? 0,
      );
      expect(balance).toBeCloseTo(
        carried.reduce((sum, each) => sum + each, 0),
        4,
      );
    }
    expect(
      (await data('query ($id: ID!) { node(id: $id) { ... on Portfolio { name } } }', { id: portfolio.id })).node,
    ).toEqual({ name: 'demo' });
  });

  it('reads REALTIME accounts from their own store', async () => {
    const { accounts } = await data(
      '{ accounts(source: REALTIME) { nodes { accountCookie source connectionStatus positions { instrumentId } intradayEquity { at balance } } } }',
    );
    expect(accounts.nodes.map(({ accountCookie }: { accountCookie: string }) => accountCookie)).toContain('demo-sim');
    expect(accounts.nodes.every(({ source }: { source: string }) => source === 'REALTIME')).toBe(true);
    expect((await data('{ account(accountCookie: "demo-sim") { id } }')).account).toBeNull();
  });

  it('has days with positions and days without: [] when flat', async () => {
    const { account } = await data('{ account(accountCookie: "demo-cta") { equityCurve { tradingDay } } }');
    const seen = new Set<boolean>();
    for (const { tradingDay } of account.equityCurve.slice(-60)) {
      const day = await data(
        'query ($day: Date) { account(accountCookie: "demo-cta") { positions(tradingDay: $day) { id volumeLong volumeShort instrument { code } } } }',
        { day: tradingDay },
      );
      seen.add(day.account.positions.length > 0);
      if (seen.size === 2) break;
    }
    expect([...seen].toSorted()).toEqual([false, true]);
  });
});
