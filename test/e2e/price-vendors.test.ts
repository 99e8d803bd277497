import { expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraphOptions } from '../support/deskgraph.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { closeOf, type MarketVendor, marketVendor } from '../support/market-vendors.ts';
import { at, day } from '../support/session-instants.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const THURSDAY_EVENING = at('2025-03-20 20:00 +08:00');
const FRIDAY_FINAL = at('2025-03-21 16:30 +08:00');

/** A desk with Eastmoney as its first source and Tencent as its second, both served from here. */
async function openDesk(options: TestDeskgraphOptions = {}) {
  const vendor: MarketVendor = { now: THURSDAY_EVENING, fault: undefined, gate: undefined };
  const second: MarketVendor = { ...vendor };
  const eastmoney = await startHttpServer(marketVendor(vendor));
  const tencent = await startHttpServer(marketVendor(second));
  const sources = [
    { vendor: 'eastmoney', urls: urlsOf(eastmoney) },
    { vendor: 'tencent', urls: { kline: `${tencent.url}/fqkline` } },
  ];
  const server = await startDeskgraph({
    files: { 'desk.yaml': JSON.stringify({ sources }) },
    environment: { DESKGRAPH_CONFIG: 'desk.yaml', DEFAULT_START_DATE: '2024-01-02' },
    now: () => vendor.now,
    ...options,
  });
  return {
    ...{ server, vendor, second, eastmoney, tencent },
    pass: (now: number) => {
      vendor.now = now;
      second.now = now;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await eastmoney[Symbol.asyncDispose]();
      await tencent[Symbol.asyncDispose]();
    },
  };
}

function urlsOf({ url }: HttpServer) {
  return { kline: `${url}/kline`, navTrend: `${url}/trend/{code}.js`, navPages: `${url}/lsjz` };
}

const LATEST = `query Latest($code: String = "600000.SH") {
  bars(code: $code, start: "2025-03-17") { asOf cached stale staleReason source columns { date close volume } }
}`;

const throttled: MarketVendor['fault'] = ({ query }, response) => {
  const [market, code] = (query.get('secid') ?? '').split('.');
  const data = { code, market: Number(market), name: 'x', decimal: 2, dktotal: 0, klines: [] };
  response.writeHead(200).end(JSON.stringify({ rc: 0, data }));
};

it('asks a vendor once for 1,000 requests at the same time', async () => {
  await using desk = await openDesk();
  const answers = await Promise.all(Array.from({ length: 1000 }, () => desk.server.ask(LATEST)));
  expect(new Set(answers.map(({ data }) => JSON.stringify(data.bars.columns))).size).toBe(1);
  expect(answers[0]?.data.bars.columns.close.at(-1)).toBe(closeOf(day('2025-03-20')));
  expect(desk.eastmoney.seen).toHaveLength(1);
  const { data } = await desk.server.ask('{ barCache { misses coalesced hits upstreamCalls } }');
  expect(data.barCache).toMatchObject({ misses: 1, upstreamCalls: 1 });
  expect(data.barCache.coalesced + data.barCache.hits).toBe(999);
});

it('never answers the bar of a session that is not final, and has it as soon as it is', async () => {
  await using desk = await openDesk();
  desk.pass(at('2025-03-21 11:00 +08:00'));
  const before = await desk.server.ask(LATEST);
  expect(before.data.bars).toMatchObject({ asOf: '2025-03-20', cached: false, stale: false, source: 'eastmoney' });
  expect(before.data.bars.columns.date).toEqual(['2025-03-17', '2025-03-18', '2025-03-19', '2025-03-20']);
  desk.pass(FRIDAY_FINAL);
  const after = await desk.server.ask(LATEST);
  expect(after.data.bars).toMatchObject({ asOf: '2025-03-21', cached: false, stale: false });
  expect(after.data.bars.columns.close.at(-1)).toBe(closeOf(day('2025-03-21')));
  expect(after.data.bars.columns.volume.at(-1)).toBe(100_000);
  expect(desk.eastmoney.seen.map(({ query }) => query.get('beg'))).toEqual(['20240102', '20250307']);
});

it('loads 50 codes with 50 requests in any spelling, none of them twice, and none when they are warm', async () => {
  await using desk = await openDesk();
  const numbers = Array.from({ length: 50 }, (_, index) => `6000${String(index).padStart(2, '0')}`);
  const codes = numbers.flatMap((number) => [`${number}.SH`, `sh${number}`]);
  const query =
    'query($codes: [String!]!) { barsBatch(codes: $codes, end: "2025-03-20") { code error { code } series { count } } }';
  const { data } = await desk.server.ask(query, { codes });
  expect(data.barsBatch).toHaveLength(100);
  for (const { error, series } of data.barsBatch) expect([error, series.count > 50]).toEqual([null, true]);
  expect(desk.eastmoney.seen).toHaveLength(50);
  await desk.server.ask(query, { codes });
  expect(desk.eastmoney.seen).toHaveLength(50);
});

it('asks the next vendor when the first holds back, and says which one answered', async () => {
  await using desk = await openDesk();
  desk.vendor.fault = throttled;
  const { data, errors } = await desk.server.ask(LATEST);
  expect(errors).toEqual([]);
  expect(data.bars).toMatchObject({ source: 'tencent', stale: false, asOf: '2025-03-20' });
  const told = await desk.server.ask('{ serverInfo { sources { name isAvailable lastError } } }');
  expect(told.data.serverInfo.sources).toMatchObject([
    { name: 'eastmoney', isAvailable: false, lastError: expect.stringContaining('eastmoney') },
    { name: 'tencent', isAvailable: true, lastError: null },
  ]);
});

