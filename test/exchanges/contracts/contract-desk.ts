import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { orderJournal } from '../../../src/app-gateways.ts';
import { createMemoryBus } from '../../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../../src/bus/order-streams.ts';
import type { Gateway, GatewayState } from '../../../src/domain/gateway.ts';
import type { PositionState } from '../../../src/domain/live-account.ts';
import { toOrderRequest } from '../../../src/domain/order-form.ts';
import type { Quote } from '../../../src/domain/tick.ts';
import type { ContractOptions } from '../../../src/exchanges/contracts/contract-verifier.ts';
import { ExchangeGateway } from '../../../src/exchanges/exchange-gateway.ts';
import { INSTRUMENTS_PATH, PRIVATE_PATH } from '../../../src/exchanges/okx/account-dialect.ts';
import { BUSINESS_PATH, PUBLIC_PATH } from '../../../src/exchanges/okx/dialect.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import type { Logger } from '../../../src/logger.ts';
import type { Interference } from '../../../src/simulator/paper/interference.ts';
import { type PaperVenue, startPaperVenue } from '../../../src/simulator/paper/paper-venue.ts';
import { openDeskStore } from '../../../src/store/sqlite/desk-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/scripted-venue.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' };
const ACCOUNT = 'desk';
/** Shorter than the heartbeat of a socket, so that time may pass at one go. */
export const CHECK_EVERY_MS = 10_000;

/** A row of OKX's list of instruments. */
export type InstrumentRow = Readonly<Record<string, string>>;

/** A gateway with an account at a paper venue, whose list of instruments a test edits. Time stands still. */
export interface ContractDesk extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly venue: PaperVenue;
  readonly gateway: ExchangeGateway;
  readonly quotes: Quote[];
  readonly positions: PositionState[];
  /** As they were told to who follows the gateway. */
  readonly statuses: Gateway[];
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
  /** Requests for lists so far; a check makes one for each of three. */
  readonly asked: number;
  /** What the venue answers to who asks for a list; from the start, a list like the recorded ones. */
  answer: Interference;
  /** Fields of a row that the venue answers from now on. */
  edit(instId: string, changes: InstrumentRow): void;
  remove(instId: string): void;
  /** DONE, or the code of the refusal with its message. */
  buy(symbol: string, clientOrderId: string): Promise<string>;
  untilState(state: GatewayState): Promise<void>;
  /** Lets the time to the next check pass, and the check go on that begins with its end. */
  passInterval(): Promise<void>;
  /** Ends the gateway and opens the store anew, as a restart of the server does; not started when told so. */
  restart(): Promise<void>;
}

export interface ContractDeskOptions {
  readonly policy?: ContractOptions['policy'];
  readonly symbols?: readonly string[];
  readonly answer?: Interference;
  readonly isStarted?: boolean;
}

