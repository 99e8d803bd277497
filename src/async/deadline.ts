/** A task did not end within its time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`received no answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** How long a task may take, and what ends it earlier. */
export interface DeadlineOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a task until it ends, `signal` aborts or the time is over, whichever comes first. The task's own signal aborts
 * in the latter two cases, and the promise rejects at once, even when the task does not listen: with the signal's
 * reason or a DeadlineError.
 */
export async function withDeadline<Value>(
  task: (signal: AbortSignal) => Promise<Value>,
  { timeoutMs, signal }: DeadlineOptions,
): Promise<Value> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const onAbort = new AbortListener(() => stop(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop(new DeadlineError(timeoutMs)), timeoutMs);
  try {
    return await Promise.race([task(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    onAbort.forget();
  }
}

/**
 * A listener that can be emptied. Node's removed listeners still point at those that were added after them: where there
 * is always one, they all stay until the next full collection of garbage, with everything that they know.
 */
class AbortListener {
  #stop: (() => void) | undefined;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  handleEvent(): void {
    this.#stop?.();
  }

  forget(): void {
    this.#stop = undefined;
  }
}
