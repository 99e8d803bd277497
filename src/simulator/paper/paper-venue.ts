import type { Clock } from '../../async/clock.ts';
import { type OkxAccountRow, type OkxPositionRow, PRIVATE_PATH } from '../../exchanges/okx/account-dialect.ts';
import { BUSINESS_PATH, MAX_REQUEST_BYTES, PUBLIC_PATH } from '../../exchanges/okx/dialect.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { AccountPages } from './account-pages.ts';
import { AccountState } from './account-state.ts';
import type { PaperCredentials } from './credentials.ts';
import { Engine } from './engine.ts';
import { type PaperFacts, recordFacts } from './facts.ts';
import { InstrumentMarket } from './instrument-market.ts';
import { PAPER_INSTRUMENTS, type PaperInstrument } from './instruments.ts';
import type { Interfere } from './interference.ts';
import { JournalError, NO_JOURNAL, openJournal } from './journal.ts';
import { createOutsideTrading, type OutsideTrading } from './outside.ts';
import { PrivateFeed } from './private-feed.ts';
import { PublicFeed } from './public-feed.ts';
import { Pulse } from './pulse.ts';
import { readJournal } from './read-journal.ts';
import { privateRoutes } from './rest-private.ts';
import { publicRoutes } from './rest-public.ts';
import { createRestServer } from './rest-server.ts';

export interface PaperVenueOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Clock;
  /** Of the prices: the same seed has the same price at the same instant, whichever process asks. */
  readonly seed: number;
  /** Numbers from 0 up to 1 for how prints are cut and spaced; default: from the seed. */
  readonly random?: () => number;
  /** Where orders, fills and balances outlive the process; undefined: nowhere. The folder must be there. */
  readonly journalPath: string | undefined;
  /** Of the one account. */
  readonly credentials: PaperCredentials;
  readonly instruments?: readonly PaperInstrument[];
  /** What a new account owns, decimal text by currency. */
  readonly balances?: Readonly<Record<string, string>>;
  /** About how long it is from one step of the market to the next. */
  readonly stepMs?: number;
  /** Whether the market stands still: nothing happens but what is asked for. */
  readonly isQuiet?: boolean;
  /** Whether `facts` are kept, without bound. */
  readonly keepsFacts?: boolean;
}

/** An exchange in the box on 127.0.0.1 that speaks OKX's protocol of version 5. */
export interface PaperVenue {
  /** Scheme, host and port of the sockets: `ws://127.0.0.1:9443`. */
  readonly url: string;
  /** Scheme, host and port of the requests: `http://127.0.0.1:9443`. */
  readonly restUrl: string;
  readonly port: number;
  /** What a test does to requests; undefined: nothing. */
  interfere: Interfere | undefined;
  /** Trades as somebody else would: past the protocol. */
  readonly outside: OutsideTrading;
  /** What happened since the start; nothing without `keepsFacts`. */
  facts(): PaperFacts;
  /** Ends all connections abruptly, as a lost network does. */
  disconnect(): void;
  /** Ends every socket and timer; may be called again. */
  close(): Promise<void>;
}

const OPENING_BALANCES = { USDT: '100000', BTC: '2', ETH: '20' };
const STEP_MS = 250;

/**
 * Starts a venue with invented prices, one account and a small matching engine. Its prices are a function of seed and
 * instant; they move on while somebody is subscribed to market data or an order works. Fails when the port is taken, and
 * when the journal cannot be read or written.
 */