export async function openContractDesk(options: ContractDeskOptions = {}): Promise<ContractDesk> {
  const { policy = 'block', symbols = ['BTC-USDT', 'BTC-USDT-SWAP'], isStarted = true } = options;
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const venue = await startPaperVenue({
    ...{ port: 0, clock, seed: 1, isQuiet: true, credentials: CREDENTIALS },
    journalPath: join(folder.path, 'paper.jsonl'),
  });
  const rows = new Map(recordedLike().map((row) => [row.instId ?? '', row]));
  let answer: Interference = options.answer ?? 'PASS';
  let asked = 0;
  venue.interfere = ({ path }) => {
    if (path !== INSTRUMENTS_PATH) return 'PASS';
    asked += 1;
    if (answer !== 'PASS') return answer;
    return { status: 200, body: JSON.stringify({ code: '0', msg: '', data: [...rows.values()] }) };
  };
  const quotes: Quote[] = [];
  const positions: PositionState[] = [];
  const statuses: Gateway[] = [];
  const lines: { level: string; message: string; fields: object }[] = [];
  const logger = recordTo(lines);
  const open = () => {
    const store = openDeskStore({ path: join(folder.path, 'desk.db'), newEpoch: randomUUID });
    const bus = createMemoryBus({ epoch: randomUUID(), clock });
    const orderStreams = new OrderStreams({
      ...{ bus, history: store.orderEvents, now: () => clock.now(), retentionMs: 86_400_000 },
    });
    const paper = findVenue('paper');
    if (paper === undefined) throw new Error('there is no paper venue');
    const sink = () => {};
    const list = { venue: 'paper', gateway: 'paper' };
    const gateway = new ExchangeGateway({
      ...{ name: 'paper', venue: paper, symbols, channels: [], clock, logger, random: () => 0.5 },
      urls: {
        public: `${venue.url}${PUBLIC_PATH}`,
        business: `${venue.url}${BUSINESS_PATH}`,
        private: `${venue.url}${PRIVATE_PATH}`,
        rest: venue.restUrl,
      },
      sink: {
        ...{ print: sink, bar: sink, refused: sink, interrupted: sink, dropped: sink },
        status: (status) => void statuses.push(status),
        quote: (quote) => void quotes.push(quote),
      },
      account: {
        ...{
          accountCookie: ACCOUNT,
          credentials: CREDENTIALS,
          channels: ['orders', 'positions'],
          tradingEnabled: true,
        },
        journal: orderJournal({ bus, orderStreams, desk: store }),
        sink: { position: (state) => void positions.push(state), balance: sink },
      },
      contracts: {
        ...{ policy, checkEveryMs: CHECK_EVERY_MS },
        records: {
          read: () => store.contracts.contracts(list),
          write: (stored) => store.contracts.replaceContracts(list, stored),
        },
      },
      timing: { lingerMs: CHECK_EVERY_MS, socket: { silenceTimeoutMs: 86_400_000 } },
    });
    if (isStarted) gateway.start();
    return { store, gateway };
  };
  let running = open();
  const desk: ContractDesk = {
    ...{ clock, venue, quotes, positions, statuses, lines },
    get gateway() {
      return running.gateway;
    },
    get asked() {
      return asked;
    },
    get answer() {
      return answer;
    },
    set answer(next) {
      answer = next;
    },
    edit: (instId, changes) => void rows.set(instId, { ...rows.get(instId), instId, ...changes }),
    remove: (instId) => void rows.delete(instId),
    buy: async (symbol, clientOrderId) => {
      const request = toOrderRequest({
        ...{ gateway: 'paper', accountCookie: ACCOUNT, symbol, side: 'BUY', type: 'LIMIT', clientOrderId },
        ...{ volume: '1', price: symbol.startsWith('ETH') ? '4000' : '35000', offset: 'NONE', reduceOnly: false },
      });
      const outcome = await running.gateway.account?.placeOrder(request);
      if (outcome?.type === 'REFUSED') return `${outcome.code}: ${outcome.message}`;
      return outcome?.order.status ?? 'no account';
    },
    untilState: (state) => until(() => running.gateway.status().state === state),
    passInterval: async () => {
      const rest = () => running.gateway.status().connections.at(-1);
      const before = running.gateway.status().contractReport?.checkedAt;
      clock.advance(CHECK_EVERY_MS);
      await until(() => running.gateway.status().contractReport?.checkedAt !== before && rest()?.queuedRequests === 0);
      // What is answered in real time would be late if only the clock went on.
      for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    },
    restart: async () => {
      await running.gateway.stop();
      running.store.close();
      running = open();
    },
    [Symbol.asyncDispose]: async () => {
      await running.gateway.stop();
      running.store.close();
      await venue.close();
      folder[Symbol.dispose]();
    },
  };
  return desk;
}

/** Rows with the fields that the venue sends: what the paper venue trades, and 800 more. */
function recordedLike(): InstrumentRow[] {
  const common = { listTime: '1611916828000', expTime: '', state: 'live' };
  const spot = (baseCcy: string, tickSz: string): InstrumentRow => ({
    ...{ instId: `${baseCcy}-USDT`, instType: 'SPOT', uly: '', baseCcy, quoteCcy: 'USDT', settleCcy: '', ctVal: '' },
    ...{ ctMult: '', tickSz, lotSz: '0.00000001', minSz: '0.00001', ...common },
  });
  const swap = (base: string): InstrumentRow => ({
    ...{ instId: `${base}-USDT-SWAP`, instType: 'SWAP', uly: `${base}-USDT`, baseCcy: '', quoteCcy: '' },
    ...{ settleCcy: 'USDT', ctVal: '0.01', ctMult: '1', tickSz: '0.1', lotSz: '1', minSz: '1', ...common },
  });
  const others = Array.from({ length: 400 }, (_, index) => [spot(`C${index}`, '0.001'), swap(`C${index}`)]);
  return [spot('BTC', '0.1'), spot('ETH', '0.01'), swap('BTC'), ...others.flat()];
}

function recordTo(lines: { level: string; message: string; fields: object }[]): Logger {
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  const logger: Logger = {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    child: () => logger,
  };
  return logger;
}
