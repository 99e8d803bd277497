import { describe, expect, it } from 'vitest';
import { DeadlineError, withDeadline } from '../../src/async/deadline.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('withDeadline', () => {
  it('answers what the task answers', async () => {
    await expect(withDeadline(async () => 1, { timeoutMs: 1000, signal: new AbortController().signal })).resolves.toBe(
      1,
    );
  });

  it('passes a failure of the task on, a synchronous one too', async () => {
    const options = { timeoutMs: 1000, signal: new AbortController().signal };
    await expect(withDeadline(() => Promise.reject(new Error('no')), options)).rejects.toThrow('no');
    await expect(
      withDeadline(() => {
        throw new Error('never');
      }, options),
    ).rejects.toThrow('never');
  });

  it('rejects when the time is over, and aborts a task that does not listen', async () => {
    let seen: AbortSignal | undefined;
    const late = withDeadline(
      (signal) => {
        seen = signal;
        return never();
      },
      { timeoutMs: 1, signal: new AbortController().signal },
    );
    await expect(late).rejects.toBeInstanceOf(DeadlineError);
    expect(seen?.aborted).toBe(true);
  });

  it('rejects with the reason of the signal that ends it', async () => {
    const controller = new AbortController();
    const ended = withDeadline(never, { timeoutMs: 60_000, signal: controller.signal });
    controller.abort(new Error('closing'));
    await expect(ended).rejects.toThrow('closing');
  });

  it('starts nothing when the signal has aborted already', async () => {
    let calls = 0;
    const refused = withDeadline(
      async () => {
        calls += 1;
      },
      { timeoutMs: 1000, signal: AbortSignal.abort(new Error('closed')) },
    );
    await expect(refused).rejects.toThrow('closed');
    expect(calls).toBe(0);
  });
});
