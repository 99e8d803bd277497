import type { Clock } from './clock.ts';

/** Whether the promise resolves within the time; one that rejects does not. Whatever it comes to later is passed over. */
export async function resolvesWithin(promise: Promise<unknown>, clock: Clock, timeoutMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(timeoutMs, () => resolve(false));
  const settled = promise.then(
    () => true,
    () => false,
  );
  return Promise.race([settled, late]).finally(cancel);
}
