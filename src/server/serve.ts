import type { IncomingMessage, ServerResponse } from 'node:http';
import { types } from 'node:util';
import type { Logger } from '../logger.ts';
import { COMMON_HEADERS, type HttpExchange, isBodyPending, JSON_TYPE, send, sendAndHangUp } from './answer.ts';
import { ClientGone } from './body.ts';
import type { ErrorMask } from './error-mask.ts';
import { HttpError, statusOf } from './http-error.ts';
import { type AllowedPeers, assertAllowed, corsHeaders, PREFLIGHT_HEADERS, requestIdOf } from './request-checks.ts';
import { answer, type RouteOptions } from './routes.ts';

/** What every request is answered with. */
export interface Desk {
  readonly routes: RouteOptions;
  readonly peers: AllowedPeers;
  readonly maskError: ErrorMask;
  /** How long a client whose body was refused may take to read why. */
  readonly lingerMs: number;
  readonly newRequestId: () => string;
  readonly logger: Logger;
}

/** Answers one request, whatever happens. */
export async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '/', headers } = request;
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const requestId = requestIdOf(headers, desk.newRequestId);
  const exchange: HttpExchange = { request, response, requestId, path, search: query < 0 ? '' : url.slice(query + 1) };
  for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
  response.setHeader('x-request-id', requestId).setHeader('vary', 'Origin');
  response.once('close', () => {
    desk.logger.debug({ requestId, method: request.method, path, status: response.statusCode }, 'request');
  });
  try {
    await checkAndAnswer(desk, exchange);
  } catch (error) {
    answerError(desk, exchange, error);
  }
}

async function checkAndAnswer({ peers, routes }: Desk, exchange: HttpExchange): Promise<void> {
  const { request, response } = exchange;
  assertAllowed(request, peers);
  for (const [name, value] of corsHeaders(request.headers, peers)) response.setHeader(name, value);
  if (request.method !== 'POST' && isBodyPending(request)) {
    throw new HttpError('BAD_USER_INPUT', 'received a body with a method that has none', { status: 400 });
  }
  if (request.method === 'OPTIONS') response.writeHead(204, PREFLIGHT_HEADERS).end();
  else await answer(exchange, routes);
}

function answerError({ maskError, lingerMs }: Desk, exchange: HttpExchange, error: unknown): void {
  const { request, response, requestId } = exchange;
  // What was thrown may be a proxy, which can throw when it is asked for its class.
  const known = types.isNativeError(error) ? error : undefined;
  const masked = known instanceof ClientGone ? undefined : maskError(error, requestId);
  if (masked === undefined || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const isHttpError = known instanceof HttpError;
  const refusal = {
    status: isHttpError ? known.status : statusOf(masked.extensions.code),
    headers: { ...(isHttpError ? known.headers : {}), 'content-type': JSON_TYPE },
    body: JSON.stringify({ errors: [masked] }),
  };
  if (isBodyPending(request)) sendAndHangUp(exchange, refusal, lingerMs);
  else send(exchange, refusal);
}
