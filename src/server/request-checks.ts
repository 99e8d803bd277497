import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { quoted } from '../domain/errors.ts';
import { HttpError } from './http-error.ts';

/** A header that no web page can send to another origin without a preflight. Its value does not matter. */
export const CSRF_HEADER = 'x-deskgraph-csrf';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const PREFLIGHT_MAX_AGE_SECONDS = 600;
const MAX_PORT = 65_535;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

export interface AllowedPeers {
  /** Names and addresses, without port, under which this server may be asked besides the loopback ones. */
  readonly hosts: readonly string[];
  /** Origins (`https://desk.example`) whose pages may ask it from a browser. */
  readonly corsOrigins: readonly string[];
}

/** Refuses whatever should not have reached this server, over any protocol. */
export function assertAllowed(request: IncomingMessage, peers: AllowedPeers): void {
  assertUnambiguous(request);
  assertHost(request.headers, peers);
  assertOrigin(request.headers, peers);
}

/**
 * Refuses what another server on the way may have read in another way than this one: two hosts, an encoding around the
 * chunks, an expectation that nobody here knows.
 */
function assertUnambiguous({ headers, headersDistinct }: IncomingMessage): void {
  const { expect, 'transfer-encoding': transferEncoding = 'chunked' } = headers;
  if ((headersDistinct.host?.length ?? 0) > 1) {
    throw new HttpError('BAD_USER_INPUT', 'received more than one host, wanted one', { status: 400 });
  }
  if (transferEncoding.toLowerCase() !== 'chunked') {
    const message = `received the transfer encoding ${quoted(transferEncoding)}, wanted chunked or none`;
    throw new HttpError('BAD_USER_INPUT', message, { status: 501 });
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    const message = `received the expectation ${quoted(expect)}, wanted 100-continue or none`;
    throw new HttpError('BAD_USER_INPUT', message, { status: 417 });
  }
}

/**
 * Refuses with FORBIDDEN a name that is not ours, which is how a page that rebinds its own name to this address arrives.
 * Any port is right: the server may stand behind a forwarded one.
 */
function assertHost({ host }: IncomingHttpHeaders, { hosts }: AllowedPeers): void {
  const [, name = '', port = '0'] = /^(.*?)(?::(\d{1,5}))?$/.exec((host ?? '').toLowerCase()) ?? [];
  const isKnown = LOOPBACK_NAMES.includes(name) || hosts.some((allowed) => allowed.toLowerCase() === name);
  if (isKnown && Number(port) <= MAX_PORT) return;
  throw new HttpError('FORBIDDEN', `received the host ${quoted(host ?? '')}, wanted a name of this server`, {
    status: 403,
  });
}

/** Refuses with FORBIDDEN a page of another origin, unless it is listed. Who is no browser sends no origin. */
function assertOrigin(headers: IncomingHttpHeaders, { corsOrigins }: AllowedPeers): void {
  const { origin, host } = headers;
  if (origin === undefined || isSameOrigin(origin, host) || corsOrigins.includes(origin)) return;
  throw new HttpError('FORBIDDEN', `received the origin ${quoted(origin)}, wanted this server's own or a listed one`, {
    status: 403,
  });
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  // As browsers write it; what merely means the same is no browser's.
  return URL.parse(`http://${host}`)?.origin === origin;
}

/** Headers that let a page of a listed origin read the answer; none for anybody else, and never credentials. */
export function corsHeaders({ origin }: IncomingHttpHeaders, { corsOrigins }: AllowedPeers): Map<string, string> {
  if (origin === undefined || !corsOrigins.includes(origin)) return new Map();
  return new Map([
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'x-request-id'],
  ]);
}

/** What a preflight of a listed origin is told besides. */
export const PREFLIGHT_HEADERS: OutgoingHttpHeaders = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': `content-type, authorization, x-request-id, ${CSRF_HEADER}`,
  'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
};

/** Only JSON in UTF-8, as it is: every other type can be posted by a web page without a preflight. */
export function assertJsonContent(headers: IncomingHttpHeaders): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw unsupported(`the content type ${quoted(headers['content-type'] ?? '')}, wanted application/json in UTF-8`);
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw unsupported(`the content encoding ${quoted(encoding)}, wanted none`);
}

function unsupported(received: string): HttpError {
  return new HttpError('BAD_USER_INPUT', `received ${received}`, { status: 415 });
}

/** A web page of another origin can make a browser send a plain GET; it cannot add this header to it. */
export function assertPreflighted(headers: IncomingHttpHeaders): void {
  if (headers[CSRF_HEADER] !== undefined) return;
  throw new HttpError('FORBIDDEN', `received a GET without the header ${CSRF_HEADER}, wanted the header or a POST`, {
    status: 403,
  });
}

/** The caller's own id when it is short and plain, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders, newRequestId: () => string): string {
  const received = headers['x-request-id'];
  return typeof received === 'string' && REQUEST_ID.test(received) ? received : newRequestId();
}
