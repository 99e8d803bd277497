import { ACCOUNT_SOURCES, type AccountSnapshot, type AccountSource } from '../domain/account.ts';
import { SERIES } from '../domain/column.ts';
import { cutEquity, portfolioCurve, sumOfFigures } from '../domain/equity.ts';
import { pageOf } from '../domain/page.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { AccountListing } from '../store/accounts.ts';
import { AccountConnection, AccountNode, type AccountShape, AccountSourceEnum, sourceArgument } from './accounts.ts';
import { builder } from './builder.ts';
import { pageArguments } from './connection.ts';
import { EquityPoint } from './equity.ts';
import { decodeKey, encodeKey } from './global-id.ts';
import { openRange } from './ranges.ts';
import { storedValue } from './stored-value.ts';

/** A portfolio is the accounts that name it. */
interface PortfolioShape {
  readonly source: AccountSource;
  readonly name: string;
}

type SummedFigure = 'balance' | 'available' | 'margin' | 'floatProfit';

const PortfolioNode = builder.objectRef<PortfolioShape>('Portfolio');

builder.node(PortfolioNode, {
  description: 'Accounts under one name, and their sums.',
  id: { resolve: ({ source, name }) => encodeKey(source, name) },
  loadOne: (id, { loaders }) => {
    const [source, name] = decodeKey(id) ?? [];
    const known = ACCOUNT_SOURCES.find((each) => each === source);
    return known === undefined || typeof name !== 'string' ? null : findPortfolio(loaders, { source: known, name });
  },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As the QIFI documents say it.' }),
    source: t.expose('source', { type: AccountSourceEnum, description: 'The store its accounts are read from.' }),
    accounts: t.field({
      type: AccountConnection,
      nullable: true,
      description: 'Its accounts, each at its latest state, ascending by account cookie.',
      args: pageArguments(t.arg),
      resolve: async (portfolio, args, { loaders }) => {
        const listings = await loaders.accounts.list({ source: portfolio.source, portfolio: portfolio.name });
        return accountPage(loaders, listings, args);
      },
    }),
    currency: t.string({
      nullable: true,
      description:
        "Null when the accounts' currencies differ; then the sums are null too. An account that says none goes with the others.",
      resolve: async (portfolio, _args, { loaders }) =>
        commonCurrency(await latestOf(loaders, portfolio))?.currency ?? null,
    }),
    balance: t.float({
      nullable: true,
      description: 'Equity of its accounts, each at its latest day; null when one of them lacks it.',
      resolve: sumOf('balance'),
    }),
    available: t.float({
      nullable: true,
      description: 'Money free for new positions, each account at its latest day; null when one of them lacks it.',
      resolve: sumOf('available'),
    }),
    margin: t.float({
      nullable: true,
      description: 'Money held for open positions, each account at its latest day; null when one of them lacks it.',
      resolve: sumOf('margin'),
    }),
    floatProfit: t.float({
      nullable: true,
      description: 'Profit of open positions, each account at its latest day; null when one of them lacks it.',
      resolve: sumOf('floatProfit'),
    }),
    equityCurve: t.field({
      type: [EquityPoint],
      nullable: true,
      description:
        "Every day on which an account has a point; each account carried forward between its own. Null when the accounts' currencies differ.",
      extensions: SERIES,
      args: {
        start: t.arg({ type: 'Date', description: 'First day wanted, itself included.' }),
        end: t.arg({ type: 'Date', description: 'Last day wanted, itself included.' }),
      },
      resolve: async (portfolio, args, { loaders }) => {
        const range = openRange(args);
        const snapshots = await latestOf(loaders, portfolio);
        if (commonCurrency(snapshots) === undefined) return null;
        const series = await Promise.all(snapshots.map((snapshot) => loaders.accounts.equityRows.load(snapshot)));
        return cutEquity(portfolioCurve(series), range);
      },
    }),
  }),
});

