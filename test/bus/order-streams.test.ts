import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reader } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { type OrderHistory, OrderStreams } from '../../src/bus/order-streams.ts';
import { encodeStreamCursor } from '../../src/domain/cursor.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { LiveFill, OrderChange, OrderStreamItem, RecordedOrderChange } from '../../src/domain/live-order.ts';
import { ORDER_STATUSES, type OrderStatus } from '../../src/domain/order.ts';
import { type DeskStore, openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { event, fill } from '../store/order-event-store.contract.ts';
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
  streams = streamsOver(store.orderEvents);
}

function streamsOver(history: OrderHistory): OrderStreams {
  const bus = createMemoryBus({ epoch: randomUUID(), clock });
  return new OrderStreams({ bus, history, now: () => clock.now(), retentionMs: DAY_MS });
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

  it.each(['NOW', 'SNAPSHOT', 'BEGINNING'] as const)(
    'can be followed from %s before its first event',
    async (startAt) => {
      expect(await streams.isRecorded(ACCOUNT)).toBe(false);
      const reader = await follow({ startAt });
      if (startAt === 'SNAPSHOT') expect((await take(reader, 1)).map(shown)).toEqual(['[]']);
      const waiting = take(reader, 2);
      await record('a');
      await record('b');
      expect((await waiting).map(shown)).toEqual(['a', 'b']);
      await reader.return();
    },
  );

  it('goes on behind the snapshot of an account that had no event yet, also over restarts', async () => {
    const [snapshot] = await take(await follow(), 1);
    expect(snapshot).toMatchObject({ type: 'OrderSnapshot', orders: [] });
    const after = snapshot && 'cursor' in snapshot ? snapshot.cursor : '';
    restart();
    const early = await follow({ after });
    await record('a');
    expect((await take(early, 1)).map(shown)).toEqual(['a']);
    await record('b');
    for (const again of [() => {}, restart]) {
      again();
      const resumed = await follow({ after });
      expect((await take(resumed, 2)).map(shown)).toEqual(['a', 'b']);
    }
    clock.advance(1_000);
    await store.orderEvents.trim(clock.now());
    expect((await take(await follow({ after }), 2)).map(shown)).toEqual(['TRIMMED', '[a,b]']);
  });

  it('ends a reader that stalls with the cursor behind what it read, though it came before the first event', async () => {
    const reader = await follow({ startAt: 'NOW' });
    await record('a');
    await record('b');
    expect((await take(reader, 1)).map(shown)).toEqual(['a']);
    clock.advance(30_000);
    const error: unknown = await reader.next().catch((reason: unknown) => reason);
    if (!(error instanceof CodedError)) throw new Error('received no coded error');
    expect(error.code).toBe('SLOW_CONSUMER');
    const resumed = await follow({ after: error.cursor ?? '' });
    expect((await take(resumed, 1)).map(shown)).toEqual(['b']);
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

  it('tells a gap and a snapshot where everything was trimmed before it was read', async () => {
    await record('a', 'FILLED');
    await record('b');
    const reader = await follow({ startAt: 'BEGINNING' });
    clock.advance(1_000);
    await store.orderEvents.trim(clock.now());
    expect((await take(reader, 2)).map(shown)).toEqual(['TRIMMED', '[b]']);
    await record('c');
    expect((await take(reader, 1)).map(shown)).toEqual(['c']);
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

  it('tells nothing of changes that could not be stored, and goes on with the next', async () => {
    const reader = await follow({ startAt: 'NOW' });
    const broken = { ...event({ eventId: 'b' }), at: null };
    const failing = streams.record(ACCOUNT, [event({ eventId: 'a' }), broken as never]); // no change of the type can fail
    const following = record('c');
    await expect(failing).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await following).toMatchObject([{ seq: 1 }]);
    expect((await take(reader, 1)).map(shown)).toEqual(['c']);
  });

  it('is over for a reader once a pull has failed: nothing follows an event that was lost', async () => {
    const history = store.orderEvents;
    const asked = Promise.withResolvers<void>();
    let isReachable = true;
    streams = streamsOver({
      append: (account, changes) => history.append(account, changes),
      read: (account, seq, limit) => history.read(account, seq, limit),
      state: (account, ended) => history.state(account, ended),
      bounds: async (account) => {
        asked.resolve();
        if (!isReachable) throw new Error('no answer');
        return history.bounds(account);
      },
    });
    const reader = await follow({ startAt: 'NOW' });
    const pulls = [reader.next(), reader.next()];
    await asked.promise; // the reader has seen the empty history
    isReachable = false;
    await record('a');
    await record('b');
    await expect(pulls[0]).rejects.toThrow('no answer');
    isReachable = true;
    expect(await pulls[1]).toEqual({ done: true, value: undefined });
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
  }, 120_000);

  it('delivers 5,000 events exactly once to a reader that is cut off 200 times, over restarts', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyCuts, async (steps, cuts) => {
        restart();
        const account = randomUUID();
        const changes = changesOf(steps);
        const seen: RecordedOrderChange[] = [];
        const [snapshot] = await take(await streams.follow(account, { after: undefined, startAt: 'SNAPSHOT' }), 1);
        let after = snapshot && 'cursor' in snapshot ? snapshot.cursor : '';
        let written = 0;
        const write = async (end: number, batch: number): Promise<void> => {
          for (; written < end; written += batch) {
            const known = changes.slice(Math.max(0, written - 2), written);
            await streams.record(account, [...known, ...changes.slice(written, Math.min(end, written + batch))]);
          }
          written = end;
        };
        const read = async (end: number): Promise<void> => {
          const reader = await streams.follow(account, { after, startAt: 'SNAPSHOT' });
          for (const item of await take(reader, end - seen.length)) {
            if (item.type !== 'OrderEvent') throw new Error(`received ${shown(item)}, wanted an event`);
            const { type: _, cursor, ...change } = item;
            seen.push(change);
            after = cursor;
          }
          await reader.return();
        };
        for (const { at, batch, share, isRestart } of cuts) {
          const end = seen.length + Math.floor((at - seen.length) * share);
          await Promise.all([write(at, batch), read(end)]);
          if (isRestart) restart();
        }
        await Promise.all([write(changes.length, 50), read(changes.length)]);
        expect(seen).toEqual(changes.map((change, place) => ({ ...change, seq: place + 1 })));
      }),
      { numRuns: (fc.readConfigureGlobal().numRuns ?? 100) / 100, endOnFailure: true }, // each case is long
    );
  }, 300_000);
});

