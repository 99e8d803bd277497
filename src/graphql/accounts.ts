import type { ArgBuilder } from '@pothos/core';
import {
  ACCOUNT_FIGURES,
  ACCOUNT_SOURCES,
  type AccountFigure,
  type AccountSnapshot,
  CONNECTION_STATUSES,
} from '../domain/account.ts';
import { type Day, formatDay, parseDay } from '../domain/day.ts';
import { dayProfit } from '../domain/equity.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { AccountKey } from '../store/accounts.ts';
import { accountKeyOf } from './account-id.ts';
import { builder, type DeskgraphTypes } from './builder.ts';
import { connectionType } from './connection.ts';
import { describedEnum } from './described-enum.ts';
import { decodeKey, encodeKey } from './global-id.ts';
import { Position } from './positions.ts';
import { storedValue } from './stored-value.ts';

export const AccountSourceEnum = describedEnum('AccountSource', {
  description: 'Which of the two QIFI stores an account is read from.',
  values: ACCOUNT_SOURCES,
  meaning: {
    HISTORY: 'One snapshot per account and trading day: the settled, day-end series.',
    REALTIME:
      'The latest state of a simulated or real account. Its daily series is made from the stored intraday marks.',
  },
});

const ConnectionStatusEnum = describedEnum('AccountConnectionStatus', {
  description: 'Whether the program that trades the account is connected to its broker.',
  values: CONNECTION_STATUSES,
  meaning: {
    CONNECTED: 'Connected when the state was written.',
    RESTART_WANTED: 'Waiting to be started again.',
    CLOSED: 'Settled, closed or stopped.',
    LOGIN_REFUSED: 'The broker refused the login.',
    UNKNOWN: 'The document says nothing, or something unheard of.',
  },
});

const FIGURE_DESCRIPTIONS: Record<AccountFigure, string> = {
  preBalance: 'Balance at the end of the trading day before.',
  staticBalance: 'Balance before money moved and profit of this day.',
  deposit: 'Money paid in on this day.',
  withdraw: 'Money taken out on this day.',
  withdrawQuota: 'Money that may be taken out.',
  closeProfit: 'Profit of positions closed on this day. Writers differ in whether fees are taken off.',
  positionProfit: 'Profit of open positions since the last settlement.',
  floatProfit: 'Profit of open positions against their open price.',
  commission: 'Fees of the day, as the writer counts them.',
  premium: 'Option premium of the day.',
  balance: 'Equity.',
  margin: 'Money held for open positions.',
  frozenMargin: 'Money held for working orders.',
  frozenCommission: 'Fees held for working orders.',
  frozenPremium: 'Option premium held for working orders.',
  available: 'Money free for new positions.',
  riskRatio: 'Share of the equity in use, as the writer computes it.',
};

/** An account's state; `asOf` is the day asked for, undefined for the latest state. */
export interface AccountShape {
  readonly snapshot: AccountSnapshot;
  readonly asOf: Day | undefined;
}

export const AccountNode = builder.objectRef<AccountShape>('Account');

