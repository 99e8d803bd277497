import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reader } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../src/bus/order-streams.ts';
import { encodeStreamCursor } from '../../src/domain/cursor.ts';
import type { OrderStreamItem } from '../../src/domain/live-order.ts';
import type { OrderStatus } from '../../src/domain/order.ts';
import { type DeskStore, openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { event } from '../store/order-event-store.contract.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY_MS = 24 * 3600 * 1000;
const ACCOUNT = 'desk';

let folder: ReturnType<typeof temporaryFolder>;
let store: DeskStore;
let streams: OrderStreams;
const clock = new ManualClock();

/** What a start of the server makes, from what the one before left behind. */
function start(): void {
  store = openDeskStore({ path: join(folder.path, 'desk.db'), newEpoch: randomUUID });
  const bus = createMemoryBus({ epoch: randomUUID(), clock });
  streams = new OrderStreams({ bus, history: store.orderEvents, now: () => clock.now(), retentionMs: DAY_MS });
}

function restart(): void {
  store.close();
  start();
}

beforeEach(() => {
  folder = temporaryFolder();
  start();
});
afterEach(() => {
  store.close();
  folder[Symbol.dispose]();
});

const record = (eventId: string, status: OrderStatus = 'OPEN', orderId = eventId) =>
  streams.record(ACCOUNT, [event({ eventId, orderId, status, at: clock.now() })]);

async function take(reader: Reader<OrderStreamItem>, count: number): Promise<OrderStreamItem[]> {
  const items: OrderStreamItem[] = [];
  while (items.length < count) {
    const step = await reader.next();
    if (step.done === true) break;
    items.push(step.value);
  }
  return items;
}

/** `e1` for an event, the orders of a snapshot, the reason of a gap. */
const shown = (item: OrderStreamItem): string => {
  switch (item.type) {
    case 'OrderEvent':
      return item.eventId;
    case 'OrderSnapshot':
      return `[${item.orders.map(({ orderId }) => orderId).join()}]`;
    case 'StreamGap':
      return item.reason;
  }
};

async function follow(
  options: { after?: string; startAt?: 'NOW' | 'SNAPSHOT' | 'BEGINNING' } = {},
): Promise<Reader<OrderStreamItem>> {
  return streams.follow(ACCOUNT, { after: options.after, startAt: options.startAt ?? 'SNAPSHOT' });
}

describe('the stream of the orders of an account', () => {
  it('starts with a snapshot of what is open or has just ended, then has what follows', async () => {
    await record('old', 'FILLED');
    clock.advance(DAY_MS + 1);
    await record('open');
    await record('done', 'FILLED');
    const reader = await follow();
    await record('later');
    expect((await take(reader, 2)).map(shown)).toEqual(['[done,open]', 'later']);
    await reader.return();
  });

  it('starts with the oldest event that is kept, or with the next one', async () => {
    await record('a');
    await record('b');
    const all = await follow({ startAt: 'BEGINNING' });
    const next = await follow({ startAt: 'NOW' });
    await record('c');
    expect((await take(all, 3)).map(shown)).toEqual(['a', 'b', 'c']);
    expect((await take(next, 1)).map(shown)).toEqual(['c']);
  });

  it('tells a fact once, however often it is recorded', async () => {
    const reader = await follow({ startAt: 'NOW' });
    await Promise.all([record('a'), record('a'), record('b')]);
    await record('a');
    await record('c');
    expect((await take(reader, 3)).map(shown)).toEqual(['a', 'b', 'c']);
  });

  it('goes on behind a cursor after a restart', async () => {
    await record('a');
    await record('b');
    const reader = await follow({ startAt: 'BEGINNING' });
    const [first] = await take(reader, 1);
    await reader.return();
    restart();
    await record('c');
    const resumed = await follow({ after: first && 'cursor' in first ? first.cursor : '' });
    expect((await take(resumed, 2)).map(shown)).toEqual(['b', 'c']);
  });

  it('goes on behind the snapshot of an account that had no event yet', async () => {
    const [snapshot] = await take(await follow(), 1);
    expect(snapshot).toMatchObject({ type: 'OrderSnapshot', orders: [] });
    await record('a');
    const resumed = await follow({ after: snapshot && 'cursor' in snapshot ? snapshot.cursor : '' });
    expect((await take(resumed, 1)).map(shown)).toEqual(['a']);
  });

  it('tells a gap and a snapshot where events were trimmed before it was read, and goes on behind', async () => {
    await record('a', 'FILLED');
    await record('b');
    const [first] = await take(await follow({ startAt: 'BEGINNING' }), 1);
    clock.advance(1_000);
    await record('c');
    await record('d');
    await store.orderEvents.trim(clock.now());
    const cursor = first && 'cursor' in first ? first.cursor : '';
    const resumed = await follow({ after: cursor });
    await record('e');
    const items = await take(resumed, 3);
    expect(items.map(shown)).toEqual(['TRIMMED', '[b,c,d]', 'e']);
    expect(items[0]).toMatchObject({ requested: cursor });
  });

  it('tells a gap and a snapshot for the cursor of another counting', async () => {
    await record('a');
    const foreign = encodeStreamCursor({ stream: `orders:${ACCOUNT}`, epoch: 'another', position: 1 });
    expect((await take(await follow({ after: foreign }), 2)).map(shown)).toEqual(['EPOCH_CHANGED', '[a]']);
  });

  it.each([
    ['malformed', 'x'],
    ['of another account', encodeStreamCursor({ stream: 'orders:other', epoch: '', position: 0 })],
    ['of the output of a run', encodeStreamCursor({ stream: 'output:1', epoch: '', position: 0 })],
  ])('refuses a cursor that is %s', async (_what, after) => {
    await record('a');
    await expect(follow({ after })).rejects.toMatchObject({ code: 'STREAM_BAD_CURSOR' });
  });

  it('refuses a cursor from behind its end', async () => {
    const [recorded] = await record('a');
    const bounds = await store.orderEvents.bounds(ACCOUNT);
    const position = (recorded?.seq ?? 0) + 1;
    const after = encodeStreamCursor({ stream: `orders:${ACCOUNT}`, epoch: bounds?.epoch ?? '', position });
    await expect(follow({ after })).rejects.toMatchObject({ code: 'STREAM_BAD_CURSOR' });
  });

  it('ends a pull that waits when the reader leaves', async () => {
    const reader = await follow({ startAt: 'NOW' });
    const waiting = reader.next();
    await reader.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('reaches a reader that comes and goes exactly once, over restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('record'), fc.constant('read'), fc.constant('cut'), fc.constant('restart')), {
          maxLength: 60,
        }),
        async (steps) => {
          restart();
          const account = randomUUID();
          const written: string[] = [];
          const seen: string[] = [];
          let after: string | undefined;
          const open = () => streams.follow(account, { after, startAt: 'BEGINNING' });
          let reader = await open();
          const read = async (): Promise<void> => {
            const step = await reader.next();
            if (step.done === true || step.value.type !== 'OrderEvent') throw new Error('received no event');
            seen.push(step.value.eventId);
            after = step.value.cursor;
          };
          for (const step of steps) {
            if (step === 'record') {
              written.push(`e${written.length}`);
              await streams.record(account, [event({ eventId: written.at(-1) ?? '' })]);
            } else if (step === 'read') {
              if (seen.length < written.length) await read();
            } else {
              await reader.return();
              if (step === 'restart') restart();
              reader = await open();
            }
          }
          while (seen.length < written.length) await read();
          await reader.return();
          expect(seen).toEqual(written);
        },
      ),
    );
  });
});
