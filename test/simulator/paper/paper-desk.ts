import type {
  OkxAccountRow,
  OkxFillRow,
  OkxOrderRow,
  OkxPositionRow,
} from '../../../src/exchanges/okx/account-dialect.ts';
import { writeAccountSubscription, writeLogin } from '../../../src/exchanges/okx/account-dialect.ts';
import { signatureHeaders } from '../../../src/exchanges/okx/sign.ts';
import { type PaperVenue, type PaperVenueOptions, startPaperVenue } from '../../../src/simulator/paper/paper-venue.ts';
import { ask, type HttpAnswer } from '../../support/http-client.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { connect, type VenueClient } from '../replay/venue-client.ts';

export const CREDENTIALS = { apiKey: 'paper-key', secret: 'paper-secret', passphrase: 'paper-pass' };
export const SPOT = 'BTC-USDT';
export const SWAP = 'BTC-USDT-SWAP';

/** The answer to one order that was to be placed or cancelled. */
export interface Acknowledgement {
  readonly ordId: string;
  readonly clOrdId: string;
  readonly sCode: string;
  readonly sMsg: string;
}

interface Rows {
  readonly '/api/v5/trade/order': Acknowledgement & OkxOrderRow;
  readonly '/api/v5/trade/cancel-order': Acknowledgement;
  readonly '/api/v5/trade/orders-pending': OkxOrderRow;
  readonly '/api/v5/trade/orders-history': OkxOrderRow;
  readonly '/api/v5/trade/fills': OkxFillRow;
  readonly '/api/v5/account/balance': OkxAccountRow;
  readonly '/api/v5/account/positions': OkxPositionRow;
}
type Path = keyof Rows;

export interface Answer<Row> {
  readonly status: number;
  readonly code: string;
  readonly msg: string;
  readonly data: readonly Row[];
}

/** A venue that stands still, and a client of it. */
export interface PaperDesk extends AsyncDisposable {
  readonly venue: PaperVenue;
  readonly clock: ManualClock;
  get<P extends Path>(path: P, query?: string): Promise<Answer<Rows[P]>>;
  post(path: Path, body: unknown, headers?: Record<string, string>): Promise<Answer<Acknowledgement>>;
  /** Signed as it should be, but for what `changes` says. */
  ask(request: SignedRequest): Promise<HttpAnswer>;
  /** A limit order of spot unless the fields say otherwise. */
  place(fields?: object): Promise<Acknowledgement>;
  order(ordId: string, instId?: string): Promise<OkxOrderRow>;
  /** Available, frozen and cash of a currency. */
  balance(ccy: string): Promise<{ available: string; frozen: string; cash: string }>;
  /** A private socket, logged in and subscribed to all. */
  follow(): Promise<VenueClient>;
}

export interface SignedRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly target: string;
  readonly body?: string;
  readonly headers?: Record<string, string | undefined>;
}

export async function openDesk(options: Partial<PaperVenueOptions> = {}): Promise<PaperDesk> {
  const clock = options.clock instanceof ManualClock ? options.clock : new ManualClock();
  const defaults = {
    port: 0,
    seed: 7,
    journalPath: undefined,
    credentials: CREDENTIALS,
    isQuiet: true,
    keepsFacts: true,
  };
  const venue = await startPaperVenue({ ...defaults, ...options, clock });

  const desk: PaperDesk = {
    venue,
    clock,
    ask: ({ method = 'GET', target, body = '', headers = {} }) => {
      const signed = signatureHeaders({ method: method as 'GET', target, body }, CREDENTIALS, clock.now());
      return ask({ url: `${venue.restUrl}${target}`, method, headers: { ...signed, ...headers }, body });
    },
    get: async (path, query = '') => answerOf(await desk.ask({ target: query === '' ? path : `${path}?${query}` })),
    post: async (path, body, headers = {}) => {
      return answerOf(await desk.ask({ method: 'POST', target: path, body: JSON.stringify(body), headers }));
    },
    place: async (fields = {}) => {
      const { data } = await desk.post('/api/v5/trade/order', { ...limitOrder(venue), ...fields });
      return first(data);
    },
    order: async (ordId, instId = SPOT) => {
      return first((await desk.get('/api/v5/trade/order', `instId=${instId}&ordId=${ordId}`)).data);
    },
    balance: async (ccy) => {
      const { data } = await desk.get('/api/v5/account/balance');
      const row = first(first(data).details.filter((each) => each.ccy === ccy));
      return { available: row.availBal, frozen: row.ordFrozen, cash: row.cashBal };
    },
    follow: async () => {
      const client = await connect(`${venue.url}/ws/v5/private`);
      client.send(writeLogin(CREDENTIALS, clock.now()));
      client.send(writeAccountSubscription(['orders', 'positions', 'balances']));
      await client.take();
      return client;
    },
    [Symbol.asyncDispose]: () => venue.close(),
  };
  return desk;
}

/** Far below the market, so that it rests. */
function limitOrder(venue: PaperVenue): object {
  const px = priceAway(venue, 0.9);
  return { instId: SPOT, tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px };
}

/** A price in whole units at a share of the last. */
export function priceAway(venue: PaperVenue, share: number, instId = SPOT): string {
  return (Number(venue.outside.last(instId).px) * share).toFixed(0);
}

export function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
}

/** Rows of a channel among the texts that a private socket received. */
export function rowsOf<Row>(texts: readonly string[], channel: string): Row[] {
  const pushes = texts.map((text) => JSON.parse(text) as { arg?: { channel: string }; data?: Row[] });
  return pushes.flatMap(({ arg, data = [] }) => (arg?.channel === channel ? data : []));
}

function answerOf<Row>({ status, text }: HttpAnswer): Answer<Row> {
  return { status, ...(JSON.parse(text) as Omit<Answer<Row>, 'status'>) };
}
