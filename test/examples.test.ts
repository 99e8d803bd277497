import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSchema, isAbstractType } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDeskStore } from '../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../src/store/sqlite/paths.ts';
import { event } from './store/order-event-store.contract.ts';
import { startDeskgraph, TEST_NOW } from './support/deskgraph.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const EXAMPLES = fileURLToPath(new URL('../docs/examples/', import.meta.url));
const ACCOUNT = 'desk';
/** A connection is cut behind so many bytes, wherever in an event or frame that is: no single one carries all events. */
const MOST_BYTES = 5_003;

const REFUSAL = expect.stringContaining('that could be followed');

const hasPython = spawnSync('python3', ['--version']).status === 0;

interface Line {
  readonly bars?: readonly { readonly date: string; readonly close: number }[];
  readonly tick?: { readonly symbol: string };
  readonly order?: { readonly __typename: string; readonly seq: number };
}

/** A way to the server that loses connections. */
class FaultyWay implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  /** Where it leads; nowhere when absent, and connections are refused. */
  port: number | undefined;
  cutCount = 0;

  private constructor() {
    this.#server = createServer((client) => this.#join(client));
  }

  static async open(): Promise<FaultyWay> {
    const way = new FaultyWay();
    await once(way.#server.listen(0, '127.0.0.1'), 'listening');
    return way;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    if (this.port === undefined) {
      client.destroy();
      return;
    }
    const server = connect(this.port, '127.0.0.1');
    let received = 0;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => other.destroy() && this.#sockets.delete(socket));
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      received += chunk.length;
      if (received <= MOST_BYTES) {
        client.write(chunk);
        return;
      }
      this.cutCount += 1;
      server.removeAllListeners('data').destroy();
      client.end(chunk.subarray(0, chunk.length - (received - MOST_BYTES)));
    });
  }
}

interface Example {
  readonly command: string;
  readonly script: string;
}

/** What happens while the server is away. */
interface Restart {
  readonly isDue: (line: Line) => boolean;
  readonly change: (folder: string) => Promise<void>;
}

interface Course {
  /** Events that are stored before the example starts. */
  readonly first: number;
  readonly restarts: readonly Restart[];
  /** Events after which the example is to end. */
  readonly all: number;
}

