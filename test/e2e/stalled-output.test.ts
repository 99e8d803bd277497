import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEvents } from '../server/event-reader.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Every line has 62 bytes, so that blocks of any size cut some of them within a character, and says which it is. */
const LINES = 20 * 2 ** 14;
const FLOOD = `
  const { existsSync, writeSync } = require('node:fs');
  process.stdout.write('ready\\n');
  const waiting = setInterval(() => {
    if (!existsSync(process.argv[2])) return;
    clearInterval(waiting);
    for (let line = 0; line < ${LINES}; line += 1024) {
      const numbers = Array.from({ length: 1024 }, (_, index) => line + index);
      process.stdout.write(numbers.map((each) => String(each).padStart(10) + ' ' + 'é'.repeat(25) + '\\n').join(''));
    }
  }, 5);
`;
const YAML = `commands:
  workspace: ./workspace
  programs:
    - { name: flood, kind: COMMAND, executable: node, fixedArguments: ["{workspace}/flood.js", "{workspace}/go"] }
`;
const RUN = 'mutation { runCommand(input: { command: "flood" }) { ... on Run { id } } }';
const OUTPUT = `subscription ($runId: ID!, $after: Cursor) { commandOutput(runId: $runId, after: $after) {
  ... on CommandChunk { cursor offset nextOffset text }
  ... on CommandEnd { cursor state outputBytes }
} }`;

interface Item {
  readonly cursor: string;
  readonly offset?: number;
  readonly nextOffset?: number;
  readonly text?: string;
  readonly state?: string;
  readonly outputBytes?: number;
}

interface OutputReader {
  /** Undefined when the stream has completed. */
  next(): Promise<Item | undefined>;
  /** Reads nothing more from its TCP connection. */
  pause(): void;
  resume(): void;
  /** Ends the connection without a word. */
  cut(): void;
}

let folder: ReturnType<typeof temporaryFolder>;
let desk: TestDeskgraph;

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, 'workspace'));
  writeFileSync(join(folder.path, 'workspace', 'flood.js'), FLOOD);
  desk = await startDeskgraph({
    folder: folder.path,
    environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': YAML },
  });
});
afterEach(async () => {
  await desk.close();
  folder[Symbol.dispose]();
});

const OVER = {
  WebSocket: async (runId: string, after?: string): Promise<OutputReader> => {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    socket.subscribe('1', OUTPUT, { variables: { runId, after } });
    return {
      next: async () => {
        const { type, payload } = await socket.next('1');
        return type === 'next' ? Object(payload).data.commandOutput : undefined;
      },
      pause: () => socket.webSocket.pause(),
      resume: () => socket.webSocket.resume(),
      cut: () => socket.webSocket.terminate(),
    };
  },
  'server-sent events': async (runId: string, after?: string): Promise<OutputReader> => {
    const headers = after === undefined ? {} : { 'last-event-id': after };
    const stream = await openEvents(desk, OUTPUT, { variables: { runId }, headers });
    return {
      next: async () => {
        const { type, id, data } = await stream.next();
        if (type === 'complete') return undefined;
        const item = JSON.parse(data).data.commandOutput;
        expect(id).toBe(item.cursor);
        return item;
      },
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      cut: () => stream.destroy(),
    };
  },
} as const;

async function readToEnd(reader: OutputReader): Promise<Item[]> {
  const items: Item[] = [];
  for (let item = await reader.next(); item !== undefined; item = await reader.next()) items.push(item);
  return items;
}

async function takeOne(reader: OutputReader): Promise<Item> {
  const item = await reader.next();
  if (item === undefined) throw new Error('the stream completed');
  return item;
}

function expectedBytes(): Buffer {
  const lines = Array.from({ length: LINES }, (_, line) => `${String(line).padStart(10)} ${'é'.repeat(25)}\n`);
  return Buffer.from(`ready\n${lines.join('')}`);
}

/** Chunks that follow each other without a hole and say every byte, then one end. */
function expectWhole(items: readonly Item[], wanted: Buffer): void {
  const chunks = items.slice(0, -1);
  const received = Buffer.from(chunks.map(({ text = '' }) => text).join(''));
  // Not `toEqual`: nobody wants to see how 20 MB differ.
  expect(received.length).toBe(wanted.length);
  expect(received.equals(wanted)).toBe(true);
  expect(chunks.map(({ offset }) => offset)).toEqual([0, ...chunks.slice(0, -1).map(({ nextOffset }) => nextOffset)]);
  expect(items.at(-1)).toMatchObject({ state: 'SUCCEEDED', outputBytes: wanted.length });
}

it.each(Object.entries(OVER))(
  'over %s a reader that stops reading costs nobody a byte, itself not either',
  async (_, open) => {
    const { data } = await desk.ask(RUN);
    const runId: string = data.runCommand.id;
    const attentive = await open(runId);
    const stalled = await open(runId);
    const lost = await open(runId);
    const kept = [await takeOne(lost)];
    const begun = [await takeOne(stalled)];
    for (const reader of [stalled, lost]) reader.pause();
    writeFileSync(join(folder.path, 'workspace', 'go'), '');

    // 20 MB are more than the kernel keeps for a connection: the server has to wait for both.
    const wanted = expectedBytes();
    expectWhole(await readToEnd(attentive), wanted);

    stalled.resume();
    expectWhole([...begun, ...(await readToEnd(stalled))], wanted);

    // This one had got something of the flood before its connection was lost.
    lost.resume();
    while (kept.length < 50) kept.push(await takeOne(lost));
    lost.cut();
    const resumed = await open(runId, kept.at(-1)?.cursor);
    expectWhole([...kept, ...(await readToEnd(resumed))], wanted);
    for (const reader of [attentive, stalled, resumed]) reader.cut();
    expect(desk.complaints).toEqual([]);
  },
);
