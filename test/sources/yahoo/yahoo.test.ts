import { describe, expect, it } from 'vitest';
import { adjust } from '../../../src/domain/adjustment.ts';
import { formatDay } from '../../../src/domain/day.ts';
import type { BarColumns } from '../../../src/domain/series.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { undoSplits } from '../../../src/sources/yahoo/undo-splits.ts';
import { createZoneDays } from '../../../src/sources/yahoo/zone-days.ts';
import { day } from '../../support/bars.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({ vendor: 'yahoo', urls: { chart: `${url}/chart/{symbol}` } });

interface ChartParts {
  readonly symbol?: string;
  readonly timezone?: string;
  readonly meta?: object;
  readonly events?: object;
  /** Instants as texts, and prices that are open, high, low and close in one. */
  readonly bars: readonly (readonly [at: string, price: unknown, volume?: unknown])[];
}

function chart({ symbol = 'NVDA', timezone = 'America/New_York', meta = {}, events, bars }: ChartParts): string {
  const column = bars.map(([, price]) => price);
  const quote = {
    open: column,
    high: column,
    low: column,
    close: column,
    volume: bars.map(([, , volume = 1000]) => volume),
  };
  const result = {
    meta: {
      currency: 'USD',
      symbol,
      exchangeTimezoneName: timezone,
      gmtoffset: -18_000,
      dataGranularity: '1d',
      ...meta,
    },
    timestamp: bars.map(([at]) => Date.parse(at) / 1000),
    ...(events === undefined ? {} : { events }),
    indicators: { quote: [quote], adjclose: [{ adjclose: column }] },
  };
  return JSON.stringify({ chart: { result: [result], error: null } });
}

const at = (text: string): number => Date.parse(text) / 1000;
const split = (text: string, numerator: number, denominator = 1) => ({
  [at(text)]: { date: at(text), numerator, denominator, splitRatio: `${numerator}:${denominator}` },
});

async function load(text: string, code = 'NVDA', from?: number) {
  await using desk = await openVendorDesk(
    configure,
    answering(() => text),
  );
  return await desk.load((source, signal) => source.loadBars(code, signal, from));
}

async function fail(text: string, code = 'NVDA') {
  await using desk = await openVendorDesk(
    configure,
    answering(() => text),
  );
  return await desk.fail((source, signal) => source.loadBars(code, signal));
}

function columnsOf(days: readonly number[]): BarColumns {
  const ones = new Float64Array(days.length).fill(1);
  return { day: Int32Array.from(days), open: ones, high: ones, low: ones, close: ones, volume: ones, amount: ones };
}

const closes = ({ columns }: Awaited<ReturnType<typeof load>>): unknown[] => rowsOf(columns).map((row) => row[4]);

