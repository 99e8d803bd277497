import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Logger } from '../../src/logger.ts';
import { readEvents } from './event-source.ts';

export interface GraphAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape the document decides
  readonly data: any;
  readonly errors: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  readonly text: string;
}

/** A real server on a free port with a data folder of its own, and the way to ask it. */
export interface TestDeskgraph {
  readonly url: string;
  readonly folder: string;
  /** Lines that were logged as warnings or errors. */
  readonly complaints: readonly { fields: object; message: string }[];
  ask(query: string, variables?: object): Promise<GraphAnswer>;
  post(body: string, headers?: Record<string, string>): Promise<Response>;
  /** The results of an operation as server-sent events, until it ends or the loop over them does. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results whose shape the document decides
  events(query: string, variables?: object): AsyncGenerator<any, void, undefined>;
  close(): Promise<void>;
}

export interface TestDeskgraphOptions {
  readonly environment?: Record<string, string>;
  /** Written below the data folder's parent before the start: name and text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, or what tells them; the clock stands still otherwise, but timers run. */
  readonly now?: number | (() => number);
  /** Lets the clock run from there, as what replays a session needs it. */
  readonly isClockRunning?: boolean;
  /** What an earlier server left behind, and what is not removed afterwards; one of its own when absent. */
  readonly folder?: string;
}

/** 2026-11-20 12:00 in Shanghai. */
export const TEST_NOW = Date.UTC(2026, 10, 20, 4);

export async function startDeskgraph(options: TestDeskgraphOptions = {}): Promise<TestDeskgraph> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'deskgraph-test-'));
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const config = loadConfig({
    environment: { PORT: '0', DESKGRAPH_DATA: 'data', ...options.environment },
    readFile: (path) => readFileSync(path, 'utf8'),
    cwd: folder,
  });
  const complaints: { fields: object; message: string }[] = [];
  const given = options.now ?? TEST_NOW;
  const now = typeof given === 'number' ? () => given : given;
  const startedAt = performance.now();
  const app = await startApp(config, {
    logger: recordingLogger(complaints),
    clock: {
      ...SYSTEM_CLOCK,
      now: () => now() + (options.isClockRunning === true ? Math.floor(performance.now() - startedAt) : 0),
    },
  });
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return {
    url: app.url,
    folder,
    complaints,
    post,
    ask: async (query, variables) => answerOf(await post(JSON.stringify({ query, variables }))),
    events: (query, variables) => eventsOf(post(JSON.stringify({ query, variables }), { accept: 'text/event-stream' })),
    close: async () => {
      await app.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The answer, or the first result of a stream that has ended. */
export async function answerOf(response: Response): Promise<GraphAnswer> {
  const body = await response.text();
  const text = /^event: next\ndata: (.*)$/m.exec(body)?.[1] ?? body;
  const { data, errors = [] } = JSON.parse(text);
  return { status: response.status, data, errors, text };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into results whose shape the document decides
async function* eventsOf(answer: Promise<Response>): AsyncGenerator<any, void, undefined> {
  for await (const { event, data } of readEvents(await answer)) if (event === 'next') yield JSON.parse(data);
}

function recordingLogger(complaints: { fields: object; message: string }[]): Logger {
  const record = (fields: object, message: string): void => void complaints.push({ fields, message });
  const logger: Logger = { debug: () => {}, info: () => {}, warn: record, error: record, child: () => logger };
  return logger;
}