builder.objectField(AccountNode, 'portfolio', (t) =>
  t.field({
    type: PortfolioNode,
    nullable: true,
    description: 'The portfolio that this state names.',
    resolve: ({ snapshot }, _args, context) => {
      const name = storedValue(snapshot, 'portfolio', context);
      return name === null ? null : { source: snapshot.source, name };
    },
  }),
);

builder.queryFields((t) => ({
  accounts: t.field({
    type: AccountConnection,
    nullable: true,
    description: 'Your accounts, each at its latest state, ascending by account cookie.',
    args: {
      source: sourceArgument(t.arg),
      portfolio: t.arg.string({ description: 'Only accounts of this portfolio.' }),
      search: t.arg.string({ description: 'Case-insensitive substring of accountCookie, never an expression.' }),
      ...pageArguments(t.arg),
    },
    resolve: async (_root, { source, portfolio, search, ...page }, { loaders }) => {
      const filter = { source, ...(portfolio == null ? {} : { portfolio }), ...(search == null ? {} : { search }) };
      return accountPage(loaders, await loaders.accounts.list(filter), page);
    },
  }),
  portfolio: t.field({
    type: PortfolioNode,
    nullable: true,
    description: 'One portfolio, null when none of your accounts names it.',
    args: {
      name: t.arg.string({ required: true, description: 'As the QIFI documents say it.' }),
      source: sourceArgument(t.arg),
    },
    resolve: (_root, portfolio, { loaders }) => findPortfolio(loaders, portfolio),
  }),
  portfolios: t.field({
    type: [PortfolioNode],
    nullable: true,
    description: 'All portfolios that your accounts name, ascending by name.',
    args: {
      source: sourceArgument(t.arg),
    },
    resolve: async (_root, { source }, { loaders }) => {
      const names = await loaders.accounts.portfolios(source);
      return names.map((name) => ({ source, name }));
    },
  }),
}));

async function findPortfolio(loaders: Loaders, portfolio: PortfolioShape): Promise<PortfolioShape | null> {
  const listings = await loaders.accounts.list({ source: portfolio.source, portfolio: portfolio.name });
  return listings.length === 0 ? null : portfolio;
}

/** A page of accounts; only the page's own accounts are read. One that vanished meanwhile is left out. */
async function accountPage(loaders: Loaders, listings: readonly AccountListing[], args: Parameters<typeof pageOf>[1]) {
  const page = pageOf(listings, args, (listing) => listing.accountCookie);
  const snapshots = await Promise.all(page.edges.map(({ node }) => loaders.accounts.latest.load(node)));
  const edges = page.edges.flatMap(({ cursor }, index) => {
    const snapshot = snapshots[index];
    const node: AccountShape | undefined = snapshot === undefined ? undefined : { snapshot, asOf: undefined };
    return node === undefined ? [] : [{ cursor, node }];
  });
  return { ...page, edges };
}

async function latestOf(loaders: Loaders, { source, name }: PortfolioShape): Promise<readonly AccountSnapshot[]> {
  const listings = await loaders.accounts.list({ source, portfolio: name });
  const snapshots = await Promise.all(listings.map((listing) => loaders.accounts.latest.load(listing)));
  return snapshots.filter((snapshot) => snapshot !== undefined);
}

interface CurrencyOfAll {
  /** Null when no account says its currency. */
  readonly currency: string | null;
}

/** Undefined when two accounts say different currencies: nothing can be summed then. */
function commonCurrency(snapshots: readonly AccountSnapshot[]): CurrencyOfAll | undefined {
  const said = new Set(snapshots.flatMap(({ currency }) => currency ?? []));
  const [currency = null] = said;
  return said.size > 1 ? undefined : { currency };
}

function sumOf(figure: SummedFigure) {
  return async (
    portfolio: PortfolioShape,
    _args: object,
    { loaders }: { loaders: Loaders },
  ): Promise<number | null> => {
    const snapshots = await latestOf(loaders, portfolio);
    return commonCurrency(snapshots) === undefined ? null : sumOfFigures(snapshots, figure);
  };
}
