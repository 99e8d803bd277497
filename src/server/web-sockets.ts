import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { types } from 'node:util';
import type { ExecutionArgs, GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { CodedError } from '../domain/errors.ts';
import type { Viewer } from '../domain/viewer.ts';
import { IdReuse } from './id-reuse.ts';
import { toOperationRequest } from './operation-request.ts';
import { isRefused, type Operations } from './operations.ts';
import type { OutletLimits } from './outlet.ts';
import { OperationFailed } from './result-stream.ts';
import type { SocketOperation } from './socket-operations.ts';
import { CLOSE_CODES, SocketSession } from './socket-session.ts';

export interface WebSocketLimits extends OutletLimits {
  readonly messageBytes: number;
  /** From the handshake to the connection_init message. */
  readonly initTimeoutMs: number;
  /** From one ping to the next. */
  readonly keepAliveMs: number;
  /** A client that answers no ping for so long is gone. */
  readonly pongTimeoutMs: number;
  /** Operations under way on one socket. */
  readonly operationsPerSocket: number;
}

export interface WebSocketsOptions {
  readonly operations: Operations;
  readonly viewerOf: (authorization: string | undefined) => Promise<Viewer>;
  readonly newRequestId: () => string;
  readonly limits: WebSocketLimits;
}

const INVALID_MESSAGE = 'Invalid message received';
const DUPLICATE_ID = 'Subscriber already exists';
/** Codes of a viewer who is not let in, whenever he comes. */
const REFUSALS: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

type InitPayload = Record<string, unknown> | undefined;

/** An operation, and the socket that it came over. */
interface SocketTask {
  readonly session: SocketSession;
  readonly operation: SocketOperation;
}

/**
 * GraphQL over WebSocket (graphql-transport-ws). Whatever is wrong with an operation ends that operation; only what is
 * wrong with the protocol closes the socket.
 */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #sessions = new Map<WebSocket, SocketSession>();
  readonly #server: WebSocketServer;
  readonly #protocol: ReturnType<typeof makeServer<InitPayload, SocketSession>>;
  readonly #pinging: NodeJS.Timeout;

  constructor(options: WebSocketsOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Shared frames are written as they are, past the compression.
      perMessageDeflate: false,
      maxPayload: options.limits.messageBytes,
      handleProtocols: (offered) => handleProtocols(offered),
    });
    this.#protocol = makeServer<InitPayload, SocketSession>({
      connectionInitWaitTimeout: options.limits.initTimeoutMs,
      onConnect: (context) => this.#connect(context),
      onSubscribe: (context, id, payload) => this.#prepare(context.extra, id, payload),
      execute: (args) => taskOf(args).session.execute(taskOf(args).operation),
      subscribe: (args) => taskOf(args).session.follow(taskOf(args).operation),
      onError: ({ extra }, id, _payload, errors) => this.#mask(extra, id, errors),
      onComplete: ({ extra }, id) => extra.underWay.end(id),
    });
    this.#pinging = setInterval(() => this.#pingAll(), options.limits.keepAliveMs).unref();
  }

  /** Takes a connection over from HTTP, once the request was checked. */
  accept(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, request, socket));
  }

  /** Tells every client to connect again later, and ends when they are gone. */
  async close(): Promise<void> {
    clearInterval(this.#pinging);
    const gone = [...this.#sessions].map(([webSocket, session]) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      webSocket.once('close', () => resolve());
      session.close(CLOSE_CODES.restart, 'Service restart');
      return promise;
    });
    await Promise.all(gone);
  }

  #open(webSocket: WebSocket, request: IncomingMessage, socket: Socket): void {
    const { operations, limits } = this.#options;
    const { authorization } = request.headers;
    const session = new SocketSession({ webSocket, socket, authorization, operations, limits });
    this.#sessions.set(webSocket, session);
    const closed = this.#protocol.opened(
      {
        protocol: webSocket.protocol,
        send: (text) => session.send(text),
        // Its reason for an id that is in use repeats the id, which may also be longer than a reason can be.
        close: (code = CLOSE_CODES.badMessage, reason = '') =>
          session.close(code, code === CLOSE_CODES.duplicateId ? DUPLICATE_ID : reason),
        onMessage: (listener) => this.#receive(webSocket, session, listener),
      },
      session,
    );
    // It is closing with the code that the fault asks for; this sees to it that the client goes.
    webSocket.on('error', () => session.close(CLOSE_CODES.badMessage, INVALID_MESSAGE));
    webSocket.once('close', (code, reason) => {
      this.#sessions.delete(webSocket);
      session.closed();
      void closed(code, reason.toString());
    });
  }

  #receive(webSocket: WebSocket, session: SocketSession, listener: (message: string) => Promise<void>): void {
    const refuse = (): void => session.close(CLOSE_CODES.badMessage, INVALID_MESSAGE);
    const ids = new IdReuse({
      handle: async (message) => {
        // What comes behind a message that closed the socket is not for us any more.
        if (!session.isOpen) return;
        await listener(message).catch((fault: unknown) => {
          if (isUnexpectedMessage(fault)) refuse();
          else this.#giveUp(session, fault);
        });
      },
      onCompleted: (id) => session.underWay.abandon(id),
      onDuplicate: () => session.close(CLOSE_CODES.duplicateId, DUPLICATE_ID),
    });
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) refuse();
      else session.inbox.put(() => ids.receive(String(data)));
    });
  }

  /** Operations do not throw: a fault of ours. */
  #giveUp(session: SocketSession, fault: unknown): void {
    this.#options.operations.maskFault(fault, this.#options.newRequestId());
    session.close(CLOSE_CODES.internal, 'Internal error');
  }

  async #connect({ extra: session, connectionParams }: Context<InitPayload, SocketSession>): Promise<boolean> {
    const named = connectionParams?.authorization;
    try {
      session.viewer = await this.#options.viewerOf(typeof named === 'string' ? named : session.authorization);
      return true;
    } catch (error) {
      const { extensions } = this.#options.operations.maskFault(error, this.#options.newRequestId());
      // A client takes the first for final and comes again after the other.
      if (REFUSALS.includes(extensions.code)) session.close(CLOSE_CODES.unauthorized, 'Unauthorized');
      else session.close(CLOSE_CODES.tryLater, 'Try again later');
      return false;
    }
  }

  #prepare(session: SocketSession, id: string, payload: SubscribePayload) {
    const { operations, newRequestId, limits } = this.#options;
    const requestId = newRequestId();
    try {
      if (session.underWay.count >= limits.operationsPerSocket) throw tooManyOperations(limits.operationsPerSocket);
      if (session.viewer === undefined) throw new CodedError('UNAUTHENTICATED', 'nobody has said who asks');
      const prepared = operations.prepare(toOperationRequest(payload), requestId);
      if (isRefused(prepared)) return prepared.errors;
      const operation = session.underWay.begin({ id, prepared, viewer: session.viewer, requestId });
      const { document, operationName } = prepared;
      return {
        schema: operations.schema,
        document,
        ...(operationName !== undefined && { operationName }),
        contextValue: { session, operation } satisfies SocketTask,
      };
    } catch (error) {
      return [operations.maskFault(error, requestId)];
    }
  }

  #mask(session: SocketSession, id: string, errors: readonly GraphQLError[]) {
    const requestId = session.underWay.requestIdOf(id) ?? this.#options.newRequestId();
    session.underWay.fail(id);
    const told = errors.flatMap((error) => (error.cause instanceof OperationFailed ? error.cause.errors : [error]));
    return told.map((error) => this.#options.operations.maskFault(error, requestId).toJSON());
  }

  #pingAll(): void {
    const goneSince = performance.now() - this.#options.limits.pongTimeoutMs;
    for (const [webSocket, session] of this.#sessions) {
      session.lookAtOutlet();
      if (session.lastSeenAt < goneSince) webSocket.terminate();
      else if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
    }
  }
}

/** What graphql-ws throws of a message that only a server may send. */
function isUnexpectedMessage(fault: unknown): boolean {
  return types.isNativeError(fault) && fault.message.startsWith('Unexpected message of type ');
}

/** What `#prepare` gave graphql-ws on the way. */
function taskOf({ contextValue }: ExecutionArgs): SocketTask {
  return contextValue as SocketTask;
}

function tooManyOperations(most: number): CodedError {
  return new CodedError('COST_LIMIT', `received more than ${most} operations on one socket, wanted at most ${most}`);
}
