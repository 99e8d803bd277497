import { answerWithin } from './answer-within.ts';
import type { Clock } from './clock.ts';

/** Whether the promise resolves within the time; one that rejects does not. Whatever it comes to later is passed over. */
export function resolvesWithin(promise: Promise<unknown>, clock: Clock, timeoutMs: number): Promise<boolean> {
  return answerWithin(promise, clock, timeoutMs).then(
    () => true,
    () => false,
  );
}