const EVENTS = 5_000;
const CUTS = 200;

/** What happens to which order: its next fill, a fee of the last one, or another status. */
const anyStep = fc.record({
  order: fc.nat(99),
  what: fc.constantFrom('FILL', 'FEE', 'STATUS'),
  status: fc.constantFrom(...ORDER_STATUSES),
});
const anyHistory = fc.array(anyStep, { minLength: EVENTS, maxLength: EVENTS, size: 'max' });

/** After how many events the reader is cut off, and which share of what it has not read it takes until then. */
const anyCut = fc.record({
  at: fc.nat(EVENTS),
  batch: fc.integer({ min: 1, max: 50 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isRestart: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
});
const anyCuts = fc
  .array(anyCut, { minLength: CUTS, maxLength: CUTS, size: 'max' })
  .map((cuts) => cuts.toSorted((left, right) => left.at - right.at));

function changesOf(steps: readonly { order: number; what: string; status: OrderStatus }[]): OrderChange[] {
  const fillsOf = new Map<number, readonly LiveFill[]>();
  return steps.map(({ order, what, status }, place) => {
    const before = fillsOf.get(order) ?? [];
    const fills = [...before];
    if (what === 'FILL') fills.push(fill(`t${place}`));
    if (what === 'FEE' && fills.length > 0) fills.push(fill(String(fills.pop()?.tradeId), `${place}`));
    fillsOf.set(order, fills);
    return event({ eventId: `e${place}`, orderId: `o${order}`, status, at: place, fills });
  });
}
