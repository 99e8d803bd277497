import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { SharedResponses } from '../../src/execution/shared-responses.ts';

/** Runs that are counted, each with another result. */
function counted() {
  let runs = 0;
  const run = async (): Promise<ExecutionResult> => ({ data: { run: ++runs } });
  return { run, runs: () => runs };
}

describe('responses to the events of a stream', () => {
  it('are the same object for all of one key, and others for another key', async () => {
    const shared = new SharedResponses();
    const { run, runs } = counted();
    const [one, same, other] = [shared.follow('a'), shared.follow('a'), shared.follow('b')];
    const first = await one.respond('1', run);
    expect(await same.respond('1', run)).toBe(first);
    expect(await other.respond('1', run)).not.toBe(first);
    expect(await same.respond('2', run)).not.toBe(first);
    expect(runs()).toBe(3);
  });

  it('are made once also for who asks while they are made', async () => {
    const shared = new SharedResponses();
    const { run, runs } = counted();
    const [one, same] = [shared.follow('a'), shared.follow('a')];
    const [first, second] = await Promise.all([one.respond('1', run), same.respond('1', run)]);
    expect(second).toBe(first);
    expect(runs()).toBe(1);
  });

  it('are made again for a reader that is more than 64 events behind', async () => {
    const shared = new SharedResponses();
    const { run, runs } = counted();
    const [ahead, behind] = [shared.follow('a'), shared.follow('a')];
    for (let event = 0; event < 100; event++) await ahead.respond(String(event), run);
    await behind.respond('36', run);
    expect(runs()).toBe(100);
    await behind.respond('35', run);
    expect(runs()).toBe(101);
  });

  it('are forgotten, and their signal aborts, when the last one has left, and not before', async () => {
    const shared = new SharedResponses();
    const { run, runs } = counted();
    const [one, same] = [shared.follow('a'), shared.follow('a')];
    await one.respond('1', run);
    one.leave();
    one.leave();
    expect([shared.size, same.signal.aborted]).toEqual([1, false]);
    same.leave();
    expect([shared.size, same.signal.aborted]).toEqual([0, true]);
    await shared.follow('a').respond('1', run);
    expect(runs()).toBe(2);
  });
});
