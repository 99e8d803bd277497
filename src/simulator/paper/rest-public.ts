import { CODES, INSTRUMENTS_PATH, TIME_PATH, writeAnswer } from '../../exchanges/okx/account-dialect.ts';
import { intervalOf } from '../../exchanges/okx/dialect.ts';
import { INTERVAL_MS, openTimeOf } from './candles.ts';
import type { InstrumentMarket } from './instrument-market.ts';
import type { PaperInstrument } from './instruments.ts';
import type { RestRequest, RestRoute } from './rest-request.ts';

interface PublicRoutesOptions {
  readonly markets: ReadonlyMap<string, InstrumentMarket>;
  readonly now: () => number;
  /** Brings the prices of markets that have rested to the present. */
  readonly wakeMarkets: () => void;
}

const MOST_CANDLES = 300;
const CANDLES_UNLESS_TOLD = 100;
/** There are no bars before it. */
const FIRST_OPEN_TIME = Date.UTC(2015, 0, 1);

/** What is asked without a signature: https://www.okx.com/docs-v5/en/#public-data-rest-api */
export function publicRoutes({ markets, now, wakeMarkets }: PublicRoutesOptions): [path: string, route: RestRoute][] {
  const instruments = [...markets.values()].map(({ instrument }) => instrument);
  return [
    [TIME_PATH, open(() => writeAnswer([{ ts: String(now()) }]))],
    [
      INSTRUMENTS_PATH,
      open(({ query }) => {
        const instType = query.get('instType');
        if (instType === undefined) return writeAnswer([], CODES.badParameter, 'Parameter instType can not be empty');
        const instId = query.get('instId');
        const rows = instruments.filter(
          (each) => each.instType === instType && (instId ?? each.instId) === each.instId,
        );
        return writeAnswer(rows.map(instrumentRow));
      }),
    ],
    [
      '/api/v5/market/candles',
      open(({ query }) => {
        wakeMarkets();
        return answerCandles(query, markets, now());
      }),
    ],
  ];
}

function open(answer: (request: RestRequest) => string): RestRoute {
  return { method: 'GET', isPrivate: false, answer };
}

function answerCandles(query: RestRequest['query'], markets: PublicRoutesOptions['markets'], now: number): string {
  const market = markets.get(query.get('instId') ?? '');
  if (market === undefined) return writeAnswer([], CODES.noSuchInstrument, "Instrument ID doesn't exist");
  const interval = intervalOf(`candle${query.get('bar') ?? '1m'}`);
  if (interval === undefined) return writeAnswer([], CODES.badParameter, 'Parameter bar error');
  const [after, before, limit] = [query.get('after'), query.get('before'), query.get('limit')];
  if (![after, before, limit].every((text) => text === undefined || /^\d{1,13}$/.test(text))) {
    return writeAnswer([], CODES.badParameter, 'Parameter after, before or limit error');
  }
  const newest = Math.min(openTimeOf(interval, now), openTimeOf(interval, Number(after ?? now + 1) - 1));
  const earliest = Math.max(FIRST_OPEN_TIME, before === undefined ? 0 : Number(before) + 1);
  const most = Math.min(Number(limit ?? CANDLES_UNLESS_TOLD), MOST_CANDLES);
  const rows: string[][] = [];
  for (let at = newest; at >= earliest && rows.length < most; at -= INTERVAL_MS[interval]) {
    rows.push(market.candleRow(interval, at, now));
  }
  return writeAnswer(rows);
}

function instrumentRow(instrument: PaperInstrument): Record<string, string> {
  const { instId, instType, baseCcy, quoteCcy, ctVal, tickSz, lotSz, minSz, lever } = instrument;
  const isSwap = instType === 'SWAP';
  return {
    instType,
    instId,
    uly: isSwap ? `${baseCcy}-${quoteCcy}` : '',
    instFamily: isSwap ? `${baseCcy}-${quoteCcy}` : '',
    baseCcy: isSwap ? '' : baseCcy,
    quoteCcy: isSwap ? '' : quoteCcy,
    settleCcy: isSwap ? quoteCcy : '',
    ctVal: isSwap ? ctVal : '',
    ctMult: isSwap ? '1' : '',
    ctValCcy: isSwap ? baseCcy : '',
    ctType: isSwap ? 'linear' : '',
    tickSz,
    lotSz,
    minSz,
    lever: isSwap ? lever : '',
    listTime: String(FIRST_OPEN_TIME),
    expTime: '',
    state: 'live',
  };
}
