/**
 * Bars, ticks and order events with urql. Prints a line of JSON for each thing it gets.
 *
 *     node docs/examples/urql.ts [SERVER] [ACCOUNT] [EVENTS]
 *
 * SERVER is http://127.0.0.1:8010 and ACCOUNT is paper by default; it ends after EVENTS order events, else never.
 */
import {
  type CombinedError,
  cacheExchange,
  createClient,
  fetchExchange,
  gql,
  subscriptionExchange,
  type TypedDocumentNode,
} from '@urql/core';
import { ORDER_EVENTS, type OrderEventsData, OrderState } from './order-state.ts';
import { openSocket } from './resuming-socket.ts';

const [server = 'http://127.0.0.1:8010', accountCookie = 'paper', events = 'Infinity'] = process.argv.slice(2);

interface BarsData {
  readonly bars: { readonly id: string; readonly bars: readonly { date: string; close: number | null }[] } | null;
}

interface TicksData {
  readonly ticks: { readonly symbol: string; readonly seq: number; readonly last: number | null };
}

const BARS: TypedDocumentNode<BarsData, { code: string; start: string; end: string }> = gql`
  query Bars($code: String!, $start: Date!, $end: Date!) {
    bars(code: $code, start: $start, end: $end) { id bars { date close } }
  }
`;

const TICKS: TypedDocumentNode<TicksData, { symbols: string[] }> = gql`
  subscription Ticks($symbols: [String!]!) {
    ticks(gateway: "paper", symbols: $symbols) { symbol seq last }
  }
`;

const ORDERS: TypedDocumentNode<OrderEventsData, { accountCookie: string }> = gql(ORDER_EVENTS);

const socket = openSocket(server);
const client = createClient({
  url: `${server}/graphql`,
  // urql asks short queries with GET unless told not to; the server takes GET only with the header x-deskgraph-csrf.
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { query, variables },
            // With exactOptionalPropertyTypes off, as most projects have it, `sink` alone will do.
            {
              ...sink,
              next: ({ data = null, errors }) => sink.next(errors === undefined ? { data } : { data, errors }),
            },
          ),
        }),
      }),
    }),
  ],
});

const { data, error } = await client.query(BARS, { code: '510300.SH', start: '2024-01-02', end: '2024-01-04' });
if (error !== undefined) stop(error);
print({ bars: data?.bars?.bars });

const ticks = client.subscription(TICKS, { symbols: ['BTC-USDT'] }).subscribe(({ data, error }) => {
  if (error !== undefined) stop(error);
  print({ tick: data?.ticks });
});

const state = new OrderState();
const orders = client.subscription(ORDERS, { accountCookie }).subscribe(({ data, error }) => {
  if (error !== undefined) stop(error);
  // What was on its way when the program unsubscribed may still arrive.
  if (data === undefined || state.events >= Number(events) || !state.take(data.orderEvents)) return;
  print({ order: data.orderEvents });
  if (state.events < Number(events)) return;
  ticks.unsubscribe();
  orders.unsubscribe();
});

function print(line: object): void {
  console.log(JSON.stringify(line));
}

/** Lost connections do not come here, only what connecting again does not help against, such as a refused operation. */
function stop(error: CombinedError): never {
  console.error(error.message);
  process.exit(1);
}
