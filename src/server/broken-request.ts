import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { COMMON_HEADERS, JSON_TYPE } from './answer.ts';
import { type Connections, endAndDestroy } from './connections.ts';

interface Refusal {
  readonly status: number;
  /** One of ErrorCode. */
  readonly code: string;
  readonly message: string;
}

const MALFORMED: Refusal = {
  status: 400,
  code: 'BAD_USER_INPUT',
  message: 'received what is not a valid HTTP request',
};

const REFUSAL_OF_FAULT: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'BAD_USER_INPUT',
    message: 'received no complete request within the time for it',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'COST_LIMIT',
    message: 'received headers that are larger than the limit of this server',
  },
};

/**
 * Answers what could not be read as a request and closes the connection. Answers that are owed for complete requests
 * before it on the same connection go first, so that no client takes this one for theirs.
 */
export function refuseBrokenRequest(
  fault: NodeJS.ErrnoException,
  socket: Duplex,
  { connections, newRequestId }: { connections: Connections; newRequestId: () => string },
): void {
  if (fault.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const owed = connections.owedOn(socket).filter((response) => response.req.complete);
  const last = owed.at(-1);
  const refuse = (): void => {
    if (socket.writable) endWith(socket, REFUSAL_OF_FAULT[fault.code ?? ''] ?? MALFORMED, newRequestId());
  };
  if (last === undefined) refuse();
  else last.once('close', refuse);
}

/** Writes a whole answer to a bare socket and closes it. */
export function endWith(socket: Duplex, { status, code, message }: Refusal, requestId: string): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
  const headers = {
    ...COMMON_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  endAndDestroy(socket);
}
