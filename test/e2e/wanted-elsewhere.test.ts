import { expect, it, vi } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { describeOnRedis } from '../support/redis.ts';

const GATEWAYS = [{ name: 'paper', venue: 'paper', accountCookie: 'paper' }];
const TICKS = 'subscription { ticks(gateway: "paper", symbols: ["ETH-USDT"]) { symbol stale } }';
const BARS = 'subscription { liveBars(gateway: "paper", symbols: ["NOPE-USDT"], interval: M1) { symbol } }';

const start = (role: string, redisUrl: string): Promise<TestDeskgraph> =>
  startDeskgraph({
    environment: { ROLE: role, REDIS_URL: redisUrl, DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': JSON.stringify(role === 'ingest' ? { gateways: GATEWAYS } : {}) },
    isClockRunning: true,
  });

describeOnRedis('market data that a process wants of a gateway elsewhere', (redis) => {
  it('is asked for there when somebody subscribes, and is refused there when the venue has none', async () => {
    const { url } = redis().server;
    const [ingest, api] = await Promise.all([start('ingest', url), start('api', url)]);
    const topics = async (): Promise<string[]> => {
      const { data } = await ingest.ask('{ gateways { connections { subscriptions } } }');
      return data.gateways[0].connections.flatMap(({ subscriptions }: { subscriptions: string[] }) => subscriptions);
    };
    try {
      await vi.waitFor(async () => {
        const { data } = await api.ask('{ gateways { name state } }');
        expect(data.gateways).toEqual([{ name: 'paper', state: 'CONNECTED' }]);
      });
      expect(await topics()).not.toContainEqual(expect.stringContaining('ETH-USDT'));
      for await (const { data } of api.events(TICKS)) {
        expect(data.ticks).toEqual({ symbol: 'ETH-USDT', stale: false });
        break;
      }
      expect(await topics()).toContainEqual(expect.stringContaining('ETH-USDT'));
      for await (const { errors } of api.events(BARS)) {
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        break;
      }
      const unknown = await api.ask('mutation { setGatewayEnabled(name: "none", isEnabled: true) { __typename } }');
      expect(unknown.data.setGatewayEnabled).toEqual({ __typename: 'NotFound' });
    } finally {
      await api.close();
      await ingest.close();
    }
  });
});
