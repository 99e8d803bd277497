import type { BalanceUpdate as BalanceState, PositionUpdate as PositionState } from '../domain/live-account.ts';
import { accountArgument } from './account-argument.ts';
import { builder } from './builder.ts';
import { Position } from './positions.ts';
import { unavailable } from './unavailable.ts';

const PositionUpdate = builder.objectRef<PositionState>('PositionUpdate').implement({
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
      // One id for all updates of a position, so that a client's cache replaces the older one.
      resolve: ({ position, source, accountCookie }) => ({
        ...position,
        owner: { source, accountCookie, asOf: 'live' },
      }),
    }),
  }),
});

const BalanceUpdate = builder.objectRef<BalanceState>('BalanceUpdate').implement({
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
    available: t.expose('available', {
      type: 'Decimal',
      nullable: true,
      description: 'The part that is free for new orders; null when the source does not say.',
    }),
  }),
});

builder.queryFields((t) => ({
  positions: t.field({
    type: [PositionUpdate],
    nullable: true,
    description: 'What the account holds now: live at its gateway, else its latest QIFI state.',
    args: { accountCookie: accountArgument(t.arg) },
    resolve: unavailable('reading live positions'),
  }),
  balances: t.field({
    type: [BalanceUpdate],
    nullable: true,
    description: 'What the account owns now, one item a currency: live at its gateway, else its latest QIFI state.',
    args: { accountCookie: accountArgument(t.arg) },
    resolve: unavailable('reading live balances'),
  }),
}));

builder.subscriptionFields((t) => ({
  positionUpdates: t.field({
    type: PositionUpdate,
    description:
      'Conflated: first the present state of each position, then the newest. `positions` answers the same once.',
    args: { accountCookie: accountArgument(t.arg) },
    subscribe: unavailable<AsyncIterable<PositionState>>('following positions'),
    resolve: (update) => update,
  }),
  balanceUpdates: t.field({
    type: BalanceUpdate,
    description:
      'Conflated: first the present balance in each currency, then the newest. `balances` answers the same once.',
    args: { accountCookie: accountArgument(t.arg) },
    subscribe: unavailable<AsyncIterable<BalanceState>>('following balances'),
    resolve: (update) => update,
  }),
}));