builder.node(AccountNode, {
  description:
    'An account at its latest stored state, or as of the trading day asked for: then its figures and positions are of that day, while series, fills and orders are still all there are. Money is in its currency.',
  id: {
    resolve: ({ snapshot, asOf }) =>
      encodeKey(snapshot.source, snapshot.accountCookie, ...(asOf === undefined ? [] : [formatDay(asOf)])),
  },
  loadOne: async (id, { loaders }) => {
    const [source, accountCookie, ...rest] = decodeKey(id) ?? [];
    const key = accountKeyOf(source, accountCookie);
    const [asOf] = rest.map((day) => parseDay(String(day)));
    if (key === undefined || rest.length > 1 || (rest.length === 1 && asOf === undefined)) return null;
    return findAccount(loaders, key, asOf);
  },
  fields: (t) => ({
    accountCookie: t.string({
      description: "The account's name in QUANTAXIS.",
      resolve: ({ snapshot }) => snapshot.accountCookie,
    }),
    source: t.field({
      type: AccountSourceEnum,
      description: 'The store it was read from.',
      resolve: ({ snapshot }) => snapshot.source,
    }),
    brokerName: t.string({
      nullable: true,
      description: 'As the document says it.',
      resolve: ({ snapshot }, _args, context) => storedValue(snapshot, 'brokerName', context),
    }),
    currency: t.string({
      nullable: true,
      description: 'As the document says it, such as CNY.',
      resolve: ({ snapshot }, _args, context) => storedValue(snapshot, 'currency', context),
    }),
    connectionStatus: t.field({
      type: ConnectionStatusEnum,
      description: 'Whether its trader is connected.',
      resolve: ({ snapshot }) => snapshot.connectionStatus,
    }),
    tradingDay: t.field({
      type: 'Date',
      nullable: true,
      description: 'The trading day of this state.',
      resolve: ({ snapshot }, _args, context) => storedValue(snapshot, 'tradingDay', context),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When this state was written; null when the document does not say.',
      resolve: ({ snapshot }, _args, context) => storedValue(snapshot, 'updatedAt', context),
    }),
    ...Object.fromEntries(
      ACCOUNT_FIGURES.map((figure) => [
        figure,
        t.float({
          nullable: true,
          description: FIGURE_DESCRIPTIONS[figure],
          resolve: ({ snapshot }, _args, context) => storedValue(snapshot, figure, context),
        }),
      ]),
    ),
    dayProfit: t.float({
      nullable: true,
      description: 'balance - preBalance - deposit + withdraw.',
      resolve: ({ snapshot }) => dayProfit(snapshot),
    }),
    positions: t.field({
      type: [Position],
      nullable: true,
      description:
        "Holding panel. The account's own day when tradingDay is absent; [] when flat; null when there is no such day.",
      args: { tradingDay: t.arg({ type: 'Date', description: 'The day whose positions are wanted.' }) },
      resolve: async ({ snapshot }, { tradingDay }, { loaders }) => {
        const wanted = tradingDay == null ? snapshot : await loaders.accounts.ofDay.load({ ...snapshot, tradingDay });
        if (wanted === undefined) return null;
        const asOf = wanted.tradingDay === null ? '' : formatDay(wanted.tradingDay);
        const owner = { source: wanted.source, accountCookie: wanted.accountCookie, asOf };
        return wanted.positions.map((position) => ({ ...position, owner }));
      },
    }),
  }),
});

export const AccountConnection = connectionType(
  AccountNode,
  'Accounts, ascending by account cookie, a page at a time.',
);

builder.queryFields((t) => ({
  account: t.field({
    type: AccountNode,
    nullable: true,
    description: 'One account, as of tradingDay, else at the latest. Null when there is no such account or day.',
    args: {
      accountCookie: t.arg.string({ required: true, description: "The account's name in QUANTAXIS." }),
      source: sourceArgument(t.arg),
      tradingDay: t.arg({ type: 'Date', description: 'The day whose state is wanted.' }),
    },
    resolve: (_root, { accountCookie, source, tradingDay }, { loaders }) =>
      findAccount(loaders, { source, accountCookie }, tradingDay ?? undefined),
  }),
}));

/** An account that is the viewer's, at a day or at its latest state; null when there is none. */
export async function findAccount(
  loaders: Loaders,
  key: AccountKey,
  asOf: Day | undefined,
): Promise<AccountShape | null> {
  const snapshot =
    asOf === undefined
      ? await loaders.accounts.latest.load(key)
      : await loaders.accounts.ofDay.load({ ...key, tradingDay: asOf });
  return snapshot === undefined ? null : { snapshot, asOf };
}

export function sourceArgument(arg: ArgBuilder<DeskgraphTypes>) {
  return arg({ type: AccountSourceEnum, required: true, defaultValue: 'HISTORY', description: 'The store to read.' });
}