describe("Yahoo's chart", () => {
  it('is read as recorded, with days of New York and the events of the stretch', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => recorded('yahoo', 'chart-AAPL-split')),
    );
    const history = await desk.load((source, signal) => source.loadBars('AAPL', signal));
    const rows = rowsOf(history.columns);
    expect(rows).toHaveLength(49);
    expect(rows[0]).toEqual(['2020-08-31', 127.58000183105469, 131, 126, 129.0399932861328, 225_702_700, null]);
    // After the clocks had gone back; the reply's own offset is that of a day in February.
    expect(rows.at(-1)?.slice(0, 2)).toEqual(['2020-11-06', 118.31999969482422]);
    expect(history).toMatchObject({
      source: 'yahoo',
      areEventsKnown: true,
      events: [
        { day: day('2020-08-31'), kind: 'SPLIT', ratio: 4, cash: 0 },
        { day: day('2020-11-06'), kind: 'DIVIDEND', ratio: 1, cash: 0.205 },
      ],
    });
    const [asked] = desk.server.seen;
    expect(asked?.path).toBe('/chart/AAPL');
    expect(Object.fromEntries(asked?.query ?? [])).toEqual({
      period1: '1420070400',
      period2: String(Date.UTC(2026, 10, 23) / 1000),
      interval: '1d',
      events: 'div|split',
      includePrePost: 'false',
    });
    expect(asked?.headers['user-agent']).toContain('Mozilla/5.0');
  });

  it('of a pair of coins tells turnover as volume', async () => {
    const history = await load(recorded('yahoo', 'chart-BTC-USD').toString(), 'BTC-USD');
    expect(rowsOf(history.columns)).toEqual([
      ['2020-01-01', 7194.89208984375, 7254.33056640625, 7174.9443359375, 7200.17431640625, null, 18_565_664_997],
      ['2020-01-02', 7202.55126953125, 7212.1552734375, 6935.27001953125, 6985.47021484375, null, 20_802_083_465],
      ['2020-01-03', 6984.4287109375, 7413.71533203125, 6914.99609375, 7344.88427734375, null, 28_111_481_032],
    ]);
  });

  it('without bars is a fault, but for what was asked from a day on: there may be nothing since', async () => {
    const empty = recorded('yahoo', 'chart-AAPL-empty').toString();
    expect(await fail(empty, 'AAPL')).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'yahoo: received no bars, which is no answer',
    });
    expect(closes(await load(empty, 'AAPL', day('2026-11-20')))).toEqual([]);
    expect((await fail(empty, 'MSFT')).message).toBe('yahoo: received bars of AAPL, wanted bars of MSFT');
  });

  it.each([
    ['AAPL', 'AAPL'],
    ['BRK.B', 'BRK-B'],
    ['BTC.US', 'BTC'],
    ['600519.SH', '600519.SS'],
    ['159915.SZ', '159915.SZ'],
    ['00700.HK', '0700.HK'],
    ['09988.HK', '9988.HK'],
    ['80700.HK', '80700.HK'],
    ['HSI', '%5EHSI'],
    ['HSTECH', 'HSTECH.HK'],
    ['SPX', '%5EGSPC'],
    ['CL.NYM', 'CL%3DF'],
    ['KC=F', 'KC%3DF'],
    ['EUR-USD', 'EURUSD%3DX'],
    ['ETH-USD', 'ETH-USD'],
    ['OCDO.L', 'OCDO.L'],
    ['7203.T', '7203.T'],
  ])('is asked for %s as %s', async (code, symbol) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => undefined),
    );
    expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen.map(({ path }) => path)).toEqual([`/chart/${symbol}`]);
  });

  it.each(['BTC-USDT', 'AU.SHF', 'H30269.CSI', '920002.BJ', 'nonsense', 'TOPX', 'x/../y'])(
    'is not asked for %s',
    async (code) => {
      await using desk = await openVendorDesk(
        configure,
        answering(() => '{}'),
      );
      expect(await desk.fail((source, signal) => source.loadBars(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
      expect(desk.server.seen).toEqual([]);
    },
  );

  it('is asked from a day on and up to now, so that later splits are known', async () => {
    const events = { splits: split('2024-06-10T13:30:00Z', 10) };
    const bars = [
      ['2026-11-18T14:30:00Z', 180],
      ['2026-11-19T14:30:00Z', 181],
    ] as const;
    await using desk = await openVendorDesk(
      configure,
      answering(() => chart({ bars, events })),
    );
    const history = await desk.load((source, signal) => source.loadBars('NVDA', signal, day('2026-11-19')));
    expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2026-11-19']);
    expect(desk.server.seen[0]?.query.get('period1')).toBe(String(Date.UTC(2026, 10, 19) / 1000));
  });
});

describe('prices of Yahoo', () => {
  it('are told unadjusted: what its splits did to them is undone, of dividends and volume too', async () => {
    const bars = [
      ['2021-02-01T14:30:00Z', 13.25, 40_000],
      ['2021-07-19T13:30:00Z', 18.75, 40_000],
      ['2021-07-20T13:30:00Z', 18.5, 10_000],
      ['2024-06-07T13:30:00Z', 120.5, 10_000],
      ['2024-06-10T13:30:00Z', 121.75, 1000],
    ] as const;
    const events = {
      splits: { ...split('2021-07-20T13:30:00Z', 4), ...split('2024-06-10T13:30:00Z', 10) },
      dividends: {
        a: { date: at('2021-06-09T13:30:00Z'), amount: 0.004 },
        b: { date: at('2021-07-20T13:30:00Z'), amount: 0.004 },
        c: { date: at('2024-03-05T14:30:00Z'), amount: 0.004 },
        d: { date: at('2024-06-11T13:30:00Z'), amount: 0.01 },
      },
    };
    const history = await load(chart({ bars, events }));
    expect(closes(history)).toEqual([530, 750, 185, 1205, 121.75]);
    expect(rowsOf(history.columns).map((row) => row[5])).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(history.events.filter(({ kind }) => kind === 'DIVIDEND').map(({ cash }) => cash)).toEqual([
      0.16, 0.16, 0.04, 0.01,
    ]);
    // Taking the splits out again gives what Yahoo had sent.
    const splits = history.events.filter(({ kind }) => kind === 'SPLIT');
    const back = adjust(history.columns, splits, 'FORWARD');
    expect([...back.close]).toEqual(bars.map(([, price]) => expect.closeTo(price, 9)));
    expect([...back.volume]).toEqual(bars.map(([, , volume]) => expect.closeTo(volume, 6)));
  });

  it('know splits that put shares together, and none of one for one', async () => {
    const bars = [
      ['2024-01-02T14:30:00Z', 50],
      ['2024-01-03T14:30:00Z', 51],
    ] as const;
    const events = { splits: { ...split('2024-01-03T14:30:00Z', 1, 10), ...split('2024-01-02T14:30:00Z', 1, 1) } };
    const history = await load(chart({ bars, events }));
    expect(closes(history)).toEqual([5, 51]);
    expect(history.events).toHaveLength(1);
  });

  it('are told with as many splits as there can be, without a multiplication for each of them and each bar', () => {
    const splits = Array.from({ length: 2000 }, (_, index) => ({
      ...{ day: 10_000 + index, kind: 'SPLIT' as const, cash: 0 },
      ratio: index % 2 === 0 ? 1.5 : 0.625,
    }));
    let multiplied = 0;
    const counting = splits.map((event) => ({
      ...event,
      get ratio() {
        multiplied += 1;
        return event.ratio;
      },
    }));
    const columns = columnsOf(Array.from({ length: 20_000 }, (_, index) => index));
    const { columns: undone } = undoSplits(columns, counting);
    const since = (day: number) => splits.filter((event) => event.day > day).reduce((all, { ratio }) => all * ratio, 1);
    for (const at of [0, 9_999, 10_000, 10_001, 11_998, 11_999, 19_999]) expect(undone.close[at]).toBe(since(at));
    expect(multiplied).toBeLessThan(2_100_000);
  });

  it('are refused with more events than there can be', async () => {
    const date = at('2024-01-03T14:30:00Z');
    const splits = Array.from({ length: 3000 }, () => ({ date, numerator: 2, denominator: 1 }));
    const error = await fail(chart({ bars: [['2024-01-02T14:30:00Z', 50]], events: { splits: { ...splits } } }));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', 'yahoo: received 3000 events, wanted fewer']);
  });

  it.each([
    [0, 1],
    [1, 0],
    [1e300, 1],
    ['a', 1],
  ])('are refused with a split of %j for %j', async (numerator, denominator) => {
    const splits = { x: { date: at('2024-01-03T14:30:00Z'), numerator, denominator } };
    const error = await fail(chart({ bars: [['2024-01-02T14:30:00Z', 50]], events: { splits } }));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining('wanted a ratio between')]);
  });

  it.each([
    ['GBp', 12.595],
    ['GBX', 12.595],
    ['ZAc', 12.595],
    ['ILA', 12.595],
    ['KWF', 1.2595],
    ['GBP', 1259.5],
  ])('in %s are those of the whole currency', async (currency, price) => {
    const events = { dividends: { a: { date: at('2024-01-02T08:00:00Z'), amount: 1259.5 } } };
    const bars = [['2024-01-02T08:00:00Z', 1259.5]] as const;
    const text = chart({ symbol: 'OCDO.L', timezone: 'Europe/London', meta: { currency }, bars, events });
    const history = await load(text, 'OCDO.L');
    expect(closes(history)).toEqual([price]);
    expect(history.events).toMatchObject([{ cash: price }]);
  });
});

