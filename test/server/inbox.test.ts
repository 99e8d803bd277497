import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Inbox } from '../../src/server/inbox.ts';

function openInbox() {
  const state = { isBlocked: false, calls: [] as string[], handled: [] as number[] };
  const inbox = new Inbox({
    isBlocked: () => state.isBlocked,
    pause: () => void state.calls.push('pause'),
    resume: () => void state.calls.push('resume'),
  });
  const put = (from: number, to: number): void => {
    for (let message = from; message <= to; message++) inbox.put(() => void state.handled.push(message));
  };
  return { state, inbox, put };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

it('an inbox handles 20 messages a turn, in order, and has nothing read while others wait', async () => {
  const { state, inbox, put } = openInbox();
  put(1, 50);
  expect(state.handled).toEqual(upTo(20));
  expect(state.calls).toEqual(['pause']);
  await nextTurn();
  put(51, 51);
  expect(state.handled).toEqual(upTo(40));
  await nextTurn();
  expect(state.handled).toEqual(upTo(51));
  expect([state.calls, inbox.isEmpty]).toEqual([['pause', 'resume'], true]);
});

it('an inbox handles nothing while the answers do not leave, and goes on when they have', async () => {
  const { state, inbox, put } = openInbox();
  put(1, 1);
  state.isBlocked = true;
  put(2, 30);
  await nextTurn();
  expect(state.handled).toEqual([1]);
  state.isBlocked = false;
  inbox.unblock();
  await nextTurn();
  await nextTurn();
  expect(state.handled).toEqual(upTo(30));
});

it('an inbox that is closed forgets what waits', async () => {
  const { state, inbox, put } = openInbox();
  put(1, 30);
  inbox.close();
  await nextTurn();
  await nextTurn();
  expect(state.handled).toEqual(upTo(20));
});
