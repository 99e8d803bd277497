import {
  GraphQLFloat,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import type { SharedDelivery, SharedResponding } from '../../src/domain/stream.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import type { Logger } from '../../src/logger.ts';
import { createDeskServer, type DeskServer, type DeskServerOptions } from '../../src/server/http.ts';
import { Feed } from '../execution/feed.ts';
import { ask, type HttpAnswer } from '../support/http-client.ts';

export interface LogLine {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface ServedDesk extends DeskServer {
  readonly url: string;
  readonly port: number;
  /** Lines logged as errors. */
  readonly faults: readonly LogLine[];
  readonly feeds: Feeds;
  post(body: string | Buffer | object, headers?: Record<string, string>): Promise<HttpAnswer>;
}

/** Set by the test that asks. */
export interface Behaviour {
  /** What the fields `fault` and `refused` throw. */
  thrown?: unknown;
  /** What `wait`, the middle of `count` and the start of `lines` wait for. */
  wait?: (signal: AbortSignal) => Promise<string>;
}

/** An event of `quotes`, which are conflated, and of `prints`, which are a tape. */
export interface Quote {
  readonly symbol: string;
  readonly seq: number;
  readonly text?: string;
}

/** An event of `lines` and of `notes`, which everybody follows at its own place. */
export interface Line {
  readonly cursor: string;
  readonly text: string;
}

/** Where the subscriptions come from. */
export interface Feeds {
  readonly quotes: Feed<Quote>;
  readonly prints: Feed<Quote>;
  readonly lines: Feed<Line>;
  /** Signals of the contexts with which they were started. */
  readonly signals: AbortSignal[];
  /** Quotes, prints and notes that were resolved. */
  resolved: number;
}

/** A real server with a small schema on a free port. */
export async function serveDesk(
  behaviour: Behaviour = {},
  options: Partial<DeskServerOptions> = {},
): Promise<ServedDesk> {
  const faults: LogLine[] = [];
  const feeds = newFeeds();
  let ids = 0;
  const server = createDeskServer({
    host: '127.0.0.1',
    port: 0,
    execution: createExecution({ schema: testSchema(behaviour, feeds) }),
    viewerOf: async () => LOCAL_VIEWER,
    contextOf: (origin) => ({ ...origin }),
    graphiql: true,
    operations: [{ name: 'hello', document: 'query Hello { hello(name: "<desk>") }' }],
    corsOrigins: ['https://desk.example'],
    readiness: async () => ({ isReady: true, dependencies: { store: 'ok' } }),
    pageFacts: () => ({
      name: 'deskgraph',
      version: '1.2.3',
      store: 'sqlite',
      dataFolder: '.deskgraph',
      isDemo: true,
      gateways: [],
      commands: [],
    }),
    newRequestId: () => `request-${++ids}`,
    logger: recordingLogger(faults),
    ...options,
  });
  const { url, port } = await server.listen();
  const post = (body: string | Buffer | object, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
    ask({
      url: `${url}/graphql`,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
  return { ...server, url, port, faults, feeds, post };
}

function newFeeds(): Feeds {
  return { quotes: new Feed(), prints: new Feed(), lines: new Feed(), signals: [], resolved: 0 };
}

export function testSchema(behaviour: Behaviour, feeds = newFeeds()): GraphQLSchema {
  const fail = (): never => {
    throw behaviour.thrown;
  };
  async function* countToTwo(_root: unknown, _args: unknown, { signal }: { signal: AbortSignal }) {
    yield 1;
    await behaviour.wait?.(signal);
    yield 2;
  }
  /** Its values have no JSON. */
  const unwritable = new GraphQLScalarType({ name: 'Unwritable', coerceOutputValue: () => 1n });
  const query: GraphQLObjectType = new GraphQLObjectType({
    name: 'Query',
    fields: () => ({
      hello: {
        type: GraphQLString,
        description: 'Greets.',
        args: { name: { type: new GraphQLNonNull(GraphQLString), defaultValue: 'desk' } },
        resolve: (_root, { name }) => `hello ${name}`,
      },
      caller: {
        type: GraphQLString,
        resolve: (_root, _args, { viewer, requestId }) => `${viewer.subject} ${requestId}`,
      },
      self: { type: query, resolve: () => ({}) },
      fault: { type: GraphQLString, resolve: fail },
      lateFault: { type: GraphQLString, resolve: () => Promise.reject(behaviour.thrown) },
      brokenNumber: { type: GraphQLFloat, resolve: () => Number.NaN },
      unwritable: { type: unwritable, resolve: () => 1 },
      wait: { type: GraphQLString, resolve: (_root, _args, { signal }) => behaviour.wait?.(signal) },
    }),
  });
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields: { add: { type: GraphQLInt, resolve: () => 1 } } });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      count: { type: GraphQLInt, subscribe: countToTwo, resolve: (value) => value },
      unwritable: { type: unwritable, subscribe: countToTwo, resolve: (value) => value },
      refused: { type: GraphQLInt, subscribe: fail },
      ...feedFields(behaviour, feeds),
    },
  });
  return new GraphQLSchema({ query, mutation, subscription });
}

