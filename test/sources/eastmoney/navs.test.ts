import { describe, expect, it } from 'vitest';
import { type Day, formatDay } from '../../../src/domain/day.ts';
import { parseFundEvent } from '../../../src/sources/eastmoney/fund-events.ts';
import { navMarketOf } from '../../../src/sources/eastmoney/nav-market.ts';
import { parseNavTrend } from '../../../src/sources/eastmoney/parse-nav-trend.ts';
import type { VendorNavHistory } from '../../../src/sources/vendor-source.ts';
import type { VendorConfig } from '../../../src/sources/vendors.ts';
import { day } from '../../support/bars.ts';
import type { Answering } from '../../support/http-server.ts';
import { answering, openVendorDesk, recorded, rowsOf } from '../../support/vendor-desk.ts';

const configure = (url: string): VendorConfig => ({
  vendor: 'eastmoney',
  urls: { kline: `${url}/kline`, navTrend: `${url}/trend/{code}.js`, navPages: `${url}/lsjz` },
});

interface Point {
  readonly date: string;
  readonly nav: unknown;
  readonly unitMoney?: string;
}

/** Midnight of Beijing, as Eastmoney writes a day. */
const midnight = (date: string): number => day(date) * 86_400_000 - 8 * 3_600_000;

function trend(points: readonly Point[], { code = '513100', name = '某基金' } = {}): string {
  const list = points.map(({ date, nav, unitMoney = '' }) => ({
    x: midnight(date),
    y: nav,
    equityReturn: 0,
    unitMoney,
  }));
  const pairs = points.map(({ date, nav }) => [midnight(date), nav]);
  return [
    `/*2026-11-21*/var fS_name = "${name}";var fS_code = "${code}";`,
    `/*单位净值走势*/var Data_netWorthTrend = ${JSON.stringify(list)};`,
    `var Data_ACWorthTrend = ${JSON.stringify(pairs)};/*end*/var swithSameType = [['"]']];`,
  ].join('\n');
}

interface Page {
  readonly rows: readonly (readonly [date: string, nav: string, event?: string])[];
  readonly total?: number;
}

function page({ rows, total = rows.length }: Page): string {
  const list = rows.map(([FSRQ, DWJZ, FHSP = '']) => ({ FSRQ, DWJZ, LJJZ: DWJZ, FHSP, NEW: 1 }));
  return JSON.stringify({ Data: { LSJZList: list }, ErrCode: 0, TotalCount: total, PageSize: 20, PageIndex: 1 });
}

function navRows({ day: days, nav, accumulated }: VendorNavHistory): (string | number | undefined)[][] {
  return Array.from(days, (each, index) => [formatDay(each), nav[index], accumulated[index]]);
}

const ascending = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => formatDay(day('2026-09-01') + index));

/** Pages of 20 as Eastmoney gives them, newest first, whatever size is asked for. */
function paged(dates: readonly string[]): (query: URLSearchParams) => string {
  return (query) => {
    const from = query.get('startDate') ?? '';
    const wanted = dates.filter((date) => date >= from).toReversed();
    const start = (Number(query.get('pageIndex')) - 1) * 20;
    const rows = wanted.slice(start, start + 20).map((date) => [date, '1.5'] as const);
    return page({ rows, total: wanted.length });
  };
}

