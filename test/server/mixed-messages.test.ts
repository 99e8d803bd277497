import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { connectSocket, type SocketMessage } from '../support/graphql-socket.ts';
import { type Quote, type ServedDesk, serveDesk } from './served-desk.ts';

const PRINTS = 'subscription { prints { seq text } }';
const NOTES = 'subscription { notes { text } }';
const TURNS = 50;
const PRINTS_A_TURN = 20;
const TEXT = 'x'.repeat(1_000);

let desk: ServedDesk;

afterEach(() => desk.close());

function printsFrom(first: number): Quote[] {
  return Array.from({ length: PRINTS_A_TURN }, (_, index) => ({ symbol: 'A', seq: first + index, text: TEXT }));
}

function dataOf({ payload }: SocketMessage): { prints: Quote; notes: { text: string } } {
  return Object(payload).data;
}

it('batches of frames, answers, pongs, what is followed alone and the close come whole and in order over one socket', async () => {
  desk = await serveDesk();
  const client = await connectSocket(desk.port);
  const heard: SocketMessage[] = [];
  let onHeard = (): void => {};
  client.listener = (message) => {
    heard.push(message);
    onHeard();
  };
  const untilHeard = async (type: string, id: string, count: number): Promise<SocketMessage[]> => {
    for (;;) {
      const found = heard.filter((message) => message.type === type && String(message.id ?? '').startsWith(id));
      if (found.length === count) return found;
      await new Promise<void>((resolve) => {
        onHeard = resolve;
      });
    }
  };
  client.subscribe('tape', PRINTS);
  client.subscribe('notes', NOTES);
  await Promise.all([desk.feeds.prints.untilReaders(1), desk.feeds.lines.untilReaders(1)]);
  client.webSocket.pause();
  for (let turn = 0; turn < TURNS; turn++) {
    desk.feeds.prints.publish(...printsFrom(turn * PRINTS_A_TURN));
    desk.feeds.lines.publish({ cursor: `c${turn}`, text: `${turn} ${TEXT}` });
    client.subscribe(`query ${turn}`, '{ hello }');
    client.send({ type: 'ping', payload: { turn } });
    await nextTurn();
  }
  client.webSocket.resume();
  const prints = await untilHeard('next', 'tape', TURNS * PRINTS_A_TURN);
  const notes = await untilHeard('next', 'notes', TURNS);
  await untilHeard('complete', 'query', TURNS);
  const pongs = await untilHeard('pong', '', TURNS);
  expect(prints.map((message) => dataOf(message).prints.seq)).toEqual(prints.map((_, index) => index));
  expect(notes.map((message) => dataOf(message).notes.text)).toEqual(notes.map((_, turn) => `${turn} ${TEXT}`));
  expect(pongs.map(({ payload }) => payload)).toEqual(pongs.map((_, turn) => ({ turn })));
  expect(heard).toHaveLength(TURNS * (PRINTS_A_TURN + 4));
  desk.feeds.prints.publish(...printsFrom(TURNS * PRINTS_A_TURN));
  await desk.feeds.prints.untilAwaited();
  await nextTurn();
  const closing = desk.close();
  expect(await client.closed).toEqual({ code: 1012, reason: 'Service restart' });
  await closing;
  expect(heard.slice(-PRINTS_A_TURN).map((message) => dataOf(message).prints.seq)).toEqual(
    printsFrom(TURNS * PRINTS_A_TURN).map(({ seq }) => seq),
  );
});
