import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDay } from '../../src/domain/day.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { CorporateEvent } from '../../src/domain/series.ts';
import { createFolderSource } from '../../src/sources/folder/folder-source.ts';
import type { PriceSource } from '../../src/sources/price-source.ts';
import type { QuantaxisReader } from '../../src/sources/quantaxis/quantaxis-source.ts';
import { createSourceList } from '../../src/sources/source-list.ts';
import type { VendorBarHistory } from '../../src/sources/vendor-source.ts';
import { createVendorSource, type VendorConfig } from '../../src/sources/vendors.ts';
import { watchSource } from '../../src/sources/watched-source.ts';
import { day } from '../support/bars.ts';
import type { Answering } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { NOW, openVendorDesk, type VendorDesk } from '../support/vendor-desk.ts';

const { signal } = new AbortController();

const eastmoney = (url: string): VendorConfig => ({
  vendor: 'eastmoney',
  urls: { kline: `${url}/kline`, navTrend: `${url}/trend/{code}.js`, navPages: `${url}/pages` },
});
const yahoo = (url: string): VendorConfig => ({ vendor: 'yahoo', urls: { chart: `${url}/{symbol}` } });

const KLINE = JSON.stringify({
  rc: 0,
  data: { code: '600519', market: 1, decimal: 2, dktotal: 2, klines: ['2026-11-19,10,10,10,10,7,7000'] },
});

const at = (text: string): number => Date.parse(text) / 1000;

/** A dividend of 2.4 yuan, and a split 3:2 after it, of which Yahoo tells 1.6 yuan a share of today. */
const CHART = JSON.stringify({
  chart: {
    error: null,
    result: [
      {
        meta: { currency: 'CNY', symbol: '600519.SS', exchangeTimezoneName: 'Asia/Shanghai', dataGranularity: '1d' },
        timestamp: [at('2026-11-19T09:30:00+08:00')],
        indicators: { quote: [{ open: [9], high: [9], low: [9], close: [9], volume: [1] }] },
        events: {
          dividends: { a: { date: at('2025-06-20T09:30:00+08:00'), amount: 1.6 } },
          splits: { b: { date: at('2026-06-19T09:30:00+08:00'), numerator: 3, denominator: 2 } },
        },
      },
    ],
  },
});

const TOLD: readonly (readonly [string, CorporateEvent['kind'], number, number])[] = [
  ['2025-06-20', 'DIVIDEND', 1, 2.4],
  ['2026-06-19', 'SPLIT', 1.5, 0],
];

const plain = (events: readonly CorporateEvent[]) =>
  events.map(({ day: each, kind, ratio, cash }) => [formatDay(each), kind, ratio, Number(cash.toFixed(9))]);

const saying =
  (body: string): Answering =>
  (_request, response) =>
    void response.end(body);

async function openPair(
  first: Answering,
  second: Answering,
): Promise<readonly [VendorDesk, VendorDesk, AsyncDisposable]> {
  const [bars, events] = [await openVendorDesk(eastmoney, first), await openVendorDesk(yahoo, second)];
  const both = {
    [Symbol.asyncDispose]: async () => {
      await events[Symbol.asyncDispose]();
      await bars[Symbol.asyncDispose]();
    },
  };
  return [bars, events, both];
}

const loadBars = async (list: PriceSource, code = '600519.SH', from?: number) =>
  (await list.loadBars(code, signal, from)) as VendorBarHistory;

