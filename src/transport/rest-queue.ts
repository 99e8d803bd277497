import type { Clock } from '../async/clock.ts';
import { RestLanes, type Waiter } from './rest-lanes.ts';
import { RestRefusal } from './rest-refusal.ts';
import { REST_PRIORITIES, type RestPriority } from './rest-rules.ts';

const DEFAULT_MOST_QUEUED = 10_000;
const DEFAULT_MOST_UNDER_WAY = 3;

export interface RestQueueOptions {
  readonly clock: Clock;
  /** Requests that may wait; 10,000 unless given. */
  readonly mostQueued?: number | undefined;
  /**
   * Requests that may be under way at once, 3 unless given. Orders are counted apart, as many again: were they not, one
   * could wait for the time limit of three slow answers that nobody needs as much.
   */
  readonly mostUnderWay?: number | undefined;
  /** Why nothing of a priority may be sent now; undefined: it may. Asked when a request comes and when it is its turn. */
  readonly gate: (priority: RestPriority) => string | undefined;
  /** A request for market data was given up, with how many were before. */
  readonly onDropped?: ((dropped: number, reason: string) => void) | undefined;
}

/** A request as the queue sees it. Exactly one of the functions settles it: `attempt` with undefined, or `refuse`. */
export interface QueuedRequest extends Waiter {
  /** While the gate is closed it waits, and is not refused. */
  readonly hold: boolean;
  /** Until then its turn must have come, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly signal?: AbortSignal | undefined;
  /** Sends it. Answers after how many milliseconds it is to be sent again; undefined: it is settled. Never rejects. */
  attempt(signal: AbortSignal): Promise<number | undefined>;
  refuse(refusal: RestRefusal): void;
}

export interface StopOptions {
  /** Whether what waits is still sent. */
  readonly drain: boolean;
  /** After which what is left is refused and what is under way is ended. */
  readonly timeoutMs: number;
}

export interface RestQueueStatus {
  /** Those that wait, for their turn, their pool, the gate, or to be sent again. */
  readonly queued: number;
  readonly underWay: number;
  /** Requests for market data that were given up, since the start. */
  readonly dropped: number;
}

/**
 * Requests on their way to one venue: few are under way at a time, and orders go first. One that is to be sent again
 * gives its place up until then. Whatever comes in is settled, whatever happens.
 */
export class RestQueue {
  readonly #options: RestQueueOptions;
  readonly #lanes = new RestLanes<QueuedRequest>();
  /** Waiting, with what ends its timers and listeners. */
  readonly #waiting = new Map<QueuedRequest, () => void>();
  readonly #underWay = new Set<QueuedRequest>();
  readonly #ending = new AbortController();
  readonly #idle: PromiseWithResolvers<void> = Promise.withResolvers();
  #hasStopped = false;
  #dropped = 0;
  #cancelPump: (() => void) | undefined;

  constructor(options: RestQueueOptions) {
    this.#options = options;
  }

  status(): RestQueueStatus {
    return { queued: this.#waiting.size, underWay: this.#underWay.size, dropped: this.#dropped };
  }

  /** Never throws: a request that cannot be taken is refused. */
  add(request: QueuedRequest): void {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      this.#turnAway(request, refusal);
      return;
    }
    this.#wait(request);
    this.#lanes.add(request, false);
    this.#pump();
  }

  /** The gate may have opened or closed. */
  gateChanged(): void {
    this.#pump();
  }

  /**
   * Takes nothing more. Resolves when nothing waits and nothing is under way, which is after `timeoutMs` at the latest,
   * but for what does not end when it is told to.
   */
  async stop({ drain, timeoutMs }: StopOptions): Promise<void> {
    this.#hasStopped = true;
    if (!drain) this.#end();
    const cancel = this.#options.clock.after(timeoutMs, () => this.#end());
    this.#pump();
    await this.#idle.promise;
    cancel();
  }