describe("Eastmoney's file of NAVs", () => {
  it('is read as recorded: days of Beijing, unit and accumulated NAVs', () => {
    const parsed = parseNavTrend(
      { bytes: recorded('eastmoney', 'pingzhongdata-110022') },
      { digits: '110022', lastPossibleDay: day('2026-11-21') },
    );
    expect(Array.from(parsed.day, formatDay)).toEqual(['2010-08-20', '2010-08-27', '2010-09-03']);
    expect([...parsed.nav]).toEqual([1, 1.001, 1.006]);
    expect([...parsed.accumulated]).toEqual([1, 1.001, Number.NaN]);
  });

  it('brings splits and dividends, and the market by the name of the fund', async () => {
    const points = [
      { date: '2022-01-12', nav: 5.189 },
      { date: '2022-01-13', nav: 1.009, unitMoney: '拆分：每份基金份额折算5份' },
      { date: '2024-06-03', nav: 1.2, unitMoney: '分红：每份派现金0.0120元' },
    ];
    const text = trend(points, { name: '国泰纳斯达克100ETF(QDII)' });
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/trend/513100.js' ? text : undefined)),
    );
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal));
    expect(navRows(history)).toEqual([
      ['2022-01-12', 5.189, 5.189],
      ['2022-01-13', 1.009, 1.009],
      ['2024-06-03', 1.2, 1.2],
    ]);
    expect(history).toMatchObject({
      code: '513100.SH',
      navMarket: 'US',
      source: 'eastmoney',
      fetchedAt: desk.clock.now(),
      events: [
        { day: day('2022-01-13'), kind: 'SPLIT', ratio: 5, cash: 0 },
        { day: day('2024-06-03'), kind: 'DIVIDEND', ratio: 1, cash: 0.012 },
      ],
    });
  });

  it.each([
    [
      'of another fund',
      trend([{ date: '2022-01-12', nav: 1 }], { code: '513500' }),
      'received NAVs of 513500, wanted NAVs of 513100',
    ],
    ['without a fund', 'var Data_netWorthTrend = [];', 'received NAVs of no fund'],
    ['without NAVs', 'var fS_code = "513100";', 'received no Data_netWorthTrend'],
    ['cut short', trend([{ date: '2022-01-12', nav: 1 }]).slice(0, 120), 'no list'],
    [
      'with a day twice',
      trend([
        { date: '2022-01-12', nav: 1 },
        { date: '2022-01-12', nav: 1 },
      ]),
      'after 2022-01-12',
    ],
    ['of the future', trend([{ date: '2027-01-12', nav: 1 }]), 'received a NAV of 2027-01-12'],
    ['with impossible NAVs only', trend([{ date: '2022-01-12', nav: -1 }]), '1 rows without a NAV that can be'],
    ['that is a page', '<html></html>', 'a page of HTML'],
    ['with a time of no date', 'var fS_code = "513100";var Data_netWorthTrend = [{"x":-1e30,"y":1}];', 'before 1800'],
    [
      'with a time that is a list',
      'var fS_code = "513100";var Data_netWorthTrend = [{"x":[[]],"y":1}];',
      'a time that',
    ],
  ])('cannot be used %s', (_what, text, message) => {
    const parse = () =>
      parseNavTrend({ bytes: Buffer.from(text) }, { digits: '513100', lastPossibleDay: day('2026-11-21') });
    expect(parse).toThrow(expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(message) }));
  });

  it('loses rows without a NAV, which are counted', () => {
    const text = trend([
      { date: '2022-01-11', nav: null },
      { date: '2022-01-12', nav: 0 },
      { date: '2022-01-13', nav: 1.5 },
    ]);
    const parsed = parseNavTrend(
      { bytes: Buffer.from(text) },
      { digits: '513100', lastPossibleDay: day('2026-11-21') },
    );
    expect([...parsed.nav]).toEqual([1.5]);
    expect(parsed.dropped).toBe(2);
  });

  it('may be of the day that has just begun in Beijing', async () => {
    // Sixteen past midnight there, and the day before in Greenwich.
    const text = trend([{ date: '2026-11-22', nav: 1 }]);
    await using desk = await openVendorDesk(
      configure,
      answering(() => text),
    );
    desk.clock.advance(4.1 * 3_600_000);
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal));
    expect(navRows(history)).toEqual([['2026-11-22', 1, 1]]);
  });
});

describe('texts of Eastmoney that go on and on', () => {
  const long = 100_000;

  it('are no events, and take no time', () => {
    for (const text of [`每${' '.repeat(long)}`, `每${'1'.repeat(long)}份`, `每份派${'1'.repeat(long)}元`]) {
      expect(parseFundEvent(text, 0)).toBeUndefined();
    }
  });

  it('are read as the names that they begin with', () => {
    expect(navMarketOf('纳指'.repeat(long))).toBe('US');
    expect(navMarketOf(`${'中证'.repeat(long)}香港`)).toBe('CN');
  });

  it('are no list, however many quotes they have', () => {
    const text = `var fS_code = "513100";var Data_netWorthTrend = [${'\\"'.repeat(long)}`;
    const parse = () => parseNavTrend({ bytes: Buffer.from(text) }, { digits: '513100', lastPossibleDay: 20_000 });
    expect(parse).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
  });

  it('are no page of NAVs, with two hundred thousand of one day', async () => {
    const rows = Array.from({ length: 200_000 }, () => '{"FSRQ":"2026-01-05"}').join(',');
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/lsjz' ? `{"ErrCode":0,"Data":{"LSJZList":[${rows}]}}` : undefined)),
    );
    const error = await desk.fail((source, signal) => source.loadNavs('513100.SH', signal));
    expect(error).toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/received a page of 200000 NAVs/),
    });
  });
});

