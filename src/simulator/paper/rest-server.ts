import type { IncomingMessage, ServerResponse } from 'node:http';
import { type JsonObject, parseObject } from '../../domain/json-text.ts';
import { CODES, EXPIRY_HEADER, writeAnswer } from '../../exchanges/okx/account-dialect.ts';
import { MAX_REQUEST_BYTES } from '../../exchanges/okx/dialect.ts';
import { requestSignature, SIGNATURE_HEADERS } from '../../exchanges/okx/sign.ts';
import { pathOf } from '../loopback-server.ts';
import { isSameText, type PaperCredentials } from './credentials.ts';
import type { Interference } from './interference.ts';
import type { RestAnswer, RestRoute } from './rest-request.ts';

export interface RestServerOptions {
  readonly routes: readonly (readonly [path: string, route: RestRoute])[];
  readonly credentials: PaperCredentials;
  readonly now: () => number;
  readonly interfere: (request: { method: string; path: string }) => Interference;
}

/** Codes that the account dialect does not read. */
const OWN_CODES = {
  missingApiKey: '50103',
  missingPassphrase: '50104',
  missingSignature: '50106',
  missingTimestamp: '50107',
  notFound: '404',
  tooLarge: '413',
} as const;

const LONGEST_DRIFT_MS = 30_000;

/** Answers requests over HTTP as the venue would. */
export function createRestServer(options: RestServerOptions): (i: IncomingMessage, o: ServerResponse) => void {
  return (request, response) => {
    request.on('error', () => {});
    const { method = '', url } = request;
    const interference = options.interfere({ method, path: pathOf(url) });
    if (interference === 'DROP_BEFORE') return void request.socket.resetAndDestroy();
    if (typeof interference === 'object') {
      response.writeHead(interference.status, { 'content-type': 'application/json', ...interference.headers });
      response.end(interference.body);
      return;
    }
    void readBody(request).then((body) => {
      // Nothing is done for who has gone before it had said everything.
      if (body === 'ABORTED') return;
      const answer =
        body === 'TOO_LARGE' ? refuse(413, OWN_CODES.tooLarge, 'Body too large') : act(request, body, options);
      if (interference === 'DROP_AFTER') return void request.socket.resetAndDestroy();
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        ...(body === 'TOO_LARGE' && { connection: 'close' }),
      });
      response.end(answer.body);
    });
  };
}

/** UTF-8 text, as long as it is no longer than the venue takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'TOO_LARGE' | 'ABORTED'> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_REQUEST_BYTES) return 'TOO_LARGE';
    }
  } catch {
    return 'ABORTED';
  }
  return Buffer.concat(chunks);
}

function act(request: IncomingMessage, bytes: Buffer, options: RestServerOptions): RestAnswer {
  const { method = '', url = '' } = request;
  const path = pathOf(url);
  const routes = options.routes.filter(([served]) => served === path).map(([, served]) => served);
  if (routes.length === 0) return refuse(404, OWN_CODES.notFound, 'Not Found');
  const route = routes.find((each) => each.method === method);
  if (route === undefined) return refuse(405, CODES.badMethod, 'Invalid request method');
  const text = bytes.toString('utf8');
  const refusal = route.isPrivate ? refuseSignature(request, text, options) : undefined;
  if (refusal !== undefined) return refusal;
  const body: JsonObject | undefined = route.method === 'GET' ? {} : parseObject(text);
  if (body === undefined) return refuse(400, CODES.badJson, 'JSON syntax error');
  const query = new Map(new URLSearchParams(url.slice(path.length)));
  try {
    return { status: 200, body: route.answer({ query, body, expiresAt: headerOf(request, EXPIRY_HEADER) }) };
  } catch {
    // The journal could not be written. Who asked must find out what became of it.
    return refuse(500, CODES.systemError, 'System error. Try again later');
  }
}

/** https://www.okx.com/docs-v5/en/#overview-rest-authentication */
function refuseSignature(
  request: IncomingMessage,
  body: string,
  { credentials, now }: RestServerOptions,
): RestAnswer | undefined {
  const apiKey = headerOf(request, SIGNATURE_HEADERS.apiKey);
  const sign = headerOf(request, SIGNATURE_HEADERS.signature);
  const timestamp = headerOf(request, SIGNATURE_HEADERS.timestamp);
  const passphrase = headerOf(request, SIGNATURE_HEADERS.passphrase);
  if (apiKey === undefined) return refuseMissing(OWN_CODES.missingApiKey, SIGNATURE_HEADERS.apiKey);
  if (sign === undefined) return refuseMissing(OWN_CODES.missingSignature, SIGNATURE_HEADERS.signature);
  if (timestamp === undefined) return refuseMissing(OWN_CODES.missingTimestamp, SIGNATURE_HEADERS.timestamp);
  if (passphrase === undefined) return refuseMissing(OWN_CODES.missingPassphrase, SIGNATURE_HEADERS.passphrase);
  const signedAt = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(signedAt)) return refuse(401, CODES.badTimestamp, 'Invalid OK-ACCESS-TIMESTAMP');
  if (Math.abs(signedAt - now()) > LONGEST_DRIFT_MS) {
    return refuse(401, CODES.timestampExpired, 'Timestamp request expired');
  }
  if (!isSameText(apiKey, credentials.apiKey)) return refuse(401, CODES.badApiKey, 'Invalid OK-ACCESS-KEY');
  if (!isSameText(passphrase, credentials.passphrase)) {
    return refuse(401, CODES.badPassphrase, 'Request header OK-ACCESS-PASSPHRASE incorrect.');
  }
  // A route of another method has been refused already.
  const method = request.method === 'POST' ? 'POST' : 'GET';
  const expected = requestSignature({ method, target: request.url ?? '', body }, timestamp, credentials.secret);
  return isSameText(sign, expected) ? undefined : refuse(401, CODES.badSignature, 'Invalid Sign');
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function refuseMissing(code: string, header: string): RestAnswer {
  return refuse(401, code, `Request header ${header.toUpperCase()} can not be empty.`);
}

function refuse(status: number, code: string, msg: string): RestAnswer {
  return { status, body: writeAnswer([], code, msg) };
}
