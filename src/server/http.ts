import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../domain/viewer.ts';
import { createExecution } from '../execution/execution.ts';
import type { Limits } from '../execution/limits.ts';
import type { Logger } from '../logger.ts';
import { endWith, refuseBrokenRequest } from './broken-request.ts';
import { Connections } from './connections.ts';
import { createErrorMask, type ErrorMask } from './error-mask.ts';
import { GraphiQL, type NamedOperation } from './graphiql.ts';
import { createGraphQLHandler } from './graphql-handler.ts';
import type { Readiness } from './health.ts';
import type { PageFacts } from './page.ts';
import type { OperationOrigin, RouteOptions } from './routes.ts';
import { type Desk, serve } from './serve.ts';

/** A listening GraphQL server. */
export interface DeskServer {
  /** Fails when the address is not to be had. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Stops accepting, finishes what was asked before, and closes every connection; what takes longer than the shutdown
   * time is cut off. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}

export interface DeskServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly schema: GraphQLSchema;
  readonly limits?: Limits;
  /** Who asks, from the request's headers; a CodedError thrown here is the answer. */
  readonly viewerOf: (headers: IncomingHttpHeaders) => Viewer;
  /** What resolvers get, made anew for each operation. */
  readonly contextOf: (origin: OperationOrigin) => object;
  readonly graphiql: boolean;
  /** GraphiQL's tabs; the first one is also shown on the front page. */
  readonly operations: readonly NamedOperation[];
  /** Leaves suggestions out of error messages. */
  readonly isProduction: boolean;
  readonly corsOrigins: readonly string[];
  /** Names without port under which this server may be asked besides the loopback ones and `host`. */
  readonly allowedHosts?: readonly string[];
  readonly readiness: () => Promise<Readiness>;
  readonly pageFacts: () => PageFacts;
  readonly newRequestId: () => string;
  readonly logger: Logger;
  readonly transport?: Partial<TransportLimits>;
}

/** Bounds of sizes and waits at the socket. */
export interface TransportLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** From the connection, or the answer before, to the last header. */
  readonly headersTimeoutMs: number;
  /** From the headers to the last byte of the body. */
  readonly bodyTimeoutMs: number;
  /** How long a connection may stand still in either direction while something is to be written or read. */
  readonly stallTimeoutMs: number;
  /** What is under way when the server stops has this long to end. */
  readonly shutdownTimeoutMs: number;
  /** How long a client whose body was refused may take to read why. */
  readonly lingerMs: number;
}

const TRANSPORT_LIMITS: TransportLimits = {
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  stallTimeoutMs: 60_000,
  shutdownTimeoutMs: 10_000,
  lingerMs: 1_000,
};

export function createDeskServer(options: DeskServerOptions): DeskServer {
  const { logger, newRequestId } = options;
  const limits = { ...TRANSPORT_LIMITS, ...options.transport };
  const connections = new Connections();
  let closing: Promise<void> | undefined;
  const maskError = createErrorMask(logger);
  const desk: Desk = {
    routes: routesOf(options, { limits, maskError, isStopping: () => closing !== undefined }),
    peers: { hosts: [hostInUrl(options.host), ...(options.allowedHosts ?? [])], corsOrigins: options.corsOrigins },
    maskError,
    lingerMs: limits.lingerMs,
    newRequestId,
    logger,
  };
  const server = createServer(serverOptions(limits)).setTimeout(limits.stallTimeoutMs);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    connections.begin(response);
    void serve(desk, request, response);
  };
  server
    .on('connection', (socket) => connections.open(socket))
    .on('request', onRequest)
    .on('checkContinue', onRequest)
    .on('checkExpectation', onRequest)
    .on('clientError', (fault, socket) => {
      refuseBrokenRequest(fault, socket, { connections, newRequestId });
    })
    .on('connect', ({ socket }: IncomingMessage) => {
      endWith(socket, { status: 405, code: 'BAD_USER_INPUT', message: 'this server is no proxy' }, newRequestId());
    });
  return {
    listen: () => listen(server, options),
    close: () => {
      closing ??= drain(server, connections, limits.shutdownTimeoutMs);
      return closing;
    },
  };
}

interface RouteParts {
  readonly limits: TransportLimits;
  readonly maskError: ErrorMask;
  readonly isStopping: () => boolean;
}

function routesOf(options: DeskServerOptions, { limits, maskError, isStopping }: RouteParts): RouteOptions {
  const { schema, operations, isProduction, viewerOf, contextOf, readiness, pageFacts } = options;
  const execution = createExecution({
    schema,
    hideSuggestions: isProduction,
    ...(options.limits !== undefined && { limits: options.limits }),
  });
  return {
    graphql: createGraphQLHandler(execution, maskError),
    graphiql: options.graphiql ? new GraphiQL(operations) : undefined,
    firstOperation: operations[0],
    body: { maxBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs },
    viewerOf,
    contextOf,
    readiness,
    pageFacts,
    isStopping,
  };
}

function serverOptions({ headerBytes, headersTimeoutMs, bodyTimeoutMs }: TransportLimits) {
  return {
    maxHeaderSize: headerBytes,
    headersTimeout: headersTimeoutMs,
    // Behind the time for the body, whose end is answered with more than a closed connection.
    requestTimeout: headersTimeoutMs + bodyTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  };
}

async function listen(server: Server, { host, port }: DeskServerOptions): Promise<{ url: string; port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  await promise;
  server.off('error', reject);
  const address = server.address();
  const bound = isAddressInfo(address) ? address.port : port;
  return { url: `http://${hostInUrl(host)}:${bound}`, port: bound };
}

async function drain(server: Server, connections: Connections, timeoutMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Its error says that the server was not listening, which is what is wanted.
  server.close(() => resolve());
  connections.stop();
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await promise;
  clearTimeout(timer);
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
