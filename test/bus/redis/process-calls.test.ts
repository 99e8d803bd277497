import { expect, it, vi } from 'vitest';
import { NoAnswerError, NotSentError, ProcessCalls } from '../../../src/bus/redis/process-calls.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import { describeOnRedis, type RedisSuite } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';

async function openProcess({ server }: RedisSuite, id: string) {
  const { link } = linkTo(server.url, id);
  const calls = new ProcessCalls(link, 500);
  await link.open();
  return { link, calls, [Symbol.asyncDispose]: () => link.close() };
}

describeOnRedis('calls from process to process', (redis) => {
  it('are answered, each by its own answer, by nothing, or by the failure of the other process', async () => {
    await using caller = await openProcess(redis(), 'caller');
    await using called = await openProcess(redis(), 'called');
    called.calls.handle('double', ({ number }, from) => `${from} ${2 * Number(number)}`);
    called.calls.handle('nothing', () => undefined);
    called.calls.handle('refuse', () => {
      throw new CodedError('BAD_USER_INPUT', 'not that');
    });
    called.calls.handle('break', () => Promise.reject(new Error('a secret')));
    const doubled = [1, 2, 3].map((number) => caller.calls.ask('called', 'double', { number }));
    expect(await Promise.all(doubled)).toEqual(['caller 2', 'caller 4', 'caller 6']);
    expect(await caller.calls.ask('called', 'nothing', {})).toBeUndefined();
    await expect(caller.calls.ask('called', 'refuse', {})).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(caller.calls.ask('called', 'break', {})).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('say whether they were sent when there is no answer', async () => {
    const { server } = redis();
    await using caller = await openProcess(redis(), 'caller');
    const called = await openProcess(redis(), 'called');
    let asked = 0;
    called.calls.handle('hang', () => {
      asked += 1;
      return new Promise(() => {});
    });
    await expect(caller.calls.ask(undefined, 'hang', {})).rejects.toThrow(NotSentError);
    await expect(caller.calls.ask('nobody', 'hang', {})).rejects.toThrow(NotSentError);
    await expect(caller.calls.ask('called', 'hang', {})).rejects.toThrow(NoAnswerError);
    await expect(caller.calls.ask('called', 'unknown', {})).rejects.toThrow(NoAnswerError);
    server.freeze();
    // Whether a frozen Redis passes it on later nobody knows.
    await expect(caller.calls.ask('called', 'hang', {})).rejects.toThrow(NoAnswerError);
    await vi.waitFor(() => expect(caller.link.isUp).toBe(false));
    await expect(caller.calls.ask('called', 'hang', {})).rejects.toThrow(NotSentError);
    server.thaw();
    await vi.waitFor(() => expect([caller.link.isUp, called.link.isUp]).toEqual([true, true]), { timeout: 5_000 });
    const before = asked;
    await called.link.close();
    await expect(caller.calls.ask('called', 'hang', {})).rejects.toThrow(NotSentError);
    expect(asked).toBe(before);
  });

  it('are refused when they come too late to be wanted any more', async () => {
    await using called = await openProcess(redis(), 'called');
    let isDone = false;
    called.calls.handle('do', () => {
      isDone = true;
    });
    const { admin } = redis();
    const listener = admin.duplicate();
    const answer = new Promise<string>((resolve) => listener.on('message', (_, text) => resolve(text)));
    await listener.subscribe('deskgraph:bus:v1:process:slow');
    const call = { by: 'slow', id: 1, method: 'do', at: Date.now() - 11_000, values: {} };
    for (const text of ['{', '{"by":1}', JSON.stringify(call)]) await admin.publish(called.calls.channel, text);
    expect(JSON.parse(await answer)).toMatchObject({ answerTo: 1, failed: { code: 'GATEWAY_DOWN' } });
    expect(isDone).toBe(false);
    listener.disconnect();
  });

  it('outlive answers that are none', async () => {
    const { admin } = redis();
    await using caller = await openProcess(redis(), 'caller');
    await using called = await openProcess(redis(), 'called');
    const noText = { toString: 1, valueOf: 1 };
    const nonsense = [null, noText, []].map((failed) => ({ answerTo: 1, failed }));
    called.calls.handle('lie', async () => {
      const answers = [{ answerTo: noText }, { answerTo: [1] }, ...nonsense.slice(1)];
      for (const answer of answers) await admin.publish(caller.calls.channel, JSON.stringify(answer));
    });
    await expect(caller.calls.ask('called', 'lie', {})).rejects.toThrow(NoAnswerError);
    expect(caller.link.isUp).toBe(true);
  });
});
