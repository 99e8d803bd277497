import { formatDay } from '../domain/day.ts';
import { pageOf } from '../domain/page.ts';
import { OFFSETS, SIDES, type Trade } from '../domain/trade.ts';
import { placeOfTrade } from '../domain/trade-order.ts';
import { accountKeyOf } from './account-id.ts';
import { AccountNode, findAccount } from './accounts.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import { describedEnum } from './described-enum.ts';
import { decodeKey, encodeKey } from './global-id.ts';
import { isWithin, openRange } from './ranges.ts';
import { storedValue } from './stored-value.ts';

export const SideEnum = describedEnum('Side', {
  description: 'Direction of an order, a fill or a print.',
  values: SIDES,
  meaning: { BUY: 'Buys.', SELL: 'Sells.' },
});

export const OffsetEnum = describedEnum('Offset', {
  description: 'Whether a futures order opens or closes a position.',
  values: OFFSETS,
  meaning: {
    OPEN: 'Opens a position.',
    CLOSE: 'Closes a position, of whatever day.',
    CLOSE_TODAY: 'Closes a position opened on the same trading day.',
    CLOSE_YESTERDAY: 'Closes a position opened on an earlier trading day.',
    NONE: 'The market knows no offset, or the document has none.',
  },
});

const NANOS_PER_MILLISECOND = 1_000_000n;

export const TradeNode = builder.objectRef<Trade>('Trade');

builder.node(TradeNode, {
  description:
    'A fill as a QIFI document holds it. Its id holds source, account, trading day, trade id and instrument.',
  id: {
    resolve: (trade) =>
      encodeKey(
        trade.source,
        trade.accountCookie,
        trade.tradingDay === null ? '' : formatDay(trade.tradingDay),
        trade.tradeId,
        trade.instrumentId,
      ),
  },
  loadOne: async (id, { loaders }) => {
    const [source, accountCookie, day, tradeId, instrumentId] = decodeKey(id) ?? [];
    const key = accountKeyOf(source, accountCookie);
    if (key === undefined) return null;
    const trades = await loaders.accounts.trades.load(key);
    const isAsked = (trade: Trade) =>
      trade.tradeId === tradeId &&
      trade.instrumentId === instrumentId &&
      (trade.tradingDay === null ? '' : formatDay(trade.tradingDay)) === day;
    return trades.find(isAsked) ?? null;
  },
  fields: (t) => ({
    tradeId: t.exposeString('tradeId', {
      description: 'As the gateway numbers it; unique only within the account, day and instrument.',
    }),
    orderId: t.string({
      nullable: true,
      description: 'The order that was filled.',
      resolve: (trade, _args, context) => storedValue(trade, 'orderId', context),
    }),
    accountCookie: t.exposeString('accountCookie', { description: 'Whose fill it is.' }),
    instrumentId: t.exposeString('instrumentId', { description: 'As the QIFI document says it.' }),
    exchangeId: t.string({
      nullable: true,
      description: 'As the QIFI document says it.',
      resolve: (trade, _args, context) => storedValue(trade, 'exchangeId', context),
    }),
    side: t.expose('side', { type: SideEnum, description: 'Bought or sold.' }),
    offset: t.expose('offset', { type: OffsetEnum, description: 'Opened or closed.' }),
    price: t.float({
      nullable: true,
      description: 'Per unit, in the currency of the account.',
      resolve: (trade, _args, context) => storedValue(trade, 'price', context),
    }),
    volume: t.float({
      nullable: true,
      description: 'Contracts or shares.',
      resolve: (trade, _args, context) => storedValue(trade, 'volume', context),
    }),
    commission: t.float({
      nullable: true,
      description: 'Fee of this fill, in the currency of the account.',
      resolve: (trade, _args, context) => storedValue(trade, 'commission', context),
    }),
    tradingDay: t.expose('tradingDay', {
      type: 'Date',
      nullable: true,
      description: 'The trading day it belongs to; a night session belongs to the next.',
    }),
    tradedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was filled, to the millisecond.',
      resolve: (trade, _args, context) => {
        const nanos = storedValue(trade, 'tradedAtNanos', context);
        return nanos === null ? null : Number(nanos / NANOS_PER_MILLISECOND);
      },
    }),
    tradedAtNanos: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Nanoseconds since the epoch, exactly as stored.',
      resolve: (trade, _args, context) => storedValue(trade, 'tradedAtNanos', context),
    }),
  }),
});

export const TradeConnection = connectionType(TradeNode, 'Fills in time order, a page at a time.');

builder.objectFields(AccountNode, (t) => ({
  trades: t.field({
    type: TradeConnection,
    nullable: true,
    description: 'Fills in time order, each once.',
    args: {
      start: t.arg({ type: 'Date', description: 'First trading day wanted, itself included.' }),
      end: t.arg({ type: 'Date', description: 'Last trading day wanted, itself included.' }),
      instrumentId: t.arg.string({ description: 'Only fills of this instrument, as the QIFI documents say it.' }),
      ...pageArguments(t.arg),
    },
    resolve: async ({ snapshot }, args, { loaders }) => {
      const range = openRange(args);
      const trades = await loaders.accounts.trades.load(snapshot);
      const wanted = trades.filter(
        (trade) =>
          isWithin(trade.tradingDay, range) && (args.instrumentId == null || trade.instrumentId === args.instrumentId),
      );
      return pageOf(wanted, args, placeOfTrade);
    },
  }),
}));

builder.objectField(TradeNode, 'account', (t) =>
  t.field({
    type: AccountNode,
    nullable: true,
    description: 'The account as of the trading day of the fill; at its latest state when the fill has no day.',
    resolve: ({ source, accountCookie, tradingDay }, _args, { loaders }) =>
      findAccount(loaders, { source, accountCookie }, tradingDay ?? undefined),
  }),
);
