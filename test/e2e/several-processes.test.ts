import { afterEach, expect, it, vi } from 'vitest';
import { answerOf, type GraphAnswer } from '../support/deskgraph.ts';
import { readEvents } from '../support/event-source.ts';
import { type Program, runProgram } from '../support/process.ts';
import { describeOnRedis } from '../support/redis.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEADERS = { 'content-type': 'application/json' };
const TICKS = 'subscription { ticks(gateway: "paper", symbols: ["BTC-USDT"]) { symbol last stale seq epoch } }';
const PRINTS = 'subscription { marketTrades(gateway: "paper", symbols: ["BTC-USDT"]) { price seq epoch } }';
const ORDERS = `subscription ($after: Cursor, $startAt: StreamStart! = SNAPSHOT) {
  orderEvents(accountCookie: "paper", after: $after, startAt: $startAt) {
    __typename
    ... on OrderEvent { seq kind cursor order { clientOrderId status } }
    ... on OrderSnapshot { cursor orders { clientOrderId } }
    ... on StreamGap { reason }
  } }`;

interface Process {
  readonly program: Program;
  readonly url: string;
  ask(query: string, variables?: object): Promise<GraphAnswer>;
  /** As long as the loop over them runs. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results whose shape the document decides
  follow(query: string, variables?: object): AsyncGenerator<any, void, undefined>;
}

const started: { readonly child: { kill(signal: 'SIGKILL'): boolean }; readonly finished: Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ finished }) => finished));
});

async function start(role: string, redisUrl: string, folder: string): Promise<Process> {
  const environment = { PORT: '0', ROLE: role, REDIS_URL: redisUrl, DESKGRAPH_DATA: folder, LOG_LEVEL: 'warn' };
  const program = runProgram([], { cwd: folder, environment });
  started.push(program);
  const [, url = ''] = await program.waitFor(/listening on (\S+)/);
  const post = (query: string, variables: object | undefined, headers: object, signal?: AbortSignal) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...HEADERS, ...headers },
      body: JSON.stringify({ query, variables }),
      signal: signal ?? null,
    });
  return {
    ...{ program, url },
    ask: async (query, variables) => answerOf(await post(query, variables, {})),
    follow: async function* (query, variables) {
      const leaving = new AbortController();
      try {
        const response = await post(query, variables, { accept: 'text/event-stream' }, leaving.signal);
        for await (const { event, data } of readEvents(response)) {
          const { data: result, errors } = JSON.parse(data === '' ? '{}' : data);
          if (errors !== undefined) throw new Error(data);
          if (event === 'next') yield Object.values(result)[0];
        }
      } finally {
        leaving.abort();
      }
    },
  };
}

const place = (process: Process, clientOrderId: string, price = '40000') =>
  process.ask(
    `mutation { placeOrder(input: { gateway: "paper", accountCookie: "paper", symbol: "BTC-USDT", side: BUY,
      volume: "0.01", price: "${price}", clientOrderId: "${clientOrderId}" }) {
      __typename ... on Order { clientOrderId status } ... on OrderRejected { code message } } }`,
  );

const cancel = (process: Process, clientOrderId: string) =>
  process.ask(
    `mutation { cancelOrder(input: { accountCookie: "paper", clientOrderId: "${clientOrderId}" }) {
      __typename ... on Order { status } ... on OrderRejected { code message } } }`,
  );

const gatewayOf = async (process: Process) =>
  (await process.ask('{ gateway(name: "paper") { state stateReason } }')).data?.gateway;

const isConnected = (process: Process) =>
  vi.waitFor(async () => expect(await gatewayOf(process)).toMatchObject({ state: 'CONNECTED' }), {
    timeout: 15_000,
    interval: 50,
  });

describeOnRedis('one process that carries the gateway and two that serve', (redis) => {
  it('bring ticks, prints and order events to the clients of both, and take orders from both', {
    timeout: 60_000,
  }, async () => {
    using ingestFolder = temporaryFolder();
    using oneFolder = temporaryFolder();
    using otherFolder = temporaryFolder();
    const { url } = redis().server;
    const [ingest, one, other] = await Promise.all([
      start('ingest', url, ingestFolder.path),
      start('api', url, oneFolder.path),
      start('api', url, otherFolder.path),
    ]);
    const apis = [one, other];
    await Promise.all(apis.map(isConnected));
    for (const { ask } of apis) expect((await ask('{ serverInfo { bus } }')).data.serverInfo.bus).toBe('redis');
    for (const api of apis) {
      const ready = await (await fetch(`${api.url}/health/ready`)).json();
      expect(ready.dependencies).toMatchObject({ bus: 'ok', redis: 'ok', 'gateway paper': 'connected' });
    }

    for (const api of apis) {
      for await (const tick of api.follow(TICKS)) {
        expect(tick).toMatchObject({ symbol: 'BTC-USDT', stale: false, last: expect.any(Number) });
        break;
      }
      for await (const print of api.follow(PRINTS)) {
        expect(print).toMatchObject({ seq: expect.any(Number) });
        break;
      }
    }

    await vi.waitFor(async () =>
      expect((await place(one, 'a1')).data.placeOrder).toMatchObject({ __typename: 'Order' }),
    );
    expect((await place(other, 'b1')).data.placeOrder).toMatchObject({ clientOrderId: 'b1', status: 'OPEN' });
    // The same order again, through the other process, sends nothing.
    expect((await place(other, 'a1')).data.placeOrder).toMatchObject({ clientOrderId: 'a1', status: 'OPEN' });
    for (const { ask } of apis) {
      const { data } = await ask('{ openOrders(accountCookie: "paper") { clientOrderId } }');
      expect(data.openOrders).toEqual([{ clientOrderId: 'a1' }, { clientOrderId: 'b1' }]);
    }
    const { data } = await one.ask('{ balances(accountCookie: "paper") { currency } }');
    expect(data.balances.length).toBeGreaterThan(0);

    // A subscriber of each follows over the death and the return of the process that carries the gateway.
    const seen: { seq: number; clientOrderId: string; cursor: string }[][] = [[], []];
    const following = Promise.all(
      apis.map(async (api, index) => {
        for await (const item of api.follow(ORDERS, { startAt: 'BEGINNING' })) {
          expect(item.__typename).toBe('OrderEvent');
          seen[index]?.push({ seq: item.seq, clientOrderId: item.order.clientOrderId, cursor: item.cursor });
          if (item.order.clientOrderId === 'last') return;
        }
      }),
    );
    following.catch(() => undefined); // awaited below, if the test comes there
    await vi.waitFor(() => expect(seen.map(({ length }) => length)).toEqual([2, 2]));

    ingest.program.child.kill('SIGKILL');
    await ingest.program.finished;
    await vi.waitFor(async () => expect(await gatewayOf(one)).toMatchObject({ state: 'DISCONNECTED' }), {
      timeout: 8_000,
      interval: 50,
    });
    // The other one looks a moment later.
    for await (const tick of other.follow(TICKS)) if (tick.stale === true) break;
    const refused = (await place(one, 'while gone'.replaceAll(' ', ''))).data.placeOrder;
    expect(refused).toMatchObject({ __typename: 'OrderRejected', code: 'GATEWAY_DOWN' });

    await start('ingest', url, ingestFolder.path);
    await Promise.all(apis.map(isConnected));
    await vi.waitFor(async () =>
      expect((await cancel(other, 'a1')).data.cancelOrder).toMatchObject({ __typename: 'Order' }),
    );
    await vi.waitFor(async () =>
      expect((await place(one, 'last')).data.placeOrder).toMatchObject({ __typename: 'Order' }),
    );
    await following;
    for (const events of seen) {
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
      expect(events.map(({ clientOrderId }) => clientOrderId)).toEqual(['a1', 'b1', 'a1', 'last']);
    }
    // A cursor of one process is good for the other.
    const resumed: number[] = [];
    for await (const { seq } of other.follow(ORDERS, { after: seen[0]?.[1]?.cursor })) {
      resumed.push(seq);
      if (seq === 4) break;
    }
    expect(resumed).toEqual([3, 4]);
    for await (const tick of other.follow(TICKS)) if (tick.stale === false) break;

    const { data: switched } = await one.ask(
      'mutation { setGatewayEnabled(name: "paper", isEnabled: false) { __typename ... on Gateway { state } } }',
    );
    expect(switched.setGatewayEnabled).toEqual({ __typename: 'Gateway', state: 'DISABLED' });
  });
});
