import { CodedError } from '../domain/errors.ts';
import { balanceOf, isFlatPosition, positionKey } from '../domain/holding-changes.ts';
import type {
  BalanceUpdate as BalanceShape,
  BalanceState,
  PositionUpdate as PositionShape,
  PositionState,
} from '../domain/live-account.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import { accountArgument } from './account-argument.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { followAccount } from './followed-accounts.ts';
import { Position } from './positions.ts';
import { sessionOf } from './sessions.ts';
import { storedValue } from './stored-value.ts';

const PositionUpdate = builder.objectRef<PositionShape>('PositionUpdate').implement({
  description: 'The newest state of one position of an account.',
  fields: (t) => ({
    gateway: t.exposeString('gateway', {
      nullable: true,
      description: 'The gateway that it came through; null when it was read from a QIFI state.',
    }),
    accountCookie: t.exposeString('accountCookie', { description: 'Whose position it is.' }),
    seq: t.expose('seq', {
      type: 'SafeInt',
      description: 'Number of this state among those of the position; rises by one.',
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When this server received or read it.' }),
    position: t.field({
      type: Position,
      description: 'The position. A closed one arrives once with zero volumes, then no more.',
      extensions: { isSameForAll: true },
      // One id for all updates of a position, so that a client's cache replaces the older one.
      resolve: ({ position, source, accountCookie }) => ({
        ...position,
        owner: { source, accountCookie, asOf: 'live' },
      }),
    }),
  }),
});

const BalanceUpdate = builder.objectRef<BalanceShape>('BalanceUpdate').implement({
  description: 'The newest balance of an account in one currency.',
  fields: (t) => ({
    gateway: t.exposeString('gateway', {
      nullable: true,
      description: 'The gateway that it came through; null when it was read from a QIFI state.',
    }),
    accountCookie: t.exposeString('accountCookie', { description: 'Whose balance it is.' }),
    seq: t.expose('seq', {
      type: 'SafeInt',
      description: 'Number of this state among those of the currency; rises by one.',
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When this server received or read it.' }),
    currency: t.exposeString('currency', { description: 'Coin or currency that the amounts are in.' }),
    total: t.expose('total', { type: 'Decimal', description: 'All of it, what working orders hold back included.' }),
    available: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The part that is free for new orders; null when the source does not say.',
      resolve: (state, _args, context) => storedValue(state, 'available', context),
    }),
  }),
});

builder.queryFields((t) => ({
  positions: t.field({
    type: [PositionUpdate],
    nullable: true,
    description: 'What the account holds now: live at its gateway, else its latest QIFI state.',
    args: { accountCookie: accountArgument(t.arg) },
    resolve: (_root, { accountCookie }, context) => positionsOf(context, accountCookie),
  }),
  balances: t.field({
    type: [BalanceUpdate],
    nullable: true,
    description: 'What the account owns now, one item a currency: live at its gateway, else its latest QIFI state.',
    args: { accountCookie: accountArgument(t.arg) },
    resolve: (_root, { accountCookie }, context) => balancesOf(context, accountCookie),
  }),
}));

const positionDelivery: SharedDelivery<PositionState> = {
  kind: 'CONFLATED',
  keyOf: ({ position }) => positionKey(position),
  isOver: ({ position }) => isFlatPosition(position),
};

const balanceDelivery: SharedDelivery<BalanceState> = { kind: 'CONFLATED', keyOf: ({ currency }) => currency };

builder.subscriptionFields((t) => ({
  positionUpdates: t.field({
    type: PositionUpdate,
    description:
      'Conflated: first the present state of each position, then the newest: live at its gateway, else of its REALTIME state. `positions` answers the same once.',
    args: { accountCookie: accountArgument(t.arg) },
    extensions: { delivery: positionDelivery },
    subscribe: (_root, { accountCookie }, context) => {
      const isNews = untilClosed();
      const where = (state: PositionState): boolean => state.accountCookie === accountCookie && isNews(state);
      return followAccount(context, accountCookie, { attach: () => context.bus.positions.subscribe({ where }) });
    },
    resolve: (update) => update,
  }),
  balanceUpdates: t.field({
    type: BalanceUpdate,
    description:
      'Conflated: first the present balance in each currency, then the newest: live at its gateway, else of its REALTIME state. `balances` answers the same once.',
    args: { accountCookie: accountArgument(t.arg) },
    extensions: { delivery: balanceDelivery },
    subscribe: (_root, { accountCookie }, context) => {
      const where = (state: BalanceState): boolean => state.accountCookie === accountCookie;
      return followAccount(context, accountCookie, { attach: () => context.bus.balances.subscribe({ where }) });
    },
    resolve: (update) => update,
  }),
}));

/** Null: there is no such account. */
async function positionsOf(context: GraphContext, accountCookie: string): Promise<PositionShape[] | null> {
  if (isLive(context, accountCookie)) {
    const states = context.bus.positions.present().filter((state) => state.accountCookie === accountCookie);
    return states.filter(({ position }) => !isFlatPosition(position));
  }
  const snapshot = await latestSnapshot(context, accountCookie);
  if (snapshot === undefined) return null;
  const { source, updatedAt, positions } = snapshot;
  const receivedAt = updatedAt ?? context.now();
  return positions.map((position) => ({ gateway: null, accountCookie, source, receivedAt, seq: 1, position }));
}

async function balancesOf(context: GraphContext, accountCookie: string): Promise<BalanceShape[] | null> {
  if (isLive(context, accountCookie)) {
    return context.bus.balances.present().filter((state) => state.accountCookie === accountCookie);
  }
  const snapshot = await latestSnapshot(context, accountCookie);
  if (snapshot === undefined) return null;
  const { updatedAt, faults } = snapshot;
  const balance = balanceOf(snapshot);
  if (balance === undefined) {
    const message = faults?.reasons.currency ?? faults?.reasons.balance;
    if (faults !== undefined && message !== undefined) context.dataIssues.report({ origin: faults.origin, message });
    return [];
  }
  const state = { gateway: null, accountCookie, receivedAt: updatedAt ?? context.now(), seq: 1, ...balance };
  return [faults === undefined ? state : { ...state, faults }];
}

/** Whether a gateway carries the account. Fails with GATEWAY_DOWN when it has not read it yet. */
function isLive(context: GraphContext, accountCookie: string): boolean {
  const session = sessionOf(context, accountCookie);
  if (session?.hasCompared === false) {
    throw new CodedError('GATEWAY_DOWN', 'the gateway has not read the account from the venue yet');
  }
  return session !== undefined;
}

/** The account as QIFI documents have it: its latest state, else its last settled day. */
async function latestSnapshot({ loaders }: GraphContext, accountCookie: string) {
  const { latest } = loaders.accounts;
  return (
    (await latest.load({ source: 'REALTIME', accountCookie })) ?? latest.load({ source: 'HISTORY', accountCookie })
  );
}

/** Whether a state is worth telling one reader: a closed position is, once, if it was open before. */
function untilClosed(): (state: PositionState) => boolean {
  const open = new Set<string>();
  return ({ position }) => {
    const key = positionKey(position);
    if (isFlatPosition(position)) return open.delete(key);
    open.add(key);
    return true;
  };
}
