import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { orderJournal } from '../../../src/app-gateways.ts';
import { createMemoryBus } from '../../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../../src/bus/order-streams.ts';
import type { GatewayState } from '../../../src/domain/gateway.ts';
import { ACCOUNT_CHANNELS, type BalanceState, type PositionState } from '../../../src/domain/live-account.ts';
import type { RecordedOrderChange } from '../../../src/domain/live-order.ts';
import { toOrderRequest } from '../../../src/domain/order-form.ts';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { ExchangeGateway } from '../../../src/exchanges/exchange-gateway.ts';
import type { AccountSession } from '../../../src/exchanges/gateways.ts';
import type { VenueAccount } from '../../../src/exchanges/venue-account.ts';
import { openDeskStore } from '../../../src/store/sqlite/desk-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type SimulatedAccount, type SimulatedProtocol, startSimulatedAccount } from './simulated-account.ts';

export const CREDENTIALS = { apiKey: 'the-api-key-0815', secret: 'the-secret-4711', passphrase: '' };
const ACCOUNT = 'desk';

/** A venue whose account is to be carried. */
export interface CarriedVenue {
  readonly account: VenueAccount;
  readonly protocol: SimulatedProtocol;
  readonly symbol: string;
}

/** A simulated account at a venue, and what a server has of it. Time stands still unless it is let pass. */
export interface VenueDesk extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly venue: SimulatedAccount;
  readonly gateway: ExchangeGateway;
  readonly session: AccountSession;
  readonly positions: PositionState[];
  readonly balances: BalanceState[];
  /** Whatever was logged, as text. */
  readonly logged: string[];
  events(): Promise<readonly RecordedOrderChange[]>;
  /** `ACCEPTED a`, `FILLED a 0.1`: kind, clientOrderId and the volume of the fill. */
  story(): Promise<string[]>;
  /** Resolves when the story has so many lines, while time passes. */
  untilTold(count: number): Promise<string[]>;
  untilState(state: GatewayState): Promise<void>;
  /** Lets time pass, and what is under way go on. */
  pass(ms: number): Promise<void>;
  /** Ends the gateway and opens the store anew, as a restart of the server does; the venue goes on. */
  restart(): Promise<void>;
  order(clientOrderId: string, changes?: Partial<OrderRequest>): OrderRequest;
}

export interface VenueDeskOptions {
  readonly tradingEnabled?: boolean;
  readonly acceptsLogin?: boolean;
}

export async function openVenueDesk(
  { account, protocol, symbol }: CarriedVenue,
  { tradingEnabled = true, acceptsLogin = true }: VenueDeskOptions = {},
): Promise<VenueDesk> {
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const venue = await startSimulatedAccount(clock, protocol);
  venue.acceptsLogin = acceptsLogin;
  const positions: PositionState[] = [];
  const balances: BalanceState[] = [];
  const logged: string[] = [];
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  const open = () => {
    const store = openDeskStore({ path: join(folder.path, 'desk.db'), newEpoch: randomUUID });
    const bus = createMemoryBus({ epoch: randomUUID(), clock });
    const history = store.orderEvents;
    const orderStreams = new OrderStreams({ bus, history, now: () => clock.now(), retentionMs: 86_400_000 });
    const sink = () => {};
    const gateway = new ExchangeGateway({
      ...{
        name: 'venue',
        venue: { name: 'venue', sockets: [], account },
        symbols: [symbol],
        channels: [],
        clock,
        logger,
      },
      urls: venue.urls,
      sink: { quote: sink, print: sink, bar: sink, status: sink, refused: sink, interrupted: sink, dropped: sink },
      account: {
        ...{ accountCookie: ACCOUNT, credentials: CREDENTIALS, channels: ACCOUNT_CHANNELS, tradingEnabled },
        journal: orderJournal({ bus, orderStreams, desk: store }),
        sink: {
          position: (state) => void positions.push(state),
          balance: (state) => void balances.push(state),
        },
      },
      random: () => 0.5,
      timing: { socket: { silenceTimeoutMs: 86_400_000 } },
    });
    return { store, gateway };
  };
  let running = open();
  const events = () => running.store.orderEvents.read(ACCOUNT, 0, 100_000);
  const desk: VenueDesk = {
    ...{ clock, venue, positions, balances, logged, events },
    get gateway() {
      return running.gateway;
    },
    get session() {
      const session = running.gateway.account;
      if (session === undefined) throw new Error('the gateway carries no account');
      return session;
    },
    story: async () =>
      (await events()).map(({ kind, order, fill }) =>
        [kind, order.clientOrderId ?? order.orderId, ...(fill === null ? [] : [fill.volume])].join(' '),
      ),
    untilTold: async (count) => {
      while ((await events()).length < count) await passSome(clock);
      return desk.story();
    },
    untilState: async (state) => {
      while (running.gateway.status().state !== state) await passSome(clock);
    },
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500) await passSome(clock);
    },
    restart: async () => {
      await running.gateway.stop();
      running.store.close();
      running = open();
      running.gateway.start();
    },
    order: (clientOrderId, changes = {}) =>
      toOrderRequest({
        ...{ gateway: 'venue', accountCookie: ACCOUNT, symbol, side: 'BUY', type: 'LIMIT' },
        ...{ volume: '0.1', price: '30000', offset: 'NONE', reduceOnly: false, clientOrderId, ...changes },
      }),
    [Symbol.asyncDispose]: async () => {
      await running.gateway.stop();
      running.store.close();
      await venue.close();
      folder[Symbol.dispose]();
    },
  };
  running.gateway.start();
  return desk;
}

/** Half a second. Requests under way are answered in real time, and would be late if only the clock went on. */
async function passSome(clock: ManualClock): Promise<void> {
  for (let count = 0; count < 50; count++) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(500);
}
