import { expect, it, vi } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { describeOnRedis } from '../support/redis.ts';

const ORDERS = `subscription { orderEvents(accountCookie: "paper", startAt: BEGINNING) {
  __typename ... on OrderEvent { seq order { clientOrderId } } } }`;

const place = async (desk: TestDeskgraph, clientOrderId: string) => {
  const { data } = await desk.ask(`mutation { placeOrder(input: { gateway: "paper", accountCookie: "paper",
    symbol: "BTC-USDT", side: BUY, volume: "0.01", price: "40000", clientOrderId: "${clientOrderId}" }) {
    __typename ... on OrderRejected { code message } } }`);
  return data.placeOrder;
};

const busOf = async ({ url }: TestDeskgraph): Promise<string> => {
  const response = await fetch(`${url}/health/ready`);
  expect(response.status).toBe(200);
  return (await response.json()).dependencies.bus;
};

describeOnRedis('a process that carries the gateway and one that serves', (redis) => {
  it('part when Redis dies with its data, and lose no order event over it', { timeout: 60_000 }, async () => {
    const { server } = redis();
    const options = (role: string) => ({ environment: { ROLE: role, REDIS_URL: server.url }, isClockRunning: true });
    const [ingest, api] = await Promise.all([startDeskgraph(options('ingest')), startDeskgraph(options('api'))]);
    try {
      const placed = (desk: TestDeskgraph, id: string) =>
        vi.waitFor(async () => expect(await place(desk, id)).toEqual({ __typename: 'Order' }), { timeout: 10_000 });
      await placed(ingest, 'before');
      const seen: string[] = [];
      const following = (async () => {
        for await (const { data } of api.events(ORDERS)) {
          seen.push(`${data.orderEvents.seq} ${data.orderEvents.order?.clientOrderId}`);
          if (seen.length === 3) return;
        }
      })();
      following.catch(() => undefined); // awaited below, if the test comes there
      await vi.waitFor(() => expect(seen).toEqual(['1 before']), { timeout: 10_000 });

      await server.kill();
      await vi.waitFor(async () =>
        expect([await busOf(ingest), await busOf(api)]).toEqual(['unavailable', 'unavailable']),
      );
      await placed(ingest, 'meanwhile');
      expect(await place(api, 'apart')).toMatchObject({ __typename: 'OrderRejected', code: 'GATEWAY_DOWN' });
      const ticks = '{ ticks(gateway: "paper", symbols: ["BTC-USDT"]) { stale } }';
      expect((await api.ask(ticks)).data.ticks).toEqual([{ stale: true }]);
      expect((await ingest.ask(ticks)).data.ticks).toEqual([{ stale: false }]);

      await server.start();
      await placed(api, 'after');
      await following;
      expect(seen).toEqual(['1 before', '2 meanwhile', '3 after']);
      await vi.waitFor(async () => expect((await api.ask(ticks)).data.ticks).toEqual([{ stale: false }]));
    } finally {
      await api.close();
      await ingest.close();
    }
  });
});
