/**
 * The peer of the fan-out bench: `node fan-out-peer-server.ts SOURCE_URL` serves the same trades through graphql-ws as it
 * comes, which executes the subscription for each event and each subscriber. Prints `listening on http://127.0.0.1:PORT`.
 */
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { STREAMS, SYMBOL } from './fan-out-subscription.ts';

/** A print as the product's resolvers get it. */
interface Print {
  readonly symbol: string;
  readonly seq: number;
  readonly tradeId: string;
  readonly price: string;
  readonly size: string;
  readonly side: string;
  readonly timestamp: string;
  readonly receivedAt: string;
}

/** The product's field, as far as it is asked for, with scalars that check nothing. */
const schema = buildSchema(`
  type MarketTrade {
    symbol: String!
    seq: Int!
    tradeId: String
    price: String!
    size: String!
    side: String
    timestamp: String
    receivedAt: String!
  }
  type Query { isServed: Boolean! }
  type Subscription { marketTrades(gateway: String!, symbols: [String!]!): MarketTrade! }
`);

/** What one subscriber has not pulled yet. */
class Queue implements AsyncIterableIterator<{ marketTrades: Print }, undefined> {
  readonly #waiting: Print[] = [];
  #pull: ((step: IteratorResult<{ marketTrades: Print }, undefined>) => void) | undefined;

  push(print: Print): void {
    const pull = this.#pull;
    this.#pull = undefined;
    if (pull === undefined) this.#waiting.push(print);
    else pull({ done: false, value: { marketTrades: print } });
  }

  next(): Promise<IteratorResult<{ marketTrades: Print }, undefined>> {
    const print = this.#waiting.shift();
    if (print !== undefined) return Promise.resolve({ done: false, value: { marketTrades: print } });
    return new Promise((resolve) => {
      this.#pull = resolve;
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    queues.delete(this);
    this.#waiting.length = 0;
    this.#pull?.({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const queues = new Set<Queue>();
let seq = 0;

const rootValue = {
  marketTrades: (): Queue => {
    const queue = new Queue();
    queues.add(queue);
    return queue;
  },
};

const server = createServer();
const webSockets = new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false });
useServer({ schema, roots: { subscription: rootValue } }, webSockets);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}`);
});

const source = new WebSocket((process.argv[2] ?? '').replace('http:', 'ws:'), { perMessageDeflate: false });
const subscribe = { op: 'subscribe', args: [{ channel: STREAMS.trades.channel, instId: SYMBOL }] };
source.on('open', () => source.send(JSON.stringify(subscribe)));
source.on('message', (data) => {
  const receivedAt = new Date().toISOString();
  const message: { data?: readonly Record<string, string>[] } = JSON.parse(String(data));
  for (const { px = '', sz = '', side = '', tradeId = '', ts } of message.data ?? []) {
    const timestamp = new Date(Number(ts)).toISOString();
    const print = {
      ...{ symbol: SYMBOL, seq: ++seq, tradeId, price: px, size: sz },
      ...{ side: side.toUpperCase(), timestamp, receivedAt },
    };
    for (const queue of queues) queue.push(print);
  }
});