describe('bars of a source that tells no events', () => {
  it('have those of the next source that does, and say that they are known', async () => {
    const [first, second, both] = await openPair(saying(KLINE), saying(CHART));
    await using _both = both;
    const alone = await first.source.loadBars('600519.SH', signal);
    expect(alone).toMatchObject({ areEventsKnown: false, events: [] });
    const history = await loadBars(createSourceList([first.source, second.source]));
    expect(plain(history.events)).toEqual(TOLD);
    expect(history).toMatchObject({ source: 'eastmoney', areEventsKnown: true });
    expect([...history.columns.close]).toEqual([10]);
    expect(history.revision).not.toBe(alone.revision);
    expect(second.server.seen).toHaveLength(1);
  });

  it('have those alone, where their own source told some of them', async () => {
    const note = { cqr: '2025-06-20', FHcontent: '10派24元' };
    const rows = [['2025-06-20', '10', '10', '10', '10', '7', note, '0.1', '0.7']];
    const kline = JSON.stringify({ code: 0, data: { sh600519: { day: rows, qt: { sh600519: ['1'] } } } });
    const tencent = (url: string): VendorConfig => ({ vendor: 'tencent', urls: { kline: url } });
    await using first = await openVendorDesk(tencent, saying(kline));
    await using second = await openVendorDesk(yahoo, saying(CHART));
    const alone = await first.load((source) => source.loadBars('600519.SH', signal));
    expect([alone.areEventsKnown, plain(alone.events)]).toEqual([false, [['2025-06-20', 'DIVIDEND', 1, 2.4]]]);
    const list = createSourceList([first.source, second.source]);
    const history = (await first.load(() => loadBars(list))) as VendorBarHistory;
    expect([history.areEventsKnown, plain(history.events)]).toEqual([true, TOLD]);
  });

  it('have another revision once an event was announced, and the same one before', async () => {
    let chart = CHART;
    const [first, second, both] = await openPair(saying(KLINE), (_request, response) => void response.end(chart));
    await using _both = both;
    const list = createSourceList([first.source, second.source]);
    const revisions = [await loadBars(list), await loadBars(list)].map(({ revision }) => revision);
    chart = CHART.replace('1.6', '1.7');
    revisions.push((await loadBars(list)).revision);
    expect(revisions[1]).toBe(revisions[0]);
    expect(revisions[2]).not.toBe(revisions[0]);
  });

  it.each<readonly [string, (response: ServerResponse) => void]>([
    ['refuses', (response) => void response.writeHead(403).end()],
    ['sends nonsense', (response) => void response.end('<html></html>')],
    ['has no such code', (response) => void response.writeHead(404).end('{"chart":{"error":{"code":"Not Found"}}}')],
  ])('are answered all the same when the other source %s', async (_what, fault) => {
    const [first, second, both] = await openPair(saying(KLINE), (_request, response) => fault(response));
    await using _both = both;
    const history = await loadBars(createSourceList([first.source, second.source]));
    expect(history).toMatchObject({ source: 'eastmoney', areEventsKnown: false, events: [] });
    expect(second.server.seen).toHaveLength(1);
  });

  it('do not wait for a source that does not answer, and its request is ended', async () => {
    const [first, second, both] = await openPair(saying(KLINE), () => undefined);
    await using _both = both;
    const watched = watchSource(second.source);
    const list = createSourceList([first.source, watched], { eventsTimeoutMs: 50 });
    expect(await loadBars(list)).toMatchObject({ source: 'eastmoney', areEventsKnown: false });
    while (second.server.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(watched.status().lastError).toMatch(/within 50 ms/);
  });

  it('are not answered to who has given up meanwhile', async () => {
    const stop = new AbortController();
    const reason = new Error('gone');
    const [first, second, both] = await openPair(saying(KLINE), () => stop.abort(reason));
    await using _both = both;
    const list = createSourceList([first.source, second.source]);
    await expect(list.loadBars('600519.SH', stop.signal)).rejects.toBe(reason);
  });

  it('from a day on have them as well, since what they are put behind may lack the latest', async () => {
    const [first, second, both] = await openPair(saying(KLINE), saying(CHART));
    await using _both = both;
    const list = createSourceList([first.source, second.source]);
    expect(await loadBars(list, '600519.SH', day('2026-11-01'))).toMatchObject({ areEventsKnown: true });
    expect(second.server.seen).toHaveLength(1);
  });

  it('have those that a preferred source knows which has no bars of its own', async () => {
    const [first, second, both] = await openPair(saying(KLINE), saying(CHART));
    await using _both = both;
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, '600519.SH.events.csv'), 'date,kind,ratio,cash\n2026-06-19,DIVIDEND,,27.6\n');
    const own = createFolderSource({ path: folder.path });
    const history = await loadBars(createSourceList([own, first.source, second.source]));
    expect(history).toMatchObject({ source: 'eastmoney', areEventsKnown: true });
    expect(plain(history.events)).toEqual([['2026-06-19', 'DIVIDEND', 1, 27.6]]);
    expect(second.server.seen).toEqual([]);
  });

  it('are not filled from a source that could not be asked for them a moment ago', async () => {
    const [first, second, both] = await openPair(saying(KLINE), (_request, response) => {
      response.writeHead(403).end();
    });
    await using _both = both;
    const history = await loadBars(createSourceList([second.source, first.source]));
    expect(history).toMatchObject({ source: 'eastmoney', areEventsKnown: false });
    expect(second.server.seen).toHaveLength(1);
  });

  it('end with a fault that is none of the other source', async () => {
    const [first, _second, both] = await openPair(saying(KLINE), saying(CHART));
    await using _both = both;
    const broken = { ...first.source, name: 'broken', loadEvents: () => Promise.reject(new TypeError('a bug')) };
    await expect(loadBars(createSourceList([first.source, broken]))).rejects.toThrow('a bug');
  });
});

