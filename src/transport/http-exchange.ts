import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { HttpFailure } from './http-failure.ts';

/** An answer that was read whole; its body as sent, but for gzip. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Of the header Retry-After. */
  readonly retryAfter: string | undefined;
  readonly bytes: Uint8Array;
}

export interface ExchangeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the exchange; its reason is what the promise rejects with. */
  readonly signal: AbortSignal;
}

export interface ExchangeLimits {
  readonly dispatcher: Dispatcher;
  /** Of a body, before and after it is unpacked. */
  readonly maxBytes: number;
}

const MOST_REDIRECTS = 3;
/** As much is read of a body that nobody wants, so that its connection can serve again. */
const DUMPED_BYTES = 65_536;
const unpack = promisify(gunzip);

/**
 * One GET and its whole answer, whatever its status. Redirects are followed within the same origin only: elsewhere,
 * other limits hold, and it is not for a vendor to say which hosts are asked. Fails with an HttpFailure, or as the
 * signal says.
 */
export async function exchange({ url, headers, signal }: ExchangeRequest, limits: ExchangeLimits): Promise<HttpAnswer> {
  let target = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(target, { headers, signal, dispatcher: limits.dispatcher });
    const location = response.statusCode >= 300 && response.statusCode < 400 ? response.headers.location : undefined;
    if (location === undefined) return readAnswer(response, { signal, maxBytes: limits.maxBytes });
    await response.body.dump({ limit: DUMPED_BYTES, signal }).catch(() => undefined);
    signal.throwIfAborted();
    target = redirectedTo(String(location), target);
    if (redirects === MOST_REDIRECTS) throw new HttpFailure('REDIRECTED', 'it redirects without end');
  }
}

async function send(
  url: URL,
  { headers, ...options }: Pick<ExchangeRequest, 'headers' | 'signal'> & Pick<ExchangeLimits, 'dispatcher'>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { ...options, headers: { 'accept-encoding': 'gzip', ...headers } });
  } catch (error) {
    throw asFailure(error, options.signal);
  }
}

function redirectedTo(location: string, from: URL): URL {
  const target = URL.parse(location, from);
  if (target === null || target.origin !== from.origin) {
    throw new HttpFailure('REDIRECTED', 'it redirects to another host', { cause: target?.host });
  }
  return target;
}

interface ReadingLimits {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

async function readAnswer(response: Dispatcher.ResponseData, limits: ReadingLimits): Promise<HttpAnswer> {
  const { statusCode: status, headers } = response;
  const packed = await readBody(response, limits);
  return {
    status,
    contentType: textOf(headers['content-type']),
    retryAfter: textOf(headers['retry-after']),
    bytes: await unpacked(packed, { encoding: textOf(headers['content-encoding']), maxBytes: limits.maxBytes }),
  };
}

async function readBody({ body }: Dispatcher.ResponseData, { signal, maxBytes }: ReadingLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      const bytes: Buffer = chunk;
      sizeBytes += bytes.length;
      // Thrown out of the loop, which destroys the body and its connection.
      if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
      chunks.push(bytes);
    }
  } catch (error) {
    throw asFailure(error, signal);
  }
  return Buffer.concat(chunks);
}

async function unpacked(
  packed: Buffer,
  { encoding, maxBytes }: { readonly encoding: string | undefined; readonly maxBytes: number },
): Promise<Uint8Array> {
  if (encoding === undefined || encoding === 'identity' || packed.length === 0) return packed;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new HttpFailure('BROKEN', 'its answer is packed in a way that was not asked for');
  }
  try {
    return await unpack(packed, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge(maxBytes) : new HttpFailure('BROKEN', 'its answer cannot be unpacked', { cause });
  }
}

function tooLarge(maxBytes: number): HttpFailure {
  return new HttpFailure('TOO_LARGE', `its answer has more than ${maxBytes} bytes`);
}

/** What the end of a connection is told as, unless it was the signal that ended it. */
function asFailure(cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (cause instanceof HttpFailure) return cause;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return new HttpFailure('NETWORK', `the connection failed${code}`, { cause: withoutBody(cause) });
}

/** undici's parser puts what it could not read into its errors, which are logged: all that had arrived. */
function withoutBody(cause: unknown): unknown {
  return cause instanceof Error && 'data' in cause ? new Error(`${cause.name}: ${cause.message}`) : cause;
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}
