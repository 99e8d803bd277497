import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../async/clock.ts';

export type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RestRequest {
  readonly method: RestMethod;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer, whatever its status. */
export class RestResponse {
  readonly status: number;
  readonly text: string;
  readonly #headers: IncomingHttpHeaders;

  constructor(status: number, text: string, headers: IncomingHttpHeaders = {}) {
    this.status = status;
    this.text = text;
    this.#headers = headers;
  }

  /** The value of a header, which is named in small letters; several are joined by commas. */
  header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }
}

/** NO: nothing of the request left this machine. PERHAPS: it may have arrived, and been carried out. */
export type WasSent = 'NO' | 'PERHAPS';

export type ExchangeOutcome =
  | { readonly type: 'ANSWERED'; readonly response: RestResponse }
  /** The reason has neither headers nor body of the request. */
  | { readonly type: 'FAILED'; readonly wasSent: WasSent; readonly reason: string };

export interface ExchangeOptions {
  /** With a path in front of all targets if there is one. */
  readonly url: URL;
  readonly agent: http.Agent;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends the exchange, as the request's own does. */
  readonly signal: AbortSignal;
  /** Certificates that are trusted instead of Node's own, as PEM. */
  readonly ca?: string | undefined;
}

/** Sends one request, once, and reads the whole answer. Never rejects. */
export async function exchange(request: RestRequest, options: ExchangeOptions): Promise<ExchangeOutcome> {
  const { clock, timeoutMs, maxBytes } = options;
  // Not AbortSignal.any, which the signals that live as long as the client would remember for each request.
  const signals = request.signal === undefined ? [options.signal] : [options.signal, request.signal];
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) return failed('NO', aborted.reason);
  const outgoing = open(request, options);
  // Of a header or a path that cannot be written; the message has no header's value.
  if (outgoing instanceof Error) return failed('NO', outgoing);
  const wasSent = watch(outgoing);
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    // Both: a request that waits for a connection says nothing before it gets one.
    outgoing.destroy();
    reject(reason);
  };
  const onAbort = (): void => stop(signals.find((signal) => signal.aborted)?.reason);
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  const cancelDeadline = clock.after(timeoutMs, () => stop(`received no whole answer within ${timeoutMs} ms`));
  try {
    const response = await Promise.race([stopped, readResponse(outgoing, { body: request.body, maxBytes })]);
    return { type: 'ANSWERED', response };
  } catch (reason) {
    return failed(wasSent(), reason);
  } finally {
    cancelDeadline();
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  }
}

function failed(wasSent: WasSent, reason: unknown): ExchangeOutcome {
  return { type: 'FAILED', wasSent, reason: describe(reason) };
}

function open({ method, target, headers }: RestRequest, { url, agent, ca }: ExchangeOptions): ClientRequest | Error {
  const { protocol, hostname, port, pathname } = url;
  const { request } = protocol === 'https:' ? https : http;
  try {
    return request({
      method,
      protocol,
      // A host in brackets is an address of IPv6, which is written without them here.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port,
      path: `${pathname.replace(/\/$/, '')}${target}`,
      headers: { accept: 'application/json', 'user-agent': 'deskgraph', ...headers },
      agent,
      ...(ca === undefined ? {} : { ca }),
    });
  } catch (error) {
    return error instanceof Error ? error : new Error('an unknown failure');
  }
}

/** What is written before a connection stands, TLS included, stays here. */
function watch(outgoing: ClientRequest): () => WasSent {
  let isConnected = false;
  const onConnected = (): void => {
    isConnected = true;
  };
  outgoing.once('socket', (socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', onConnected);
    else onConnected();
  });
  return () => (isConnected ? 'PERHAPS' : 'NO');
}

interface ReadingOptions {
  readonly body: string;
  readonly maxBytes: number;
}

async function readResponse(outgoing: ClientRequest, { body, maxBytes }: ReadingOptions): Promise<RestResponse> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // Stays for good: what was destroyed may emit again, and an 'error' without listener would end the process.
  outgoing.on('error', reject);
  outgoing.once('response', resolve);
  outgoing.end(body);
  const response = await answered;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw new Error(`received an answer of more than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return new RestResponse(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), response.headers);
}

/** Of several addresses that all failed, Node's error has only the code. */
function describe(reason: unknown): string {
  if (!(reason instanceof Error)) return typeof reason === 'string' ? reason : 'the request was given up';
  return reason.message || ('code' in reason ? String(reason.code) : reason.name);
}
