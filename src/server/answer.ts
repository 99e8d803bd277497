import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** One request and its answer, and what everything that handles it needs to know. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** On the answer and in the log. */
  readonly requestId: string;
  /** The request target up to the question mark. */
  readonly path: string;
  /** What follows the question mark. */
  readonly search: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Pieces are written one behind the other, without being copied. */
  readonly body: string | Buffer | readonly Buffer[];
}

/** An answer in one piece. */
export interface ShortAnswer extends Answer {
  readonly body: string | Buffer;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

/** On every answer, also on those that are written to the bare socket. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** Writes the whole answer with its length; the body stays away for HEAD. */
export function send({ request, response }: HttpExchange, { status, headers = {}, body }: Answer): void {
  const pieces = typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body;
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  response.writeHead(status, { ...headers, 'content-length': length });
  const last = pieces.at(-1);
  if (request.method === 'HEAD' || last === undefined) {
    response.end();
    return;
  }
  // Node holds them back and gives the kernel all at one go.
  for (const piece of pieces.slice(0, -1)) response.write(piece);
  response.end(last);
}

export function sendJson(exchange: HttpExchange, status: number, value: object): void {
  send(exchange, { status, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(value) });
}

/**
 * Answers a request whose body nobody will read, and closes the connection. The answer is complete for the client at
 * once, but it is given `lingerMs` to take it: closing over unread bytes makes the kernel reset the connection and the
 * client lose the answer.
 */
export function sendAndHangUp({ response }: HttpExchange, answer: ShortAnswer, lingerMs: number): void {
  const { status, headers = {}, body } = answer;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  response.write(body);
  const timer = setTimeout(() => response.destroy(), lingerMs);
  response.once('close', () => clearTimeout(timer));
}

/** Whether the request brings a body that has not arrived in full. */
export function isBodyPending({ headers, complete }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && !complete;
}