/** Runs an example over a bad connection and restarts of the server; the lines that it printed. */
async function follow({ command, script }: Example, { first, restarts, all }: Course): Promise<Line[]> {
  using folder = temporaryFolder();
  await using way = await FaultyWay.open();
  const demo = join(folder.path, 'data', 'demo');
  mkdirSync(demo, { recursive: true });
  await append(demo, first);
  const start = async () => {
    const desk = await startDeskgraph({ folder: folder.path, isClockRunning: true });
    way.port = Number(new URL(desk.url).port);
    return desk;
  };
  let desk = await start();
  const child = spawn(command, [join(EXAMPLES, script), way.url, ACCOUNT, String(all)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  try {
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const exited = once(child, 'exit');
    const lines: Line[] = [];
    const coming = [...restarts];
    for await (const text of createInterface({ input: child.stdout })) {
      const line: Line = JSON.parse(text);
      lines.push(line);
      if (coming[0]?.isDue(line) !== true) continue;
      way.port = undefined;
      await desk.close();
      await coming.shift()?.change(demo);
      desk = await start();
    }
    const [exitCode] = await exited;
    expect(exitCode, stderr).toBe(0);
    expect(way.cutCount).toBeGreaterThanOrEqual(Math.floor(all / 25));
    return lines;
  } finally {
    await desk.close();
  }
}

/** Stores so many more events, while no server has the folder. */
async function append(folder: string, count: number): Promise<void> {
  const store = openDeskStore({ path: deskStorePath(folder), newEpoch: randomUUID });
  const ids = Array.from({ length: count }, randomUUID);
  const changes = ids.map((id) => event({ eventId: id, orderId: id, at: TEST_NOW }));
  await store.orderEvents.append(ACCOUNT, changes);
  store.close();
}

function forget(folder: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(`${deskStorePath(folder)}${ending}`, { force: true });
}

const isEvent =
  (seq: number) =>
  ({ order }: Line): boolean =>
    order?.__typename === 'OrderEvent' && order.seq === seq;

/** What each example is to do. */
function describeExample(example: Example): void {
  it('gets every order event once and in order over cut connections and a restarted server, and bars', async () => {
    const restarts = [{ isDue: isEvent(60), change: (folder: string) => append(folder, 20) }];
    const lines = await follow(example, { first: 60, restarts, all: 80 });
    expect(lines[0]?.bars?.map(({ date, close }) => ({ date, close }))).toEqual([
      { date: '2024-01-02', close: 3.911 },
      { date: '2024-01-03', close: 3.987 },
      { date: '2024-01-04', close: 3.991 },
    ]);
    const events = lines.flatMap(({ order }) => order ?? []);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  });

  it('goes on with the snapshot behind a gap, and with the events after it, whatever their numbers', async () => {
    const restarts = [
      {
        isDue: isEvent(3),
        change: async (folder: string) => {
          forget(folder);
          await append(folder, 2);
        },
      },
      {
        isDue: ({ order }: Line) => order?.__typename === 'OrderSnapshot',
        change: (folder: string) => append(folder, 1),
      },
    ];
    const lines = await follow(example, { first: 3, restarts, all: 4 });
    expect(lines.flatMap(({ order }) => order ?? [])).toMatchObject([
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
      { __typename: 'StreamGap', reason: 'EPOCH_CHANGED' },
      { __typename: 'OrderSnapshot', orders: [{}, {}] },
      { seq: 3 },
    ]);
  });

  it('says what the server refuses, and ends', async () => {
    expect(await askInVain(example)).toEqual({ exitCode: 1, stderr: REFUSAL });
  });
}

/** Runs an example with an account whose orders nobody records. */
async function askInVain({ command, script }: Example): Promise<{ exitCode: number; stderr: string }> {
  const desk = await startDeskgraph();
  try {
    const child = spawn(command, [join(EXAMPLES, script), desk.url, 'nobody-s'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [exitCode] = await once(child, 'close');
    return { exitCode, stderr };
  } finally {
    await desk.close();
  }
}

describe.each(['urql.ts', 'apollo.ts'])('the example %s', (script) => {
  const example = { command: process.execPath, script };
  describeExample(example);

  it('gets ticks', async () => {
    // The one event that it waits for comes only when there was a tick.
    const restart = { isDue: ({ tick }: Line) => tick !== undefined, change: (folder: string) => append(folder, 1) };
    const lines = await follow(example, { first: 1, restarts: [restart], all: 2 });
    const symbols = lines.flatMap(({ tick }) => tick?.symbol ?? []);
    expect(new Set(symbols)).toEqual(new Set(['BTC-USDT']));
  });
});

describe('the cache of the example apollo.ts', () => {
  const schema = buildSchema(readFileSync(join(EXAMPLES, '../../schema/schema.graphql'), 'utf8'));
  const text = readFileSync(join(EXAMPLES, 'apollo.ts'), 'utf8');

  it.each(['Error', 'Node', 'OrderStreamItem'])('knows the types that %s may be', (name) => {
    const [, listed = ''] = new RegExp(`${name}: \\[([^\\]]*)\\]`).exec(text) ?? [];
    const type = schema.getType(name);
    const wanted = isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => possible.name) : [];
    expect([...listed.matchAll(/\w+/g)].map(([word]) => word).sort()).toEqual([...wanted].sort());
  });
});

describe.skipIf(!hasPython)('the example follow_orders.py (skipped where no python3 is on PATH)', () => {
  describeExample({ command: 'python3', script: 'follow_orders.py' });
});
