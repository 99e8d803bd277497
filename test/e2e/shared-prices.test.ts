import { expect, it } from 'vitest';
import { startDeskgraph } from '../support/deskgraph.ts';
import { startHttpServer } from '../support/http-server.ts';
import { type MarketVendor, marketVendor } from '../support/market-vendors.ts';
import { describeOnRedis } from '../support/redis.ts';
import { at } from '../support/session-instants.ts';

const BARS =
  'query($codes: [String!]!) { barsBatch(codes: $codes, end: "2025-03-20") { series { count } error { message } } }';
const CODES = Array.from({ length: 20 }, (_, index) => `6000${String(index).padStart(2, '0')}.SH`);

/** Several servers on one Redis, and the vendor that they ask. */
async function openServers(count: number, redisUrl: string) {
  const vendor: MarketVendor = { now: at('2025-03-20 20:00 +08:00'), fault: undefined, gate: undefined };
  const eastmoney = await startHttpServer(marketVendor(vendor));
  const sources = [{ vendor: 'eastmoney', urls: { kline: `${eastmoney.url}/kline` } }];
  const options = {
    files: { 'desk.yaml': JSON.stringify({ sources }) },
    environment: { DESKGRAPH_CONFIG: 'desk.yaml', DEFAULT_START_DATE: '2024-01-02', REDIS_URL: redisUrl },
    now: () => vendor.now,
    isClockRunning: true,
  };
  const servers = await Promise.all(Array.from({ length: count }, () => startDeskgraph(options)));
  return {
    ...{ servers, vendor, eastmoney },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()));
      await eastmoney[Symbol.asyncDispose]();
    },
  };
}

const healthOf = async (url: string) => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, redis: (await response.json()).dependencies.redis };
};

describeOnRedis('servers that share a Redis', (redis) => {
  it('load each series once between them, also at the same time', async () => {
    await using desk = await openServers(3, redis().server.url);
    const answers = await Promise.all(desk.servers.map((server) => server.ask(BARS, { codes: CODES })));
    for (const { data } of answers) {
      for (const { series, error } of data.barsBatch) expect([series?.count > 50, error]).toEqual([true, null]);
    }
    expect(desk.eastmoney.seen).toHaveLength(CODES.length);
    expect(await healthOf(desk.servers[0]?.url ?? '')).toEqual({ status: 200, redis: 'ok' });
  });

  it('answer, and say so in their health, when Redis is frozen', async () => {
    await using desk = await openServers(1, redis().server.url);
    const [server] = desk.servers;
    if (server === undefined) throw new Error('wanted a server');
    redis().server.freeze();
    try {
      const { data } = await server.ask(BARS, { codes: CODES });
      for (const { error } of data.barsBatch) expect(error).toBeNull();
      expect(await healthOf(server.url)).toEqual({ status: 200, redis: 'unavailable' });
    } finally {
      redis().server.thaw();
    }
  });
});