export async function startPaperVenue(options: PaperVenueOptions): Promise<PaperVenue> {
  const { clock, seed, journalPath, credentials, isQuiet = false, stepMs = STEP_MS } = options;
  const random = options.random ?? createSeededRandom(seed);
  const now = (): number => clock.now();
  const instruments = new Map((options.instruments ?? PAPER_INSTRUMENTS).map((each) => [each.instId, each]));
  const kept = journalPath === undefined ? undefined : readJournal(journalPath, instruments);
  const state = kept ?? new AccountState(instruments);
  if (kept === undefined) state.apply({ type: 'OPENED', balances: options.balances ?? OPENING_BALANCES, at: now() });

  const markets = new Map(
    instruments.values().map((instrument) => {
      const firstTradeId = Math.max(now(), state.lastTradeId(instrument.instId) + 1);
      return [instrument.instId, new InstrumentMarket({ instrument, seed, random, now: now(), firstTradeId })];
    }),
  );
  const facts = recordFacts(options.keepsFacts === true);
  const publicFeed = new PublicFeed({ markets, now, onAudience: () => wakeMarkets() });
  const journal = journalPath === undefined ? NO_JOURNAL : openJournal(journalPath, () => state.toSnapshot());
  const engine: Engine = new Engine({
    state,
    markets,
    instruments,
    journal,
    now,
    isQuiet,
    listener: {
      onPrints: (market, prints) => publicFeed.tellPrints(market.instrument.instId, prints),
      onState: (market) => publicFeed.tellState(market),
      onOrders: (rows, fills) => {
        facts.keep(rows, fills);
        privateFeed.tellOrders(rows);
      },
      onAccount: (instrument) => {
        privateFeed.tellAccount(pages.accountOf(instrument));
        const position = pages.position(instrument.instId);
        if (position !== undefined) privateFeed.tellPosition(position);
        pulse.wake();
      },
    },
  });
  const pages: AccountPages = new AccountPages(engine, markets, now);
  const positions = (): OkxPositionRow[] => {
    engine.wakeMarkets();
    return pages.positions().filter(({ pos }) => pos !== '0');
  };
  const account = (): OkxAccountRow => {
    engine.wakeMarkets();
    return pages.account();
  };
  const privateFeed: PrivateFeed = new PrivateFeed({
    credentials,
    clock,
    positions,
    account,
    onAudience: () => pulse.wake(),
  });
  const hasPositionToShow = (): boolean => privateFeed.isFollowed && positions().length > 0;
  const isWanted = (): boolean => !isQuiet && (publicFeed.isWatched || state.working.size > 0 || hasPositionToShow());
  const beat = (): void => {
    stepIfWritable(engine);
    privateFeed.tellPositionsInTurn();
  };
  const pulse: Pulse = new Pulse({ clock, stepMs, random, isWanted, beat });
  const wakeMarkets = (): void => {
    engine.wakeMarkets();
    pulse.wake();
  };

  engine.forgetOld();
  let interfere: Interfere | undefined;
  const answer = createRestServer({
    routes: [
      ...publicRoutes({ markets, now, wakeMarkets: () => engine.wakeMarkets() }),
      ...privateRoutes({ engine, instruments, now, positions, account }),
    ],
    credentials,
    now,
    interfere: (request) => interfere?.(request) ?? 'PASS',
  });
  const listening = startLoopbackServer({
    port: options.port,
    paths: [PUBLIC_PATH, BUSINESS_PATH, PRIVATE_PATH],
    maxRequestBytes: MAX_REQUEST_BYTES,
    admit: (socket, path) => (path === PRIVATE_PATH ? privateFeed.admit(socket) : publicFeed.admit(socket, path)),
    answer,
  });
  const server = await listening.catch((error: unknown) => {
    journal.close();
    throw error;
  });
  pulse.wake();
  const end = async (): Promise<void> => {
    pulse.stop();
    await server.close();
    privateFeed.stop();
    journal.close();
  };
  let closing: Promise<void> | undefined;

  return {
    url: `ws://127.0.0.1:${server.port}`,
    restUrl: `http://127.0.0.1:${server.port}`,
    port: server.port,
    get interfere() {
      return interfere;
    },
    set interfere(next) {
      interfere = next;
    },
    outside: createOutsideTrading(engine, markets),
    facts: () => facts.all(),
    disconnect: () => server.disconnect(),
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}

function stepIfWritable(engine: Engine): void {
  try {
    engine.step();
  } catch (error) {
    // A fill that cannot be written down does not happen; who places an order is told.
    if (!(error instanceof JournalError)) throw error;
  }
}