describe("Eastmoney's pages of NAVs", () => {
  it('are asked for with the header that they want, when the file cannot be had', async () => {
    await using desk = await openVendorDesk(configure, ({ path, headers }, response) => {
      if (path !== '/lsjz') return void response.writeHead(404).end('<html></html>');
      const isWelcome = headers.referer === 'https://fundf10.eastmoney.com/';
      response.end(recorded('eastmoney', isWelcome ? 'lsjz-110022' : 'lsjz-without-referer'));
    });
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal));
    expect(navRows(history)).toEqual([
      ['2026-01-29', 3.42, 3.42],
      ['2026-01-30', 3.348, 3.348],
    ]);
    expect(Object.fromEntries(desk.server.seen.at(-1)?.query ?? [])).toMatchObject({
      fundCode: '513100',
      pageIndex: '1',
      pageSize: '20',
    });
  });

  it('are read one after the other, with pauses between them', async () => {
    const dates = ascending(55);
    const answer = paged(dates);
    await using desk = await openVendorDesk(
      configure,
      answering((path, query) => (path === '/lsjz' ? answer(query) : undefined)),
    );
    const startedAt = desk.clock.now();
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal));
    expect(Array.from(history.day, formatDay)).toEqual(dates);
    const pages = desk.server.seen.filter(({ path }) => path === '/lsjz').map(({ query }) => query.get('pageIndex'));
    expect(pages).toEqual(['1', '2', '3']);
    expect(desk.clock.now() - startedAt).toBe(2000);
  });

  it('are what is asked for the last days, and the file when they cannot be had', async () => {
    const dates = ascending(55);
    const answer = paged(dates);
    let arePagesUp = true;
    await using desk = await openVendorDesk(configure, ({ path, query }, response) => {
      if (path !== '/lsjz') return void response.end(trend(dates.map((date) => ({ date, nav: 1.5 }))));
      response.writeHead(arePagesUp ? 200 : 500).end(answer(query));
    });
    const load = (from?: Day) => desk.load((source, signal) => source.loadNavs('513100.SH', signal, from));
    await load();
    expect(Array.from((await load(day('2026-10-20'))).day, formatDay)).toEqual(dates.slice(-6));
    expect(desk.server.seen.map(({ path }) => path)).toEqual(['/trend/513100.js', '/lsjz']);
    arePagesUp = false;
    expect((await load(day('2026-10-20'))).day).toHaveLength(55);
  });

  it('are of a fund whose market is told by the file alone, which is asked for until it has been read', async () => {
    const dates = ascending(55);
    const answer = paged(dates);
    let isFileUp = false;
    await using desk = await openVendorDesk(configure, ({ path, query }, response) => {
      if (path === '/lsjz') return void response.end(answer(query));
      const points = dates.map((date) => ({ date, nav: 1.5 }));
      response.writeHead(isFileUp ? 200 : 404).end(trend(points, { name: '国泰纳斯达克100ETF(QDII)' }));
    });
    const load = async (from?: Day) => {
      const { navMarket } = await desk.load((source, signal) => source.loadNavs('513100.SH', signal, from));
      return navMarket;
    };
    expect(await load()).toBeUndefined();
    expect(await load(day('2026-10-20'))).toBeUndefined();
    isFileUp = true;
    expect(await load(day('2026-10-20'))).toBe('US');
    const asked = desk.server.seen.length;
    isFileUp = false;
    expect(await load(day('2026-10-20'))).toBe('US');
    expect(desk.server.seen.slice(asked).map(({ path }) => path)).toEqual(['/lsjz']);
  });

  it('may overlap, where a NAV was published while they were read', async () => {
    const dates = ascending(30);
    await using desk = await openVendorDesk(
      configure,
      answering((path, query) => {
        if (path !== '/lsjz') return undefined;
        const isFirst = query.get('pageIndex') === '1';
        const rows = (isFirst ? dates.slice(10) : dates.slice(0, 11))
          .toReversed()
          .map((date) => [date, '1.5'] as const);
        return page({ rows, total: 31 });
      }),
    );
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal));
    expect(Array.from(history.day, formatDay)).toEqual(dates);
  });

  it('with more than was asked for are no list, so that pages of any size fill no memory', async () => {
    const rows = Array.from({ length: 21 }, () => ['2026-01-05', '1.5'] as const);
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/lsjz' ? page({ rows, total: 500 }) : undefined)),
    );
    const error = await desk.fail((source, signal) => source.loadNavs('513100.SH', signal));
    expect([error.code, error.message]).toEqual([
      'DATA_INVALID',
      'eastmoney: received a page of 21 NAVs, wanted at most 20',
    ]);
  });

  it('that are the same again and again are no list', async () => {
    const rows = ascending(20)
      .toReversed()
      .map((date) => [date, '1.5'] as const);
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/lsjz' ? page({ rows, total: 500 }) : '<html>')),
    );
    const error = await desk.fail((source, signal) => source.loadNavs('513100.SH', signal));
    expect(error).toMatchObject({ code: 'DATA_INVALID' });
    expect(desk.server.seen.filter(({ path }) => path === '/lsjz')).toHaveLength(2);
  });

  it('of which one is empty before all have come are held back', async () => {
    const dates = ascending(55);
    const answer = paged(dates);
    for (const emptyPage of ['1', '3']) {
      await using desk = await openVendorDesk(
        configure,
        answering((path, query) => {
          if (path !== '/lsjz') return undefined;
          return query.get('pageIndex') === emptyPage ? page({ rows: [], total: 55 }) : answer(query);
        }),
      );
      const error = await desk.fail((source, signal) => source.loadNavs('513100.SH', signal));
      expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', message: expect.stringMatching(/of 55 NAVs/) });
    }
  });

  it('that are refused look like an empty list, and are an outage', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/lsjz' ? recorded('eastmoney', 'lsjz-without-referer') : undefined)),
    );
    expect(await desk.fail((source, signal) => source.loadNavs('513100.SH', signal))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'eastmoney: received the error -999, which is no answer',
    });
  });

  it('that are honestly empty mean that there is no such fund', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/lsjz' ? page({ rows: [] }) : undefined)),
    );
    expect(await desk.fail((source, signal) => source.loadNavs('513100.SH', signal))).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('leave out a day whose NAV is not there yet, and bring events', async () => {
    const rows = [
      ['2026-11-20', ''],
      ['2026-11-19', '1.4', '每份派现金0.1000元'],
      ['2026-11-18', '1.5'],
    ] as const;
    await using desk = await openVendorDesk(
      configure,
      answering(() => page({ rows })),
    );
    const history = await desk.load((source, signal) => source.loadNavs('513100.SH', signal, day('2026-11-10')));
    expect(navRows(history).map(([date]) => date)).toEqual(['2026-11-18', '2026-11-19']);
    expect(history.events).toEqual([{ day: day('2026-11-19'), kind: 'DIVIDEND', ratio: 1, cash: 0.1 }]);
  });
});

