import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addDecimals, compareDecimals, multiplyDecimals } from '../../../src/domain/decimal-text.ts';
import type { Side } from '../../../src/domain/trade.ts';
import { end, listen } from '../../support/http-server.ts';
import type { ManualClock } from '../../support/manual-clock.ts';
import { type ScriptedVenue, startScriptedVenue } from '../../support/scripted-venue.ts';

export interface SimulatedFill {
  readonly tradeId: string;
  readonly price: string;
  readonly volume: string;
  readonly at: number;
}

export interface SimulatedOrder {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: 'LIMIT' | 'MARKET';
  readonly price: string;
  readonly volume: string;
  status: 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED';
  filled: string;
  /** What the fills came to in the quote currency. */
  quote: string;
  readonly fills: SimulatedFill[];
  readonly createdAt: number;
  updatedAt: number;
}

export type NewOrder = Pick<SimulatedOrder, 'clientOrderId' | 'symbol' | 'side' | 'type' | 'price' | 'volume'>;

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it was sent. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export interface SimulatedAnswer {
  readonly status: number;
  readonly body: string;
}

/** DROP_BEFORE: nothing is done and nothing answered. DROP_AFTER: it is done, and the answer lost. */
export type Fate = 'PASS' | 'DROP_BEFORE' | 'DROP_AFTER' | SimulatedAnswer;

/** How a venue speaks: what the simulated one is told, and what it says. */
export interface SimulatedProtocol {
  /** Frames that answer one of the client. */
  hear(text: string, account: SimulatedAccount): readonly string[];
  /** Frames that push the state of an order, with the fill that led to it. */
  push(order: SimulatedOrder, fill: SimulatedFill | undefined, account: SimulatedAccount): readonly string[];
  answer(request: ReceivedRequest, account: SimulatedAccount): SimulatedAnswer;
}

const MARKET_PRICE = '60000';
const MOST_VOLUME = '1000';

/** An account at a simulated venue: orders that work until they are told to trade, a socket and a REST API on loopback. */
export class SimulatedAccount {
  readonly clock: ManualClock;
  readonly orders: SimulatedOrder[] = [];
  readonly requests: ReceivedRequest[] = [];
  readonly urls: { readonly private: string; readonly rest: string };
  interfere: (request: ReceivedRequest) => Fate = () => 'PASS';
  isPushing = true;
  acceptsLogin = true;
  readonly sockets: ScriptedVenue;
  readonly #protocol: SimulatedProtocol;
  readonly #close: () => Promise<void>;
  #lastId = 100_182_534_526_000_000n;

  constructor(parts: {
    clock: ManualClock;
    protocol: SimulatedProtocol;
    sockets: ScriptedVenue;
    restUrl: string;
    close: () => Promise<void>;
  }) {
    this.clock = parts.clock;
    this.#protocol = parts.protocol;
    this.sockets = parts.sockets;
    this.#close = parts.close;
    this.urls = { private: parts.sockets.url, rest: parts.restUrl };
    this.sockets.onText = (connection, text) => {
      for (const frame of this.#protocol.hear(text, this)) connection.send(frame);
    };
  }

  /** What was placed, by clientOrderId. */
  get taken(): string[] {
    return this.orders.map(({ clientOrderId }) => clientOrderId);
  }

  find({ orderId, clientOrderId }: { orderId?: string | null; clientOrderId?: string | null }) {
    return this.orders.findLast((order) =>
      orderId == null ? order.clientOrderId === clientOrderId : order.orderId === orderId,
    );
  }

  /** Undefined: the account has not that much. A market order trades at once. */
  place(asked: NewOrder): SimulatedOrder | undefined {
    if (compareDecimals(asked.volume, MOST_VOLUME) > 0) return undefined;
    const at = this.clock.now();
    const state = { status: 'NEW', filled: '0', quote: '0', fills: [], createdAt: at, updatedAt: at } as const;
    const order: SimulatedOrder = { ...asked, ...state, fills: [], orderId: this.#nextId() };
    this.orders.push(order);
    this.#tell(order);
    if (order.type === 'MARKET') this.trade(order.clientOrderId, order.volume, MARKET_PRICE);
    return order;
  }

  trade(clientOrderId: string, volume: string, price?: string): void {
    const order = this.find({ clientOrderId });
    if (order === undefined) throw new Error(`there is no order ${clientOrderId}`);
    const fill = { tradeId: this.#nextId(), price: price ?? order.price, volume, at: this.clock.now() };
    order.fills.push(fill);
    order.filled = addDecimals(order.filled, volume);
    order.quote = addDecimals(order.quote, multiplyDecimals(volume, fill.price));
    order.status = compareDecimals(order.filled, order.volume) < 0 ? 'PARTIALLY_FILLED' : 'FILLED';
    order.updatedAt = this.clock.now();
    this.#tell(order, fill);
  }

  /** False: it does not work any more. */
  cancel(order: SimulatedOrder): boolean {
    if (order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED') return false;
    order.status = 'CANCELED';
    order.updatedAt = this.clock.now();
    this.#tell(order);
    return true;
  }

  push(frame: string): void {
    const { connections } = this.sockets;
    const last = connections.at(-1);
    if (last !== undefined && !last.isClosed) last.send(frame);
  }

  disconnect(): void {
    for (const connection of this.sockets.connections) if (!connection.isClosed) connection.reset();
  }

  receive(request: ReceivedRequest): SimulatedAnswer | undefined {
    this.requests.push(request);
    const fate = this.interfere(request);
    if (fate === 'DROP_BEFORE') return undefined;
    if (typeof fate === 'object') return fate;
    const answer = this.#protocol.answer(request, this);
    return fate === 'DROP_AFTER' ? undefined : answer;
  }

  async close(): Promise<void> {
    await this.#close();
  }

  #tell(order: SimulatedOrder, fill?: SimulatedFill): void {
    if (this.isPushing) for (const frame of this.#protocol.push(order, fill, this)) this.push(frame);
  }

  #nextId(): string {
    this.#lastId += 1n;
    return String(this.#lastId);
  }
}

export async function startSimulatedAccount(
  clock: ManualClock,
  protocol: SimulatedProtocol,
): Promise<SimulatedAccount> {
  const sockets = await startScriptedVenue();
  const connections = new Set<Socket>();
  let account: SimulatedAccount | undefined;
  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const answer = account?.receive({ method: request.method ?? '', path, query, body, headers: request.headers });
    if (answer === undefined) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  };
  const port = await listen(server, connections);
  account = new SimulatedAccount({
    ...{ clock, protocol, sockets },
    restUrl: `http://127.0.0.1:${port}`,
    close: async () => {
      await Promise.all([sockets.close(), end(server, connections)]);
    },
  });
  return account;
}
