import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { orderJournal } from '../../../src/app-gateways.ts';
import type { Reader } from '../../../src/bus/bus.ts';
import { createMemoryBus } from '../../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../../src/bus/order-streams.ts';
import type { GatewayState } from '../../../src/domain/gateway.ts';
import {
  ACCOUNT_CHANNELS,
  type AccountChannel,
  type BalanceState,
  type PositionState,
} from '../../../src/domain/live-account.ts';
import type { OrderStreamItem, RecordedOrderChange } from '../../../src/domain/live-order.ts';
import { toOrderRequest } from '../../../src/domain/order-form.ts';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { ExchangeGateway } from '../../../src/exchanges/exchange-gateway.ts';
import type { AccountSession, PlaceOutcome } from '../../../src/exchanges/gateways.ts';
import { PRIVATE_PATH } from '../../../src/exchanges/okx/account-dialect.ts';
import { BUSINESS_PATH, PUBLIC_PATH } from '../../../src/exchanges/okx/dialect.ts';
import type { OrderJournal } from '../../../src/exchanges/order-journal.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { type PaperVenue, startPaperVenue } from '../../../src/simulator/paper/paper-venue.ts';
import { openDeskStore } from '../../../src/store/sqlite/desk-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/scripted-venue.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' };
export const ACCOUNT = 'desk';
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => SILENT };

/** A paper venue whose market stands still, and what a server has of the account at it. Time stands still, too. */
export interface AccountDesk {
  readonly clock: ManualClock;
  readonly venue: PaperVenue;
  readonly gateway: ExchangeGateway;
  readonly session: AccountSession;
  readonly positions: PositionState[];
  readonly balances: BalanceState[];
  /** The stream of the account, from the beginning or behind a cursor. */
  follow(after: string | undefined): Promise<Reader<OrderStreamItem>>;
  /** What the account has been told so far. */
  events(): Promise<readonly RecordedOrderChange[]>;
  /** The number of the last of them. */
  lastSeq(): Promise<number>;
  /** `ACCEPTED a`, `FILLED a 0.1`: kind, clientOrderId and the volume of the fill. */
  story(): Promise<string[]>;
  /** Resolves when the story has so many lines. */
  untilTold(count: number): Promise<string[]>;
  /** The same, while time passes. */
  untilToldInTime(count: number): Promise<string[]>;
  untilState(state: GatewayState): Promise<void>;
  /** Lets time pass until the gateway is connected and has compared its orders with the venue's. */
  untilReconciled(): Promise<void>;
  /** Lets time pass, and what is under way go on. */
  pass(ms: number): Promise<void>;
  /** Lets the delay before the next attempt of the private socket pass. */
  passDelay(): void;
  /** Ends the gateway and opens the store anew, as a restart of the server does; the venue goes on. */
  restart(): Promise<void>;
  /** As a kill of the server does: what is under way is not waited for. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AccountDeskOptions {
  /** What the gateway gets instead of the journal. */
  readonly wrapJournal?: (journal: OrderJournal) => OrderJournal;
  readonly isStarted?: boolean;
  readonly channels?: readonly AccountChannel[];
  /** Where requests go instead of the venue. */
  readonly restUrl?: (venue: PaperVenue) => string;
}