describe('events alone', () => {
  it('are those of the file in a folder, and not known without one', async () => {
    using folder = temporaryFolder();
    writeFileSync(
      join(folder.path, 'AAPL.events.csv'),
      'date,kind,ratio,cash\n2020-11-06,DIVIDEND,,0.205\n2020-08-31,SPLIT,4,\n',
    );
    const source = createFolderSource({ path: folder.path });
    expect(plain((await source.loadEvents?.('AAPL', signal)) ?? [])).toEqual([
      ['2020-08-31', 'SPLIT', 4, 0],
      ['2020-11-06', 'DIVIDEND', 1, 0.205],
    ]);
    for (const code of ['MSFT', '../AAPL']) {
      await expect(source.loadEvents?.(code, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it("are those of a fund's NAVs at Eastmoney, in one request, and not known of shares", async () => {
    const trend = `var fS_name = "x";var fS_code = "513100";var Data_netWorthTrend = [{"x":${Date.parse(
      '2022-01-13T00:00:00+08:00',
    )},"y":1.009,"unitMoney":"拆分：每份基金份额折算5份"}];`;
    await using desk = await openVendorDesk(eastmoney, saying(trend));
    const ask = (code: string) => desk.source.loadEvents?.(code, signal);
    expect(plain((await ask('513100.SH')) ?? [])).toEqual([['2022-01-13', 'SPLIT', 5, 0]]);
    await expect(ask('600519.SH')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.server.seen.map(({ path }) => path)).toEqual(['/trend/513100.js']);
  });

  it("are those of Yahoo's chart, in one request, dividends per share of their day", async () => {
    await using desk = await openVendorDesk(yahoo, saying(CHART));
    expect(plain((await desk.source.loadEvents?.('600519.SH', signal)) ?? [])).toEqual(TOLD);
    expect(desk.server.seen).toHaveLength(1);
  });

  it("are those of QUANTAXIS' stock_xdxr, not known where it has nothing, and none of an index", async () => {
    const asked: string[] = [];
    const reader: QuantaxisReader = {
      find: async ({ collection, value }) => {
        asked.push(`${collection} ${value}`);
        return value === '600519' ? [{ code: value, date: '2026-06-19', category: 1, fenhong: 276.7 }] : [];
      },
    };
    const parts = { clock: new ManualClock(NOW), random: () => 0.5, startDay: day('2015-01-01'), quantaxis: reader };
    const source = createVendorSource({ vendor: 'quantaxis' }, parts);
    expect(plain((await source.loadEvents?.('600519.SH', signal)) ?? [])).toEqual([
      ['2026-06-19', 'DIVIDEND', 1, 27.67],
    ]);
    for (const code of ['600000.SH', '000001.SH', 'AAPL']) {
      await expect(source.loadEvents?.(code, signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(asked).toEqual(['stock_xdxr 600519', 'stock_xdxr 600000']);
  });

  it.each(['tencent', 'sina', 'binance', 'okx'] as const)('are nothing that %s could be asked for', async (vendor) => {
    const source = createVendorSource({ vendor }, { clock: new ManualClock(NOW), random: () => 0.5, startDay: 0 });
    expect(source.loadEvents).toBeUndefined();
    await source.close();
  });

  it('count for how a watched source stands', async () => {
    await using desk = await openVendorDesk(yahoo, (_request, response) => void response.writeHead(403).end());
    const watched = watchSource(desk.source);
    await expect(watched.loadEvents?.('600519.SH', signal)).rejects.toBeInstanceOf(CodedError);
    expect(watched.status()).toMatchObject({ isAvailable: false, lastError: expect.stringMatching(/^yahoo: /) });
    expect(watched.assetTypes).toEqual(desk.source.assetTypes);
  });
});
