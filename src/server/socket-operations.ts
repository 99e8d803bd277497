import type { Viewer } from '../domain/viewer.ts';
import type { OperationOrigin, PreparedOperation } from './operations.ts';

/** An operation on a socket, from its subscribe message to its end. */
export interface SocketOperation {
  readonly id: string;
  readonly prepared: PreparedOperation;
  readonly origin: OperationOrigin;
}

export interface SocketRequest {
  /** Chosen by the client. */
  readonly id: string;
  readonly prepared: PreparedOperation;
  readonly viewer: Viewer;
  readonly requestId: string;
}

interface UnderWay {
  readonly requestId: string;
  readonly unwanted: AbortController;
  release: () => void;
}

/** The operations of one socket that were begun and have not ended. */
export class SocketOperations {
  readonly #underWay = new Map<string, UnderWay>();

  get count(): number {
    return this.#underWay.size;
  }

  begin({ id, prepared, viewer, requestId }: SocketRequest): SocketOperation {
    const unwanted = new AbortController();
    this.#underWay.set(id, { requestId, unwanted, release: () => {} });
    return { id, prepared, origin: { viewer, requestId, signal: unwanted.signal, resumeAfter: undefined } };
  }

  /** The request id of the operation under this id. */
  requestIdOf(id: string): string | undefined {
    return this.#underWay.get(id)?.requestId;
  }

  /** Has `release` called when the operation ends; at once when nobody waits for it any more. */
  releaseAtEnd({ id, origin }: SocketOperation, release: () => void): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined || origin.signal.aborted) release();
    else underWay.release = release;
  }

  /** Tells an operation that nobody waits for it any more. It is under way until it has taken notice. */
  abandon(id: string): void {
    this.#underWay.get(id)?.unwanted.abort();
  }

  end(id: string): void {
    const underWay = this.#underWay.get(id);
    this.#underWay.delete(id);
    underWay?.release();
  }

  /** Ends an operation that did not succeed. */
  fail(id: string): void {
    this.abandon(id);
    this.end(id);
  }

  failAll(): void {
    for (const id of [...this.#underWay.keys()]) this.fail(id);
  }
}