describe('NAVs of Eastmoney', () => {
  it.each(['600519.SH', '519001.SH', 'AAPL', 'BTC-USDT'])('are not asked for of %s, which has none', async (code) => {
    await using desk = await openVendorDesk(
      configure,
      answering(() => '{}'),
    );
    expect(await desk.fail((source, signal) => source.loadNavs(code, signal))).toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen).toEqual([]);
  });
});

describe('bars of a fund of Eastmoney', () => {
  const bars = (code: string): string =>
    JSON.stringify({
      rc: 0,
      data: { code, market: 1, decimal: 3, dktotal: 2, klines: ['2026-11-19,1,1,1,1,10,1000'] },
    });
  const split = trend([{ date: '2022-01-13', nav: 1.009, unitMoney: '拆分：每份基金份额折算5份' }]);

  it('come with the events that its NAVs know', async () => {
    await using desk = await openVendorDesk(
      configure,
      answering((path) => (path === '/kline' ? bars('513100') : split)),
    );
    const history = await desk.load((source, signal) => source.loadBars('513100.SH', signal));
    expect(rowsOf(history.columns)).toEqual([['2026-11-19', 1, 1, 1, 1, 1000, 1000]]);
    expect(history).toMatchObject({ areEventsKnown: true, events: [{ kind: 'SPLIT', ratio: 5 }] });
    expect(desk.server.seen).toHaveLength(2);
  });

  it('come without them when they cannot be had, and with the last known ones later', async () => {
    let isUp = false;
    const answer: Answering = ({ path }, response) => {
      if (path === '/kline') response.end(bars('513100'));
      else response.writeHead(isUp ? 200 : 503).end(split);
    };
    await using desk = await openVendorDesk(configure, answer);
    const load = () => desk.load((source, signal) => source.loadBars('513100.SH', signal));
    expect(await load()).toMatchObject({ areEventsKnown: false, events: [] });
    isUp = true;
    expect(await load()).toMatchObject({ areEventsKnown: true, events: [{ ratio: 5 }] });
    isUp = false;
    expect(await load()).toMatchObject({ areEventsKnown: true, events: [{ ratio: 5 }] });
  });

  it('do not wait for them longer than five seconds', async () => {
    await using desk = await openVendorDesk(configure, ({ path }, response) => {
      if (path === '/kline') response.end(bars('513100'));
    });
    const { signal } = new AbortController();
    const loading = desk.source.loadBars('513100.SH', signal);
    while (desk.server.seen.length < 2) await new Promise((resolve) => setImmediate(resolve));
    desk.clock.advance(5000);
    expect(await loading).toMatchObject({ areEventsKnown: false, events: [] });
  });

  it('that cannot be had end the request for them', async () => {
    await using desk = await openVendorDesk(configure, ({ path }, response) => {
      if (path === '/kline') response.end('<html></html>');
    });
    expect(await desk.fail((source, signal) => source.loadBars('513100.SH', signal))).toMatchObject({
      code: 'DATA_INVALID',
    });
    while (desk.source.hosts().some(({ underWay }) => underWay > 0))
      await new Promise((resolve) => setImmediate(resolve));
    expect(desk.clock.pending).toBe(0);
  });

  it('are asked for alone where only the address of bars was changed', async () => {
    const only = (url: string): VendorConfig => ({ vendor: 'eastmoney', urls: { kline: `${url}/kline` } });
    await using desk = await openVendorDesk(
      only,
      answering(() => bars('513100')),
    );
    expect(await desk.load((source, signal) => source.loadBars('513100.SH', signal))).toMatchObject({
      areEventsKnown: false,
    });
    expect(desk.source.hosts()).toHaveLength(1);
  });
});

