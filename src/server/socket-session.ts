import type { Socket } from 'node:net';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import { DONE } from '../async/iteration.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { Leave } from '../execution/shared-subscriptions.ts';
import { Inbox } from './inbox.ts';
import { MemberOutbox } from './member-outbox.ts';
import type { OperationOrigin, Operations } from './operations.ts';
import { Outlet, type OutletLimits } from './outlet.ts';
import { failedStream, OperationFailed, type ResultStream, resultStream } from './result-stream.ts';
import { type SocketOperation, SocketOperations } from './socket-operations.ts';
import { nextFrames, nextHead } from './web-socket-frame.ts';

/** Close codes of the WebSocket protocol and of graphql-transport-ws that this server uses itself. */
export const CLOSE_CODES = {
  internal: 1011,
  restart: 1012,
  tryLater: 1013,
  badMessage: 4400,
  unauthorized: 4401,
  duplicateId: 4409,
} as const;

const CLOSING_BRACE = Buffer.from('}');

/** How long the other side may take to answer a close. */
const CLOSE_TIMEOUT_MS = 2_000;

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
  #closeTimer: NodeJS.Timeout | undefined;
  readonly underWay = new SocketOperations();
  readonly inbox: Inbox;
  /** Set once the client has said who it is. */
  viewer: Viewer | undefined;
  /** When the client last showed that it is there, in milliseconds of the process's own clock. */
  lastSeenAt = performance.now();

  constructor(options: SocketSessionOptions) {
    const { webSocket, socket, limits } = options;
    this.#options = options;
    this.#outlet = new Outlet({
      ...{ writable: socket, socket, ...limits },
      isOpen: () => webSocket.readyState === webSocket.OPEN,
      onBehind: () => this.#stopReading(),
      onStall: () => this.close(CLOSE_CODES.tryLater, 'Too slow'),
    });
    this.inbox = new Inbox({
      isBlocked: () => this.#outlet.isBehind,
      pause: () => this.#stopReading(),
      resume: () => {
        if (!this.#outlet.isBehind) webSocket.resume();
      },
    });
    this.#outlet.onDrain(() => {
      if (this.inbox.isEmpty) webSocket.resume();
      else this.inbox.unblock();
    });
    webSocket.on('pong', () => this.#seen()).on('message', () => this.#seen());
  }

  get authorization(): string | undefined {
    return this.#options.authorization;
  }

  /** Neither side has begun to close it. */
  get isOpen(): boolean {
    const { webSocket } = this.#options;
    return webSocket.readyState === webSocket.OPEN;
  }

  /**
   * To be called before each ping, whose answer comes late or not at all while bytes wait before it: that they move is
   * the sign of life then, and for how long they may stand still is decided by the stall timeout.
   */
  lookAtOutlet(): void {
    const isTaking = this.#outlet.takesBytes();
    if (isTaking || this.#outlet.isWatched) this.#seen();
  }

  /** Resolves when the text has left, or nobody is there to get it any more. */
  send(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.webSocket.send(text, () => resolve());
    this.#outlet.watch();
    return promise;
  }

  execute(operation: SocketOperation): Promise<ResultStream | ExecutionResult> {
    const { prepared, origin } = operation;
    return this.#guarded(origin, async () => {
      const { result, hasWrittenLists, release } = await this.#options.operations.execute(prepared, origin);
      this.underWay.releaseAtEnd(operation, release);
      return hasWrittenLists ? this.#writtenStream(operation.id, result) : result;
    });
  }

  /** Follows alone, or with all others that follow the same. */
  follow(operation: SocketOperation): Promise<ResultStream | ExecutionResult> {
    const { prepared, origin } = operation;
    const delivery = this.#options.operations.deliveryOf(prepared);
    return this.#guarded(origin, () =>
      delivery === undefined ? this.#followAlone(operation) : this.#followShared(operation, delivery),
    );
  }

  /** Closes in order, and for good when the client does not do its part. */
  close(code: number, reason: string): void {
    const { webSocket, socket } = this.#options;
    webSocket.close(code, reason);
    // The client's own close is still to be read.
    webSocket.resume();
    if (this.#closeTimer !== undefined || socket.destroyed) return;
    this.#closeTimer = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(this.#closeTimer));
  }

  /** To be called when the socket has closed. */
  closed(): void {
    this.inbox.close();
    this.underWay.failAll();
  }

  /** An operation that fails before there is any data ends with its errors, whichever way it fails. */
  async #guarded(
    { requestId }: OperationOrigin,
    run: () => Promise<ResultStream | ExecutionResult>,
  ): Promise<ResultStream | ExecutionResult> {
    try {
      const result = await run();
      if (Symbol.asyncIterator in result || result.data !== undefined) return result;
      return failedStream(result.errors ?? []);
    } catch (error) {
      return failedStream([this.#options.operations.maskFault(error, requestId)]);
    }
  }

  /** The one result, which goes to the socket past graphql-ws: that would make it text and bytes again. */
  #writtenStream(id: string, { errors, ...result }: ExecutionResult): ResultStream {
    return resultStream({
      next: async () => {
        // With the errors behind the data, as graphql-ws has it.
        const pieces = this.#options.operations.write({ ...result, ...(errors !== undefined && { errors }) });
        this.#outlet.write(nextFrames(nextHead(id), [{ key: undefined, json: Buffer.concat(pieces) }]));
        return DONE;
      },
      leave: () => {},
    });
  }

  async #followAlone({ id, prepared, origin }: SocketOperation): Promise<ResultStream | ExecutionResult> {
    const { operations } = this.#options;
    const started = await operations.subscribe(prepared, origin);
    if (!(Symbol.asyncIterator in started)) return started;
    const head = nextHead(id);
    return resultStream({
      next: async () => {
        try {
          // Past graphql-ws, which would make text of each response for each of its readers.
          for await (const { result } of started) {
            if (origin.signal.aborted) break;
            await this.#sendNext(head, operations.encode(result, origin.requestId));
          }
          return DONE;
        } catch (error) {
          throw new OperationFailed([operations.maskFault(error, origin.requestId)]);
        }
      },
      leave: () => void started.return(),
    });
  }

  /** Resolves when the message has left, or nobody is there to get it any more: only then the next one is asked for. */
  #sendNext(head: Buffer, json: Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const message = Buffer.concat([head, json, CLOSING_BRACE]);
    this.#options.webSocket.send(message, { binary: false }, () => resolve());
    this.#outlet.watch();
    return promise;
  }

  async #followShared(
    { id, prepared, origin }: SocketOperation,
    delivery: SharedDelivery<unknown>,
  ): Promise<ResultStream | ExecutionResult> {
    const { operations } = this.#options;
    const head = nextHead(id);
    const ended = Promise.withResolvers<IteratorResult<ExecutionResult, void>>();
    // Nobody may be waiting for it when it comes.
    ended.promise.catch(() => {});
    let leave: Leave = () => {};
    const member = new MemberOutbox({
      outlet: this.#outlet,
      frame: (payloads) => nextFrames(head, payloads),
      onEnd: (error) => {
        leave();
        if (error === undefined) ended.resolve(DONE);
        else ended.reject(new OperationFailed([operations.maskFault(error, origin.requestId)]));
      },
    });
    try {
      const joined = await operations.share(prepared, origin, { member, delivery });
      if (typeof joined !== 'function') {
        member.close();
        return joined;
      }
      leave = joined;
    } catch (error) {
      member.close();
      throw error;
    }
    return resultStream({
      // The payloads go to the socket past graphql-ws; that it pulls says that the operation is still wanted.
      next: () => {
        member.open();
        return ended.promise;
      },
      leave: () => {
        member.close();
        leave();
        ended.resolve(DONE);
      },
    });
  }

  /** What a client asks while it does not read would pile up as answers. */
  #stopReading(): void {
    if (this.isOpen) this.#options.webSocket.pause();
  }

  #seen(): void {
    this.lastSeenAt = performance.now();
  }
}
