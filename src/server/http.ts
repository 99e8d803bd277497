import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Viewer } from '../domain/viewer.ts';
import type { Execution } from '../execution/execution.ts';
import type { Logger } from '../logger.ts';
import { endWith, refuseBrokenRequest } from './broken-request.ts';
import { Connections } from './connections.ts';
import { createErrorMask } from './error-mask.ts';
import { EventStreams } from './event-streams.ts';
import { GraphiQL, type NamedOperation } from './graphiql.ts';
import { createGraphQLHandler, type GraphQLHandler } from './graphql-handler.ts';
import type { Readiness } from './health.ts';
import { type OperationOrigin, Operations } from './operations.ts';
import type { PageFacts } from './page.ts';
import { PageAssets } from './page-assets.ts';
import type { RouteOptions } from './routes.ts';
import { type Desk, serve } from './serve.ts';
import { TRANSPORT_LIMITS, type TransportLimits } from './transport-limits.ts';
import { upgrade } from './upgrade.ts';
import { WebSockets } from './web-sockets.ts';

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
  readonly execution: Execution;
  /** Who asks, from what they say of themselves; a CodedError thrown here is the answer. */
  readonly viewerOf: (authorization: string | undefined) => Promise<Viewer>;
  /** What resolvers get, made anew for each operation and each event of a subscription. */
  readonly contextOf: (origin: OperationOrigin) => object;
  readonly graphiql: boolean;
  /** GraphiQL's tabs. */
  readonly operations: readonly NamedOperation[];
  readonly corsOrigins: readonly string[];
  /** Names without port under which this server may be asked besides the loopback ones and `host`. */
  readonly allowedHosts?: readonly string[];
  readonly readiness: () => Promise<Readiness>;
  readonly pageFacts: () => PageFacts;
  readonly newRequestId: () => string;
  readonly logger: Logger;
  readonly transport?: Partial<TransportLimits>;
}

export function createDeskServer(options: DeskServerOptions): DeskServer {
  const { logger, newRequestId, execution, viewerOf, contextOf } = options;
  const limits = { ...TRANSPORT_LIMITS, ...options.transport };
  const connections = new Connections();
  let closing: Promise<void> | undefined;
  const isStopping = (): boolean => closing !== undefined;
  const maskError = createErrorMask(logger);
  const operations = new Operations({ execution, maskError, contextOf });
  const streams = new EventStreams(operations, limits);
  const sockets = new WebSockets({ operations, viewerOf, newRequestId, limits });
  const desk: Desk = {
    routes: routesOf(options, { limits, isStopping, graphql: createGraphQLHandler(operations, streams) }),
    peers: { hosts: [hostInUrl(options.host), ...(options.allowedHosts ?? [])], corsOrigins: options.corsOrigins },
    maskError,
    lingerMs: limits.lingerMs,
    newRequestId,
    logger,
  };
  const server = createServer(serverOptions(limits)).setTimeout(limits.idleTimeoutMs);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    connections.begin(response);
    void serve(desk, request, response);
  };
  server
    .on('connection', (socket) => connections.open(socket))
    .on('request', onRequest)
    .on('checkContinue', onRequest)
    .on('checkExpectation', onRequest)
    .on('upgrade', (request, socket, head) => {
      connections.handOver(socket);
      upgrade({ desk, sockets, isStopping: isStopping() }, { request, socket, head });
    })
    .on('clientError', (fault, socket) => {
      refuseBrokenRequest(fault, socket, { connections, newRequestId });
    })
    .on('connect', ({ socket }: IncomingMessage) => {
      endWith(socket, { status: 405, code: 'BAD_USER_INPUT', message: 'this server is no proxy' }, newRequestId());
    });
  const stop = async (): Promise<void> => {
    const drained = drain(server, connections, limits.shutdownTimeoutMs);
    streams.interruptAll();
    await Promise.all([drained, sockets.close()]);
  };
  return {
    listen: () => listen(server, options),
    close: () => {
      closing ??= stop();
      return closing;
    },
  };
}

interface RouteParts {
  readonly limits: TransportLimits;
  readonly graphql: GraphQLHandler;
  readonly isStopping: () => boolean;
}

function routesOf(options: DeskServerOptions, { limits, graphql, isStopping }: RouteParts): RouteOptions {
  const { operations, viewerOf, readiness, pageFacts } = options;
  return {
    graphql,
    graphiql: options.graphiql ? new GraphiQL(operations) : undefined,
    body: { maxBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs },
    viewerOf,
    readiness,
    pageFacts,
    assets: new PageAssets(),
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
    // What asks for another protocol, as some clients do with every request, is answered over this one.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
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
