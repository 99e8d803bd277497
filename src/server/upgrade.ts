import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { types } from 'node:util';
import { CodedError, quoted } from '../domain/errors.ts';
import { endWith } from './broken-request.ts';
import { HttpError, statusOf } from './http-error.ts';
import { assertAllowed, requestIdOf } from './request-checks.ts';
import type { Desk } from './serve.ts';
import type { WebSockets } from './web-sockets.ts';

export interface UpgradeParts {
  readonly desk: Desk;
  readonly sockets: WebSockets;
  readonly isStopping: boolean;
}

export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Hands a connection over to the WebSocket protocol, after the checks that every request has to pass. */
export function upgrade({ desk, sockets, isStopping }: UpgradeParts, { request, socket, head }: UpgradeRequest): void {
  // Until somebody else listens: a client that goes away is no fault of ours.
  socket.on('error', () => socket.destroy());
  try {
    assertAllowed(request, desk.peers);
    if (isStopping) throw new CodedError('SHUTTING_DOWN', 'this server is stopping, connect again');
    const [path] = (request.url ?? '/').split('?', 1);
    if (path !== '/graphql') throw notFoundAt(path);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') throw notWebSocket(request.headers.upgrade);
    if (!(socket instanceof Socket)) throw new Error('a connection that is no socket');
    sockets.accept(request, socket, head);
  } catch (error) {
    const requestId = requestIdOf(request.headers, desk.newRequestId);
    const { message, extensions } = desk.maskError(error, requestId);
    const status = types.isNativeError(error) && error instanceof HttpError ? error.status : statusOf(extensions.code);
    endWith(socket, { status, code: String(extensions.code), message }, requestId);
  }
}

function notFoundAt(path: string | undefined): HttpError {
  return new HttpError('NOT_FOUND', `there is no WebSocket at ${quoted(path)}`, { status: 404 });
}

function notWebSocket(protocol: string | undefined): HttpError {
  return new HttpError('BAD_USER_INPUT', `received an upgrade to ${quoted(protocol)}, wanted websocket`, {
    status: 400,
  });
}
