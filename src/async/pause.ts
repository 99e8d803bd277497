import type { Clock } from './clock.ts';

/** What a pause is measured by, and what ends it early. */
export interface PauseOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves after `delayMs`; rejects with the signal's reason when that aborts before. */
export async function pause(delayMs: number, { clock, signal }: PauseOptions): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, resolve);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
