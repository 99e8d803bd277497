/**
 * Bars, ticks and order events with Apollo Client. Prints a line of JSON for each thing it gets.
 *
 *     node docs/examples/apollo.ts [SERVER] [ACCOUNT] [EVENTS]
 *
 * SERVER is http://127.0.0.1:8010 and ACCOUNT is paper by default; it ends after EVENTS order events, else never.
 */
import {
  ApolloClient,
  ApolloLink,
  type ErrorLike,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { ORDER_EVENTS, type OrderEventsData, OrderState } from './order-state.ts';
import { openSocket } from './resuming-socket.ts';

const [server = 'http://127.0.0.1:8010', accountCookie = 'paper', events = 'Infinity'] = process.argv.slice(2);

interface BarsData {
  readonly bars: { readonly id: string; readonly bars: readonly { date: string; close: number | null }[] } | null;
}

interface TicksData {
  readonly ticks: { readonly id: string; readonly symbol: string; readonly seq: number; readonly last: number | null };
}

const BARS: TypedDocumentNode<BarsData, { code: string; start: string; end: string }> = gql`
  query Bars($code: String!, $start: Date!, $end: Date!) {
    bars(code: $code, start: $start, end: $end) { id bars { date close } }
  }
`;

const TICKS: TypedDocumentNode<TicksData, { symbols: string[] }> = gql`
  subscription Ticks($symbols: [String!]!) {
    ticks(gateway: "paper", symbols: $symbols) { id symbol seq last }
  }
`;

const ORDERS: TypedDocumentNode<OrderEventsData, { accountCookie: string }> = gql(ORDER_EVENTS);

const socket = openSocket(server);
const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: `${server}/graphql` }),
  ),
  cache: new InMemoryCache({
    // Without this a fragment on an interface or union, such as `... on Error { code }`, matches nothing in the cache.
    possibleTypes: {
      Error: [
        'CommandRefused',
        'DropAccountsRefused',
        'LoginRefused',
        'NotFound',
        'OrderRejected',
        'SeriesUnavailable',
      ],
      Node: ['Account', 'Gateway', 'Instrument', 'Order', 'Portfolio', 'Run', 'Schedule', 'Trade'],
      OrderStreamItem: ['OrderEvent', 'OrderSnapshot', 'StreamGap'],
    },
    // What has an `id` is kept by it, when it is selected: Order, Tick, BarSeries. Values without one are part of what
    // holds them; saying so keeps an `id` that one of them may get from filling the cache.
    typePolicies: {
      Bar: { keyFields: false },
      Fill: { keyFields: false },
      OrderEvent: { keyFields: false },
      OrderSnapshot: { keyFields: false },
      StreamGap: { keyFields: false },
    },
  }),
});

const { data } = await client
  .query({ query: BARS, variables: { code: '510300.SH', start: '2024-01-02', end: '2024-01-04' } })
  .catch(stop);
print({ bars: data?.bars?.bars });

const ticks = client
  .subscribe({ query: TICKS, variables: { symbols: ['BTC-USDT'] } })
  // Also a subscription that failed says so here, as a result with an `error`.
  .subscribe(({ data, error }) => {
    if (error !== undefined) stop(error);
    print({ tick: data?.ticks });
  });

const state = new OrderState();
const orders = client.subscribe({ query: ORDERS, variables: { accountCookie } }).subscribe(({ data, error }) => {
  if (error !== undefined) stop(error);
  // What was on its way when the program unsubscribed may still arrive.
  if (data === undefined || state.events >= Number(events) || !state.take(data.orderEvents)) return;
  print({ order: data.orderEvents });
  if (state.events < Number(events)) return;
  ticks.unsubscribe();
  orders.unsubscribe();
  client.stop();
});

function print(line: object): void {
  console.log(JSON.stringify(line));
}

/** Lost connections do not come here, only what connecting again does not help against, such as a refused operation. */
function stop(error: ErrorLike): never {
  console.error(error.message);
  process.exit(1);
}