describe('rows of Yahoo', () => {
  it('are of the days on which their sessions opened, on the clock of the exchange', async () => {
    const bars = [
      ['2024-03-08T14:30:00Z', 1],
      ['2024-03-11T13:30:00Z', 2],
      ['2024-11-04T14:30:00Z', 3],
    ] as const;
    expect(rowsOf((await load(chart({ bars }))).columns).map(([date]) => date)).toEqual([
      '2024-03-08',
      '2024-03-11',
      '2024-11-04',
    ]);
    const tokyo = chart({
      symbol: '^N225',
      timezone: 'Asia/Tokyo',
      bars: [
        ['2024-11-04T23:00:00Z', 1],
        ['2024-11-06T00:00:00Z', 2],
      ],
    });
    expect(rowsOf((await load(tokyo, 'N225')).columns).map(([date]) => date)).toEqual(['2024-11-05', '2024-11-06']);
  });

  it('that repeat the day of the last one, while it trades, take its place', async () => {
    const bars = [
      ['2026-11-18T14:30:00Z', 1],
      ['2026-11-19T14:30:00Z', 2],
      ['2026-11-19T20:59:01Z', 3],
    ] as const;
    expect(closes(await load(chart({ bars })))).toEqual([1, 3]);
  });

  it('without any price are left out and counted', async () => {
    const bars = [
      ['2024-10-01T01:30:00Z', null, null],
      ['2024-10-02T01:30:00Z', 20_000],
      ['2024-10-03T01:30:00Z', null, 0],
    ] as const;
    const history = await load(chart({ symbol: '^HSI', timezone: 'Asia/Hong_Kong', bars }), 'HSI');
    expect(rowsOf(history.columns).map(([date]) => date)).toEqual(['2024-10-02']);
    expect(history.dropped).toEqual({ unfinished: 0, empty: 2, faulty: 0 });
  });

  it('of an index may have a close and nothing else', async () => {
    const bars = [
      ['1997-07-01T00:00:00Z', 758],
      ['1997-07-02T00:00:00Z', 760],
    ] as const;
    const text = chart({ symbol: '^KS11', timezone: 'Asia/Seoul', bars });
    const zeros = text.replaceAll(/"(open|high|low)":\[758,760\]/g, '"$1":[0,null]');
    const [from, known] = [day('1997-01-01'), (await load(zeros, 'KS11', day('1997-01-01'))).columns];
    expect(rowsOf(known).map((row) => row.slice(1, 5))).toEqual([
      [null, null, null, 758],
      [null, null, null, 760],
    ]);
    const share = zeros.replace('^KS11', 'NVDA').replaceAll('[1000,1000]', '[0,null]');
    expect(await load(share, 'NVDA', from).catch((error: unknown) => error)).toMatchObject({ dropped: { empty: 2 } });
  });

  it('of the session that is not over are left out', async () => {
    // It is Saturday in New York; Friday's is over, and Monday's cannot be.
    const open = chart({
      bars: [
        ['2026-11-20T14:30:00Z', 1],
        ['2026-11-21T14:30:00Z', 2],
      ],
    });
    expect(closes(await load(open))).toEqual([1]);
    expect(await fail(chart({ bars: [['2026-11-23T14:30:00Z', 1]] }))).toMatchObject({ code: 'DATA_INVALID' });
  });

  it('lose the volume of indexes and currencies, of which nobody knows what it counts', async () => {
    const bars = [['2024-11-05T00:00:00Z', 1, 5000]] as const;
    const volumeOf = async (symbol: string, code: string) =>
      rowsOf((await load(chart({ symbol, bars }), code)).columns)[0]?.[5];
    expect(await volumeOf('000300.SS', '000300.SH')).toBeNull();
    expect(await volumeOf('EURUSD=X', 'EUR-USD')).toBeNull();
    expect(await volumeOf('^GSPC', 'SPX')).toBe(5000);
  });
});

