import { GraphQLFloat, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import type { Logger } from '../../src/logger.ts';
import { createDeskServer, type DeskServer, type DeskServerOptions } from '../../src/server/http.ts';
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
  post(body: string | Buffer | object, headers?: Record<string, string>): Promise<HttpAnswer>;
}

/** What the field `fault` throws, and what `wait` and the middle of `count` wait for: set by the test that asks. */
export interface Behaviour {
  thrown?: unknown;
  wait?: (signal: AbortSignal) => Promise<string>;
}

/** A real server with a small schema on a free port. */
export async function serveDesk(
  behaviour: Behaviour = {},
  options: Partial<DeskServerOptions> = {},
): Promise<ServedDesk> {
  const faults: LogLine[] = [];
  let ids = 0;
  const server = createDeskServer({
    host: '127.0.0.1',
    port: 0,
    execution: createExecution({ schema: testSchema(behaviour) }),
    viewerOf: async () => LOCAL_VIEWER,
    contextOf: (origin) => ({ ...origin }),
    graphiql: true,
    operations: [{ name: 'hello', document: 'query Hello { hello(name: "<desk>") }' }],
    corsOrigins: ['https://desk.example'],
    readiness: async () => ({ isReady: true, dependencies: { store: 'ok' } }),
    pageFacts: () => ({ name: 'deskgraph', version: '1.2.3', store: 'sqlite', dataFolder: '.deskgraph', isDemo: true }),
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
  return { ...server, url, port, faults, post };
}

export function testSchema(behaviour: Behaviour): GraphQLSchema {
  const fail = (): never => {
    throw behaviour.thrown;
  };
  async function* countToTwo(_root: unknown, _args: unknown, { signal }: { signal: AbortSignal }) {
    yield 1;
    await behaviour.wait?.(signal);
    yield 2;
  }
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
      wait: { type: GraphQLString, resolve: (_root, _args, { signal }) => behaviour.wait?.(signal) },
    }),
  });
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields: { add: { type: GraphQLInt, resolve: () => 1 } } });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: { count: { type: GraphQLInt, subscribe: countToTwo, resolve: (value) => value } },
  });
  return new GraphQLSchema({ query, mutation, subscription });
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