describe('an event of a fund', () => {
  it.each([
    ['分红：每份派现金0.12元', { kind: 'DIVIDEND', ratio: 1, cash: 0.12 }],
    ['每10份派现金1.5元', { kind: 'DIVIDEND', ratio: 1, cash: 0.15 }],
    ['拆分：每份基金份额折算1.0123份', { kind: 'SPLIT', ratio: 1.0123, cash: 0 }],
    ['拆分：每份基金份额分拆5.00份', { kind: 'SPLIT', ratio: 5, cash: 0 }],
    ['每份合并为0.5份', { kind: 'SPLIT', ratio: 0.5, cash: 0 }],
  ])('is read of %s', (text, event) => {
    expect(parseFundEvent(text, 7)).toEqual([{ day: 7, ...event }]);
  });

  it('is none of an empty text, of a ratio of one, and not known of anything else', () => {
    expect(parseFundEvent('', 7)).toEqual([]);
    expect(parseFundEvent('拆分：每份基金份额折算1份', 7)).toEqual([]);
    expect(parseFundEvent('基金转型', 7)).toBeUndefined();
    expect(parseFundEvent('每0份派现金1元', 7)).toBeUndefined();
    expect(parseFundEvent('每0份分拆5份', 7)).toBeUndefined();
  });
});

describe('the market of a fund', () => {
  it.each([
    ['国泰纳斯达克100ETF', 'US'],
    ['博时标普500ETF', 'US'],
    ['华宝标普中国A股红利机会ETF', 'CN'],
    ['华泰柏瑞沪深300ETF', 'CN'],
    ['易方达中证海外中国互联网50(QDII-ETF)', 'MIXED'],
    ['华夏恒生互联网科技业ETF(QDII)', 'HK'],
    ['工银中证港股通高股息精选ETF', 'HK'],
    ['华安德国(DAX)联接(QDII)', 'EU'],
    ['华夏野村日经225ETF', 'JP'],
    ['某某QDII', 'MIXED'],
    ['华安黄金ETF', undefined],
  ])('of the name %s is %s', (name, market) => {
    expect(navMarketOf(name)).toBe(market);
  });
});