interface Origin {
  readonly signal: AbortSignal;
  readonly resumeAfter: string | undefined;
}

function feedFields(behaviour: Behaviour, feeds: Feeds) {
  const quote: GraphQLObjectType = new GraphQLObjectType({
    name: 'Quote',
    fields: () => ({
      symbol: { type: GraphQLString },
      seq: { type: GraphQLInt },
      text: { type: GraphQLString },
      /** Fails for an event without it. */
      hardText: { type: new GraphQLNonNull(GraphQLString), resolve: ({ text }: Quote) => text },
      same: { type: quote, resolve: (event: Quote) => event },
      /** The same, and it says so. */
      plain: { type: quote, extensions: { isSameForAll: true }, resolve: (event: Quote) => event },
    }),
  });
  const line = new GraphQLObjectType({
    name: 'Line',
    fields: {
      text: { type: GraphQLString },
      resumedAfter: { type: GraphQLString, resolve: (_line, _args, { resumeAfter }: Origin) => resumeAfter },
    },
  });
  const sharedResponses: SharedResponding<Line> = { identityOf: ({ cursor }) => cursor };
  const delivery: SharedDelivery<Quote> = { kind: 'CONFLATED', keyOf: ({ symbol }) => symbol };
  const shared = (feed: Feed<Quote>, extension: SharedDelivery<Quote>) => ({
    type: quote,
    args: { most: { type: GraphQLInt } },
    extensions: { delivery: extension },
    subscribe: (_root: unknown, _args: unknown, { signal }: Origin) => {
      feeds.signals.push(signal);
      return feed.subscribe();
    },
    resolve: (event: unknown) => {
      feeds.resolved++;
      return event;
    },
  });
  return {
    quotes: shared(feeds.quotes, delivery),
    prints: shared(feeds.prints, { ...delivery, kind: 'TAPE' }),
    /** Lines, each of which looks the same to all. */
    notes: {
      type: line,
      extensions: { sharedResponses },
      subscribe: () => feeds.lines.subscribe(),
      resolve: (event: unknown) => {
        feeds.resolved++;
        return event;
      },
    },
    lines: {
      type: line,
      subscribe: async (_root: unknown, _args: unknown, { signal }: Origin) => {
        await behaviour.wait?.(signal);
        return feeds.lines.subscribe();
      },
      resolve: (event: unknown) => event,
    },
  };
}

export function recordingLogger(faults: LogLine[]): Logger {
  const record = (fields: object, message: string): void => void faults.push({ fields: { ...fields }, message });
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: record,
    error: record,
    child: () => logger,
  };
  return logger;
}

/** The one error of an answer that is nothing but a refusal. */
export function refusalOf({ text }: HttpAnswer): { message: string; code: string; requestId: string } {
  const { errors, data } = JSON.parse(text);
  if (errors?.length !== 1 || data !== undefined) throw new Error(`received no refusal but ${text}`);
  return { message: errors[0].message, ...errors[0].extensions };
}
