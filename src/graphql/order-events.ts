import {
  type OrderStreamItem as Item,
  ORDER_EVENT_KINDS,
  type OrderEvent as OrderChange,
  type OrderSnapshot as OrderState,
} from '../domain/live-order.ts';
import type { SharedResponding } from '../domain/stream.ts';
import { accountArgument } from './account-argument.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { followAccount } from './followed-accounts.ts';
import { Fill, Order } from './orders.ts';
import { StreamGap, StreamStartEnum } from './streams.ts';

const OrderEventKindEnum = describedEnum('OrderEventKind', {
  description: 'What happened to an order. New values may be added: keep a default branch.',
  values: ORDER_EVENT_KINDS,
  meaning: {
    ACCEPTED: 'The venue has taken it into its book.',
    PARTIALLY_FILLED: 'A part was filled; fill says which.',
    FILLED: 'It is filled in full. fill is the one that completed it, null when only that it is filled is known.',
    CANCELLED: 'It was cancelled; what was filled before stays filled.',
    REJECTED: 'The venue refused it, or never received it; statusMessage of the order says which.',
    EXPIRED: 'Its time in force ended.',
    UPDATED:
      'Something else about it changed, such as its price or a fee; a fill became known after the end; or it is not known what became of it.',
  },
});

const OrderEvent = builder.objectRef<OrderChange>('OrderEvent').implement({
  description: 'One change of one order, each exactly once and in order.',
  fields: (t) => ({
    cursor: t.expose('cursor', { type: 'Cursor', description: 'Keep the last one: `after` it the stream goes on.' }),
    eventId: t.exposeID('eventId', {
      description: 'Names what happened: the same fact has the same id, however it became known.',
    }),
    seq: t.expose('seq', {
      type: 'SafeInt',
      description: 'Number of this event among those of the account; rises by one.',
    }),
    kind: t.expose('kind', { type: OrderEventKindEnum, description: 'What happened.' }),
    at: t.expose('at', {
      type: 'DateTime',
      description: "When it happened, by the venue's clock; by that of this server for what the venue says nothing of.",
    }),
    order: t.expose('order', {
      type: Order,
      extensions: { isSameForAll: true },
      description: 'The order after the change.',
    }),
    fill: t.expose('fill', {
      type: Fill,
      nullable: true,
      extensions: { isSameForAll: true },
      description: 'The fill that caused the change; null for all others.',
    }),
  }),
});

const OrderSnapshot = builder.objectRef<OrderState>('OrderSnapshot').implement({
  description:
    'All open orders, and those that ended within the retention: seven days, the newest 1,000 of them. It replaces whatever the reader held.',
  fields: (t) => ({
    cursor: t.expose('cursor', { type: 'Cursor', description: 'The events after it are those after the snapshot.' }),
    orders: t.expose('orders', {
      type: [Order],
      extensions: { isSameForAll: true },
      description: 'In the order of their insertion.',
    }),
  }),
});

const OrderStreamItem = builder.unionType('OrderStreamItem', {
  description: 'What the stream of order events delivers: changes, whole states, and word of what is lost.',
  types: [OrderEvent, OrderSnapshot, StreamGap],
  resolveType: ({ type }) => type,
});

/** A snapshot has the cursor of the event before it, and as many sizes as readers. */
const sharedResponses: SharedResponding<Item> = {
  identityOf: (item) => (item.type === 'OrderEvent' ? item.cursor : undefined),
};

builder.subscriptionField('orderEvents', (t) =>
  t.field({
    type: OrderStreamItem,
    description:
      'Lossless: every event once and in order, or a StreamGap and a new snapshot. Resumable by cursor: startAt is ignored when after is given. A reader that does not keep up is caught up from history, and only then ended with SLOW_CONSUMER and its cursor. Of an account that no gateway carries: what changes in its REALTIME state.',
    args: {
      accountCookie: accountArgument(t.arg),
      after: t.arg({
        type: 'Cursor',
        description: 'The last cursor that the reader has seen: the stream goes on exactly there.',
      }),
      startAt: t.arg({
        type: StreamStartEnum,
        required: true,
        defaultValue: 'SNAPSHOT',
        description: 'Where to start without a cursor; ignored when after is given.',
      }),
    },
    extensions: { sharedResponses },
    subscribe: (_root, { accountCookie, after, startAt }, context) => {
      const { orderStreams, resumeAfter } = context;
      return followAccount(context, accountCookie, {
        attach: () => orderStreams.follow(accountCookie, { after: resumeAfter ?? after ?? undefined, startAt }),
        isKnown: () => orderStreams.isRecorded(accountCookie),
      });
    },
    resolve: (item) => item,
  }),
);