export async function openAccountDesk(options: AccountDeskOptions = {}): Promise<AccountDesk> {
  const { wrapJournal, isStarted = true, restUrl, channels = ACCOUNT_CHANNELS } = options;
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const venue = await startPaperVenue({
    ...{ port: 0, clock, seed: 1, isQuiet: true, keepsFacts: true, credentials: CREDENTIALS },
    journalPath: join(folder.path, 'paper.jsonl'),
  });
  const positions: PositionState[] = [];
  const balances: BalanceState[] = [];
  const open = () => {
    const store = openDeskStore({ path: join(folder.path, 'desk.db'), newEpoch: randomUUID });
    const bus = createMemoryBus({ epoch: randomUUID(), clock });
    const history = store.orderEvents;
    const orderStreams = new OrderStreams({ bus, history, now: () => clock.now(), retentionMs: 86_400_000 });
    const journal = orderJournal({ bus, orderStreams, desk: store });
    const paper = findVenue('paper');
    if (paper === undefined) throw new Error('there is no paper venue');
    const sink = () => {};
    const gateway = new ExchangeGateway({
      ...{ name: 'paper', venue: paper, symbols: ['BTC-USDT', 'BTC-USDT-SWAP'], channels: [], clock, logger: SILENT },
      urls: {
        public: `${venue.url}${PUBLIC_PATH}`,
        business: `${venue.url}${BUSINESS_PATH}`,
        private: `${venue.url}${PRIVATE_PATH}`,
        rest: restUrl?.(venue) ?? venue.restUrl,
      },
      sink: { quote: sink, print: sink, bar: sink, status: sink, refused: sink, interrupted: sink, dropped: sink },
      account: {
        accountCookie: ACCOUNT,
        credentials: CREDENTIALS,
        channels,
        journal: wrapJournal?.(journal) ?? journal,
        sink: {
          position: (state) => void positions.push(state),
          balance: (state) => void balances.push(state),
        },
        tradingEnabled: true,
      },
      random: () => 0.5,
      timing: { socket: { silenceTimeoutMs: 86_400_000 } },
    });
    return { store, gateway, orderStreams };
  };
  let running = open();
  const events = () => running.store.orderEvents.read(ACCOUNT, 0, 100_000);
  const story = async () =>
    (await events()).map(({ kind, order, fill }) =>
      [kind, order.clientOrderId ?? order.orderId, ...(fill === null ? [] : [fill.volume])].join(' '),
    );
  const desk: AccountDesk = {
    ...{ clock, venue, positions, balances, events, story },
    lastSeq: async () => (await running.store.orderEvents.bounds(ACCOUNT))?.lastSeq ?? 0,
    follow: (after) => running.orderStreams.follow(ACCOUNT, { after, startAt: 'BEGINNING' }),
    get gateway() {
      return running.gateway;
    },
    get session() {
      const { account } = running.gateway;
      if (account === undefined) throw new Error('the gateway carries no account');
      return account;
    },
    untilTold: async (count) => {
      while ((await desk.lastSeq()) < count) await turn();
      return story();
    },
    untilToldInTime: async (count) => {
      while ((await desk.lastSeq()) < count) await passSome(clock);
      return story();
    },
    untilState: (state) => until(() => running.gateway.status().state === state),
    untilReconciled: async () => {
      while (running.gateway.status().state !== 'CONNECTED') await passSome(clock);
    },
    pass: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500) await passSome(clock);
    },
    passDelay: () => {
      const next = running.gateway.status().connections.map(({ nextAttemptAt }) => nextAttemptAt ?? 0);
      clock.advance(Math.max(...next) - clock.now());
    },
    restart: async () => {
      await running.gateway.stop();
      running.store.close();
      running = open();
      running.gateway.start();
    },
    [Symbol.asyncDispose]: async () => {
      await running.gateway.stop();
      running.store.close();
      await venue.close();
      folder[Symbol.dispose]();
    },
  };
  if (isStarted) {
    running.gateway.start();
    await desk.untilState('CONNECTED');
  }
  return desk;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Half a second. Requests under way are answered in real time, and would be late if only the clock went on. */
async function passSome(clock: ManualClock): Promise<void> {
  for (let count = 0; count < 50; count++) await turn();
  clock.advance(500);
}

/** A limit order to buy 0.1 BTC-USDT far below the market. */
export function order(clientOrderId: string, changes: Partial<OrderRequest> = {}): OrderRequest {
  return toOrderRequest({
    ...{ gateway: 'paper', accountCookie: ACCOUNT, symbol: 'BTC-USDT', side: 'BUY', type: 'LIMIT' },
    ...{ volume: '0.1', price: '30000', offset: 'NONE', reduceOnly: false, clientOrderId, ...changes },
  });
}

/** `OPEN`, or the code of the refusal. */
export function shown(outcome: PlaceOutcome | { readonly type: 'NOT_FOUND' }): string {
  switch (outcome.type) {
    case 'ORDER':
      return outcome.order.status;
    case 'REFUSED':
      return outcome.code;
    case 'NOT_FOUND':
      return 'NOT_FOUND';
  }
}
