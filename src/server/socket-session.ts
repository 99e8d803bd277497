import type { Socket } from 'node:net';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import type { Viewer } from '../domain/viewer.ts';
import type { ResponseStream } from '../execution/response-stream.ts';
import { MemberOutbox } from './member-outbox.ts';
import type { OperationOrigin, Operations, PreparedOperation } from './operations.ts';
import { Outlet, type OutletLimits } from './outlet.ts';
import { nextFrames, nextHead } from './web-socket-frame.ts';

/** Close codes of the WebSocket protocol and of graphql-transport-ws that this server uses itself. */
export const CLOSE_CODES = { restart: 1012, tooSlow: 1013, badMessage: 4400, unauthorized: 4401 } as const;

/** How long the other side may take to answer a close. */
const CLOSE_TIMEOUT_MS = 2_000;

/** An operation on a socket, from its subscribe message to its end. */
export interface SocketOperation {
  readonly id: string;
  readonly prepared: PreparedOperation;
  readonly origin: OperationOrigin;
}

/** What graphql-ws pulls the results of a subscription from. */
export type ResultStream = AsyncGenerator<ExecutionResult, void, undefined>;

export interface SocketSessionOptions {
  readonly webSocket: WebSocket;
  /** The connection below the WebSocket. */
  readonly socket: Socket;
  /** The header of the handshake, for clients that cannot or need not say it in connection_init. */
  readonly authorization: string | undefined;
  readonly operations: Operations;
  readonly limits: OutletLimits;
}

/** One client on graphql-transport-ws, whose protocol graphql-ws keeps: what it follows, and how bytes reach it. */
export class SocketSession {
  readonly #options: SocketSessionOptions;
  readonly #outlet: Outlet;
  readonly #gone = new AbortController();
  readonly #releases = new Map<string, () => void>();
  readonly #underWay = new Map<string, string>();
  /** Set once the client has said who it is. */
  viewer: Viewer | undefined;
  /** When the client last showed that it is there, in milliseconds of the process's own clock. */
  lastSeenAt = performance.now();

  constructor(options: SocketSessionOptions) {
    const { webSocket, socket, limits } = options;
    this.#options = options;
    const onStall = (): void => this.close(CLOSE_CODES.tooSlow, 'Too slow');
    this.#outlet = new Outlet({ writable: socket, socket, ...limits, onStall });
    webSocket.on('pong', () => this.#seen()).on('message', () => this.#seen());
  }

  get authorization(): string | undefined {
    return this.#options.authorization;
  }

  /** Aborts when the socket closes. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Operations that were begun and have not ended. */
  get operationCount(): number {
    return this.#underWay.size;
  }

  begin(id: string, requestId: string): void {
    this.#underWay.set(id, requestId);
  }

  /** The request id of the operation under this id. */
  requestIdOf(id: string): string | undefined {
    return this.#underWay.get(id);
  }

  end(id: string): void {
    this.#underWay.delete(id);
    this.#releases.get(id)?.();
    this.#releases.delete(id);
  }

  /** Resolves when the text has left, or nobody is there to get it any more. */
  send(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.webSocket.send(text, () => resolve());
    this.#outlet.watch();
    return promise;
  }

  async execute({ id, prepared, origin }: SocketOperation): Promise<ExecutionResult> {
    const { result, release } = await this.#options.operations.execute(prepared, origin);
    if (this.signal.aborted) release();
    else this.#releases.set(id, release);
    return result;
  }

  /** Follows alone, or with all others that follow the same. */
  async follow(operation: SocketOperation): Promise<ResultStream | ExecutionResult> {
    const { operations } = this.#options;
    const { prepared, origin } = operation;
    const delivery = operations.deliveryOf(prepared);
    if (delivery === undefined) {
      const started = await operations.subscribe(prepared, origin);
      return Symbol.asyncIterator in started ? this.#maskedStream(started, origin.requestId) : started;
    }
    const head = nextHead(operation.id);
    const ended = Promise.withResolvers<IteratorResult<ExecutionResult, void>>();
    // Nobody may be waiting for it when it comes.
    ended.promise.catch(() => {});
    const outbox = new MemberOutbox({
      outlet: this.#outlet,
      frame: (payloads) => nextFrames(head, payloads),
      onEnd: (error) => (error === undefined ? ended.resolve(DONE) : ended.reject(error)),
    });
    const joined = await operations.share(prepared, origin, { member: outbox, delivery });
    if (typeof joined !== 'function') {
      outbox.close();
      return joined;
    }
    return asGenerator({
      // The payloads go to the socket past graphql-ws; that it pulls says that the operation is still wanted.
      next: () => {
        outbox.open();
        return ended.promise;
      },
      leave: () => {
        outbox.close();
        joined();
        ended.resolve(DONE);
      },
    });
  }

  /** Closes in order, and for good when the client does not answer. */
  close(code: number, reason: string): void {
    const { webSocket, socket } = this.#options;
    if (webSocket.readyState >= webSocket.CLOSING) return;
    webSocket.close(code, reason);
    const timer = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  /** To be called when the socket has closed. */
  closed(): void {
    this.#gone.abort();
    for (const id of [...this.#underWay.keys(), ...this.#releases.keys()]) this.end(id);
  }

  #maskedStream(stream: ResponseStream, requestId: string): ResultStream {
    const { operations } = this.#options;
    return asGenerator({
      next: async () => {
        const { done, value } = await stream.next();
        return done === true ? DONE : { done: false, value: operations.mask(value.result, requestId) };
      },
      leave: () => stream.return(),
    });
  }

  #seen(): void {
    this.lastSeenAt = performance.now();
  }
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

/** With every method by which graphql-ws tells a generator, and a `return` that never waits for a pending `next`. */
function asGenerator({
  next,
  leave,
}: {
  readonly next: () => Promise<IteratorResult<ExecutionResult, void>>;
  readonly leave: () => unknown;
}): ResultStream {
  const end = async () => {
    await leave();
    return DONE;
  };
  const generator: ResultStream = {
    next,
    return: end,
    throw: end,
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return generator;
}