describe('a chart of Yahoo that cannot be used', () => {
  const bars = [['2024-01-02T14:30:00Z', 50]] as const;

  it.each([
    ['of another symbol', chart({ symbol: 'AAPL', bars }), 'received bars of AAPL, wanted bars of NVDA'],
    ['of weeks', chart({ bars, meta: { dataGranularity: '1wk' } }), 'received bars of 1wk, wanted bars of days'],
    ['of no time zone', chart({ bars, timezone: 'Mars/Olympus' }), 'received a time zone that is none, wanted'],
    [
      'with columns of two lengths',
      chart({ bars }).replace('"high":[50]', '"high":[50,51]'),
      'received 2 of high for 1 times',
    ],
    ['without a column', chart({ bars }).replace('"high":[50]', '"higher":[50]'), 'wanted a list of high'],
    [
      'with days in disorder',
      chart({ bars: [...bars, ['2024-01-01T14:30:00Z', 1]] }),
      'received 2024-01-01 after 2024-01-02',
    ],
    [
      'with times that are none',
      chart({ bars }).replace(/"timestamp":\[\d+\]/, '"timestamp":["soon"]'),
      'received a time that is none, wanted seconds',
    ],
    [
      'with more times than any market has had sessions, whose days would take their time',
      chart({ bars: [] }).replace('"timestamp":[]', `"timestamp":[${'0,'.repeat(50_000)}0]`),
      'received 50001 times, wanted at most 50000',
    ],
    ['without a result', '{"chart":{"result":[],"error":null}}', 'wanted a result with meta'],
    [
      'with infinity for prices',
      chart({ bars }).replaceAll('[50]', '[1e999]'),
      'received 1 faulty of 1 rows, the first with the close Infinity',
    ],
    ['that is a page', '<html>consent</html>', 'a page of HTML'],
  ])('is one %s', async (_what, text, message) => {
    const error = await fail(text);
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringContaining(message)]);
  });

  it('is none for a code that Yahoo does not know, with status 404 or without', async () => {
    const text = '{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}';
    expect(await fail(text)).toMatchObject({ code: 'NOT_FOUND' });
    await using desk = await openVendorDesk(configure, (_request, response) => void response.writeHead(404).end(text));
    expect(await desk.fail((source, signal) => source.loadBars('NVDA', signal))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is an outage with any other error', async () => {
    const text = '{"chart":{"result":null,"error":{"code":"Unprocessable Entity","description":"range"}}}';
    await using desk = await openVendorDesk(configure, (_request, response) => void response.writeHead(422).end(text));
    expect(await desk.fail((source, signal) => source.loadBars('NVDA', signal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'yahoo: received the error Unprocessable Entity, which is no answer',
    });
  });

  it('is an outage for half an hour once there were too many', async () => {
    await using desk = await openVendorDesk(
      configure,
      (_request, response) => void response.writeHead(429).end('Too Many Requests'),
    );
    const fails = () => desk.fail((source, signal) => source.loadBars('NVDA', signal));
    await fails();
    desk.clock.advance(1_799_999);
    expect((await fails()).message).toContain('it is left alone until');
    desk.clock.advance(1);
    await fails();
    expect(desk.server.seen).toHaveLength(2);
  });
});

