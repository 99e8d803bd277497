import type { Clock } from './clock.ts';
import { DeadlineError } from './deadline.ts';

/**
 * The answer of somebody outside this process, if it comes within the time: otherwise a DeadlineError. What has come while
 * this process was busy is not late, since it is looked at once more before time is up. Whatever comes later is passed over.
 */
export async function answerWithin<Answer>(answer: Promise<Answer>, clock: Clock, timeoutMs: number): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(timeoutMs, () => {
    // Node runs timers, then reads what has come, then runs this.
    setImmediate(() => reject(new DeadlineError(timeoutMs)));
  });
  return Promise.race([answer, late]).finally(cancel);
}
