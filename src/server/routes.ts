import type { IncomingHttpHeaders } from 'node:http';
import { CodedError, quoted } from '../domain/errors.ts';
import type { Viewer } from '../domain/viewer.ts';
import { AcceptedTypes } from './accept.ts';
import { type HttpExchange, send } from './answer.ts';
import { type BodyLimits, readBody } from './body.ts';
import type { GraphiQL } from './graphiql.ts';
import type { GraphQLHandler } from './graphql-handler.ts';
import { type Readiness, sendLive, sendReady, sendStopping } from './health.ts';
import { HttpError, methodNotAllowed } from './http-error.ts';
import { type OperationRequest, parseOperationBody, parseOperationSearch } from './operation-request.ts';
import { PAGE_HEADERS, type PageFacts, renderPage } from './page.ts';
import type { PageAssets } from './page-assets.ts';
import { assertJsonContent, assertPreflighted } from './request-checks.ts';

export interface RouteOptions {
  readonly graphql: GraphQLHandler;
  /** Undefined: switched off. */
  readonly graphiql: GraphiQL | undefined;
  readonly body: BodyLimits;
  readonly viewerOf: (authorization: string | undefined) => Promise<Viewer>;
  readonly readiness: () => Promise<Readiness>;
  readonly pageFacts: () => PageFacts;
  readonly assets: PageAssets;
  readonly isStopping: () => boolean;
}

/** Answers a request that has passed the checks. Throws what the client is to be told instead. */
export async function answer(exchange: HttpExchange, options: RouteOptions): Promise<void> {
  const isStopping = options.isStopping();
  switch (exchange.path) {
    case '/health/live':
      return sendLive(exchange);
    case '/health/ready':
      return isStopping ? sendStopping(exchange) : sendReady(exchange, options.readiness);
  }
  if (isStopping) throw new CodedError('SHUTTING_DOWN', 'this server is stopping, connect again');
  switch (exchange.path) {
    case '/graphql':
      return answerGraphQL(exchange, options);
    case '/':
      return sendPage(exchange, options);
  }
  if (exchange.path.startsWith('/assets/') && (await options.assets.send(exchange))) return;
  throw new HttpError('NOT_FOUND', `there is nothing at ${quoted(exchange.path)}`, { status: 404 });
}

async function answerGraphQL(exchange: HttpExchange, options: RouteOptions): Promise<void> {
  const { headers, method } = exchange.request;
  const accepted = new AcceptedTypes(headers);
  if (method === 'GET' && accepted.isPage && options.graphiql !== undefined) return options.graphiql.send(exchange);
  const request = await readOperation(exchange, accepted, options.body);
  const { requestId } = exchange;
  const viewer = await options.viewerOf(headers.authorization);
  const origin = { viewer, requestId, signal: signalOf(exchange), resumeAfter: lastEventIdOf(headers) };
  return options.graphql(exchange, { request, origin, accepted });
}

async function readOperation(
  exchange: HttpExchange,
  accepted: AcceptedTypes,
  limits: BodyLimits,
): Promise<OperationRequest> {
  const { headers, method } = exchange.request;
  switch (method) {
    case 'GET':
      assertPreflighted(headers);
      accepted.assertResult();
      return parseOperationSearch(exchange.search);
    case 'POST':
      assertJsonContent(headers);
      accepted.assertResult();
      return parseOperationBody(await readBody(exchange, limits));
    default:
      throw methodNotAllowed(method, ['GET', 'POST']);
  }
}

function signalOf({ response }: HttpExchange): AbortSignal {
  const controller = new AbortController();
  // Its client may have gone while it was found out who asks.
  if (response.destroyed) controller.abort();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** What an EventSource sends when it connects again: the `id` of the last event that it has seen. */
function lastEventIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

async function sendPage(exchange: HttpExchange, { pageFacts, assets, graphiql }: RouteOptions): Promise<void> {
  const { method } = exchange.request;
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, ['GET', 'HEAD']);
  const styles = await assets.styles();
  const body = renderPage({ facts: pageFacts(), hasGraphiQL: graphiql !== undefined, styles });
  send(exchange, { status: 200, headers: PAGE_HEADERS, body });
}