describe('the days of a time zone', () => {
  it('are those of its wall clock, also where an offset has minutes', () => {
    const dayIn = (zone: string, text: string) => formatDay(createZoneDays(zone)(Date.parse(text)));
    expect(dayIn('America/New_York', '2024-03-10T04:59:00Z')).toBe('2024-03-09');
    expect(dayIn('America/New_York', '2024-11-03T04:00:00Z')).toBe('2024-11-03');
    expect(dayIn('Asia/Kolkata', '2024-01-01T18:29:00Z')).toBe('2024-01-01');
    expect(dayIn('Asia/Kolkata', '2024-01-01T18:30:00Z')).toBe('2024-01-02');
    expect(dayIn('UTC', '1969-12-31T23:59:59Z')).toBe('1969-12-31');
  });

  it('are right for instants in a row, whichever way they go', () => {
    const zoneDay = createZoneDays('America/New_York');
    const instants = ['2024-11-03T03:59:00Z', '2024-11-03T04:00:00Z', '2024-03-10T04:59:00Z', '2024-03-10T05:00:00Z'];
    expect(instants.map((text) => formatDay(zoneDay(Date.parse(text))))).toEqual([
      '2024-11-02',
      '2024-11-03',
      '2024-03-09',
      '2024-03-10',
    ]);
  });
});