it('serves the last good series as stale while no vendor can be asked, and the new one afterwards', async () => {
  await using desk = await openDesk();
  const { data: before } = await desk.server.ask(LATEST);
  desk.vendor.fault = throttled;
  desk.second.fault = throttled;
  desk.pass(FRIDAY_FINAL);
  const during = await desk.server.ask(LATEST);
  expect(during.errors).toEqual([]);
  const staleReason = expect.stringContaining('eastmoney');
  expect(during.data.bars).toEqual({ ...before.bars, cached: true, stale: true, staleReason });
  desk.vendor.fault = undefined;
  desk.pass(FRIDAY_FINAL + 60_000);
  const { data: after } = await desk.server.ask(LATEST);
  expect(after.bars).toMatchObject({ asOf: '2025-03-21', stale: false, source: 'eastmoney' });
});

it('answers a code that no vendor has with a coded error that names who said so', async () => {
  await using desk = await openDesk();
  const none: MarketVendor['fault'] = (_, response) => void response.writeHead(200).end('{"rc":0,"data":null}');
  desk.vendor.fault = none;
  desk.second.fault = (_, response) =>
    void response.writeHead(200).end('{"code":0,"msg":"","data":{"sh600999":{"day":[]}}}');
  const { data, errors } = await desk.server.ask(LATEST, { code: '600999.SH' });
  expect(data).toEqual({ bars: null });
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toContain('eastmoney');
});

it('computes the premium of a fund from bars and NAVs of a vendor, each loaded once', async () => {
  await using desk = await openDesk();
  const query =
    '{ etfPremium(code: "510300", start: "2025-03-17") { alignment navSource stale series { date premium } stats { count std } unmatchedDates } }';
  const [first] = await Promise.all([desk.server.ask(query), desk.server.ask(query)]);
  expect(first?.errors).toEqual([]);
  expect(first?.data.etfPremium).toMatchObject({ alignment: 'SAME_DATE', navSource: 'eastmoney', stale: false });
  expect(first?.data.etfPremium.series.map(({ premium }: { premium: number }) => premium)).toEqual(Array(4).fill(0.01));
  expect(first?.data.etfPremium.stats.count).toBe(4);
  const navs = desk.eastmoney.seen.filter(({ path }) => path.startsWith('/trend'));
  await desk.server.ask(query);
  expect(desk.eastmoney.seen.filter(({ path }) => path.startsWith('/trend'))).toHaveLength(navs.length);
});

it('asks nobody again after a restart, and only for what is new when a session was final meanwhile', async () => {
  using folder = temporaryFolder();
  await using first = await openDesk({ folder: folder.path });
  const { data: before } = await first.server.ask(LATEST);
  await first.server.close();
  await using second = await openDesk({ folder: folder.path });
  const again = await second.server.ask(LATEST);
  expect(again.data).toEqual({ bars: { ...before.bars, cached: true } });
  expect(second.eastmoney.seen).toEqual([]);
  const { data } = await second.server.ask('{ barCache { hits misses restored upstreamCalls } }');
  expect(data.barCache).toEqual({ hits: 1, misses: 0, restored: 1, upstreamCalls: 0 });
  await second.server.close();
  await using third = await openDesk({ folder: folder.path });
  third.pass(FRIDAY_FINAL);
  expect((await third.server.ask(LATEST)).data.bars).toMatchObject({ asOf: '2025-03-21', cached: false });
  expect(third.eastmoney.seen.map(({ query }) => query.get('beg'))).toEqual(['20250307']);
});

it('serves what was kept on disk as stale when no vendor can be asked after a restart', async () => {
  using folder = temporaryFolder();
  await using first = await openDesk({ folder: folder.path });
  await first.server.ask(LATEST);
  await first.server.close();
  await using second = await openDesk({ folder: folder.path });
  second.vendor.fault = throttled;
  second.second.fault = throttled;
  second.pass(FRIDAY_FINAL);
  expect((await second.server.ask(LATEST)).data.bars).toMatchObject({ asOf: '2025-03-20', cached: true, stale: true });
});

it('asks for everything once the operator has cleared the cache, on disk too', async () => {
  using folder = temporaryFolder();
  await using first = await openDesk({ folder: folder.path });
  await first.server.ask(LATEST);
  const cleared = await first.server.ask('mutation { clearBarCache { cleared after { entries } } }');
  expect(cleared.data.clearBarCache).toEqual({ cleared: 1, after: { entries: 0 } });
  await first.server.close();
  await using second = await openDesk({ folder: folder.path });
  expect((await second.server.ask(LATEST)).data.bars).toMatchObject({ cached: false });
  expect(second.eastmoney.seen).toHaveLength(1);
});

it('refuses adjusted prices where no vendor tells the splits and dividends', async () => {
  await using desk = await openDesk();
  const { data, errors } = await desk.server.ask(
    '{ bars(code: "600000.SH", end: "2025-03-20", adjustment: FORWARD) { count } }',
  );
  expect(data).toEqual({ bars: null });
  expect(errors).toMatchObject([{ extensions: { code: 'DATA_INVALID' } }]);
});