  #end(): void {
    this.#ending.abort(new Error('the client was stopped'));
    for (const request of [...this.#waiting.keys()]) this.#give(request).refuse(stopped());
    this.#pump();
  }

  /** Starts what may start now, and looks again when more may. */
  #pump(): void {
    const { clock } = this.#options;
    const open = this.#openPriorities();
    const next = () => this.#lanes.next(clock.now(), open.filter(this.#hasRoom));
    this.#cancelPump?.();
    this.#cancelPump = undefined;
    let found = next();
    for (; found.type === 'ENTRY'; found = next()) this.#run(this.#give(found.entry));
    if (found.until < Number.POSITIVE_INFINITY)
      this.#cancelPump = clock.after(found.until - clock.now(), () => this.#pump());
    if (this.#hasStopped && this.#waiting.size === 0 && this.#underWay.size === 0) this.#idle.resolve();
  }

  readonly #hasRoom = (priority: RestPriority): boolean => {
    const { mostUnderWay = DEFAULT_MOST_UNDER_WAY } = this.#options;
    const isOrder = priority === 'ORDER';
    const alike = [...this.#underWay].filter((request) => (request.priority === 'ORDER') === isOrder);
    return alike.length < mostUnderWay;
  };

  /** Those whose gate is open; what waits at a closed one and is not held is refused. */
  #openPriorities(): RestPriority[] {
    return REST_PRIORITIES.filter((priority) => {
      const closed = this.#options.gate(priority);
      if (closed === undefined) return true;
      for (const request of this.#lanes.of(priority)) {
        if (!request.hold) this.#turnAway(this.#give(request), new RestRefusal('GATEWAY_DOWN', closed));
      }
      return false;
    });
  }

  #run(request: QueuedRequest): void {
    this.#underWay.add(request);
    request.pool?.take(request.weight, this.#options.clock.now());
    const { signal } = request;
    const ending = signal === undefined ? this.#ending.signal : AbortSignal.any([this.#ending.signal, signal]);
    void request.attempt(ending).then((delayMs) => {
      this.#underWay.delete(request);
      if (delayMs !== undefined) this.#repeat(request, delayMs);
      this.#pump();
    });
  }

  /** Undefined: it may wait for its turn. */
  #refusalOf({ signal, priority, hold }: QueuedRequest): RestRefusal | undefined {
    const { gate, mostQueued = DEFAULT_MOST_QUEUED } = this.#options;
    if (this.#hasStopped) return stopped();
    if (signal?.aborted) return givenUp(signal);
    const closed = gate(priority);
    if (closed !== undefined && !hold) return new RestRefusal('GATEWAY_DOWN', closed);
    if (this.#waiting.size < mostQueued) return undefined;
    return new RestRefusal('QUEUE_FULL', `${mostQueued} requests wait already`);
  }

  /** It was taken in once, so that neither a full queue nor a stop that drains is a reason against it. */
  #repeat(request: QueuedRequest, delayMs: number): void {
    const { signal } = request;
    if (signal?.aborted) request.refuse(givenUp(signal));
    else if (this.#ending.signal.aborted) request.refuse(stopped());
    else this.#wait(request, this.#afterDelay(request, delayMs));
  }

  #afterDelay(request: QueuedRequest, delayMs: number): () => void {
    return this.#options.clock.after(delayMs, () => {
      this.#lanes.add(request, true);
      this.#pump();
    });
  }

  /** Until it is given up by somebody, or has waited too long. */
  #wait(request: QueuedRequest, cancelDelay = (): void => {}): void {
    const { clock } = this.#options;
    const { signal, deadlineAt } = request;
    const onAbort = (): void => {
      if (signal !== undefined) this.#give(request).refuse(givenUp(signal));
      this.#pump();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancelDeadline = Number.isFinite(deadlineAt)
      ? clock.after(deadlineAt - clock.now(), () => {
          this.#give(request).refuse(new RestRefusal('DEADLINE_PASSED', 'it waited longer than it may'));
          this.#pump();
        })
      : () => {};
    this.#waiting.set(request, () => {
      signal?.removeEventListener('abort', onAbort);
      cancelDeadline();
      cancelDelay();
    });
  }

  /** Takes a request out of those that wait. */
  #give(request: QueuedRequest): QueuedRequest {
    this.#waiting.get(request)?.();
    this.#waiting.delete(request);
    this.#lanes.remove(request);
    return request;
  }

  #turnAway(request: QueuedRequest, refusal: RestRefusal): void {
    const isDropped = refusal.kind === 'QUEUE_FULL' || refusal.kind === 'GATEWAY_DOWN';
    if (request.priority === 'MARKET_DATA' && isDropped) {
      this.#dropped += 1;
      this.#options.onDropped?.(this.#dropped, refusal.message);
    }
    request.refuse(refusal);
  }
}

function stopped(): RestRefusal {
  return new RestRefusal('CLIENT_STOPPED', 'the client was stopped');
}

function givenUp({ reason }: AbortSignal): RestRefusal {
  return new RestRefusal('GIVEN_UP', reason instanceof Error ? reason.message : 'the request was given up');
}
