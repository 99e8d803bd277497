import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { holdingSink, orderRecord } from '../../src/app-accounts.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../src/bus/order-streams.ts';
import type { RecordedOrderChange } from '../../src/domain/live-order.ts';
import { AccountFollower } from '../../src/store/account-follower.ts';
import type { OrderRecord } from '../../src/store/followed-orders.ts';
import { type DeskStore, openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { openSqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { FIRST_INSERTION } from '../support/document-histories.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { decoded, pythonDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const NEWS_MS = 30 * 86_400_000;

/** A follower of accounts over real stores, whose time the tests let pass. */
export interface FollowedDesk {
  readonly clock: ManualClock;
  readonly bus: Bus;
  readonly desk: DeskStore;
  readonly follower: AccountFollower;
  readonly record: OrderRecord;
  /** The accounts of each read of latest states. */
  readonly reads: (readonly string[])[];
  /** The accounts whose record of orders was looked at. */
  readonly looks: string[];
  readonly faults: unknown[];
  /** What writes, as another process does. */
  readonly writer: SqliteAccountStore;
  /** Holds every read of latest states up from now on, until the answered function is called. */
  holdReads(): () => void;
  /** Fails what is recorded of these accounts. */
  readonly unrecordable: Map<string, Error>;
  /** Takes what accounts are read from away, and brings it back. */
  loseAccounts(): void;
  regainAccounts(): void;
  /** Writes a REALTIME state of an account: a Python document of 2026-11-20 but for the changes. */
  write(accountCookie: string, changes?: object): Promise<void>;
  /** Drops the REALTIME state of an account, as another process does. */
  drop(accountCookie: string): Promise<void>;
  /** Lets time pass second by second, and what is under way go on. */
  pass(ms: number): Promise<void>;
  events(accountCookie: string): Promise<readonly RecordedOrderChange[]>;
  /** `ACCEPTED o`, `FILLED o t`: kind, order and fill of each event. */
  story(accountCookie: string): Promise<string[]>;
  /** Ends the follower and makes another one over the same stores, as a restart does. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function openFollowedDesk(): FollowedDesk {
  const folder = temporaryFolder();
  const clock = new ManualClock(FIRST_INSERTION + 3_600_000);
  const path = join(folder.path, 'accounts.sqlite');
  const writer = openSqliteAccountStore({ path });
  const watch = openSqliteAccountStore({ path, clock });
  let accounts = openSqliteAccountStore({ path });
  const desk = openDeskStore({ path: join(folder.path, 'desk.sqlite'), newEpoch: randomUUID });
  const bus = createMemoryBus({ epoch: 'first', clock });
  const { orderEvents } = desk;
  const orderStreams = new OrderStreams({ bus, history: orderEvents, now: () => clock.now(), retentionMs: NEWS_MS });
  const record = orderRecord({ orderStreams, orderEvents });
  const reads: (readonly string[])[] = [];
  const looks: string[] = [];
  const faults: unknown[] = [];
  const unrecordable = new Map<string, Error>();
  let held: Promise<void> | undefined;
  const newFollower = (): AccountFollower =>
    new AccountFollower({
      accounts: {
        latestDocuments: async (keys) => {
          reads.push(keys.map(({ accountCookie }) => accountCookie));
          await held;
          return accounts.latestDocuments(keys);
        },
        changes: (onChange) => watch.changes(onChange),
        orders: (keys) => accounts.orders(keys),
        trades: (keys) => accounts.trades(keys),
      },
      record: {
        ...record,
        lastSeq: (accountCookie) => {
          looks.push(accountCookie);
          return record.lastSeq(accountCookie);
        },
        record: async (accountCookie, changes) => {
          const fault = unrecordable.get(accountCookie);
          if (fault !== undefined) throw fault;
          return record.record(accountCookie, changes);
        },
      },
      holdings: holdingSink(bus),
      newsMs: NEWS_MS,
      clock,
      random: () => 1,
      onFault: (error) => faults.push(error),
    });
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    do {
      clock.advance(Math.min(1000, end - clock.now()));
      for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    } while (clock.now() < end);
  };
  const watched = {
    ...{ clock, bus, desk, record, reads, looks, faults, writer, unrecordable, pass },
    follower: newFollower(),
    holdReads: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
    loseAccounts: () => accounts.close(),
    regainAccounts: () => {
      accounts = openSqliteAccountStore({ path });
    },
    write: async (accountCookie: string, changes: object = {}) => {
      const today = { account_cookie: accountCookie, trading_day: '2026-11-20', orders: {}, trades: {} };
      await writer.writeDocuments([decoded(pythonDocument({ ...today, ...changes }), 'REALTIME')]);
    },
    drop: async (accountCookie: string) => {
      const drops = openSqliteAccountDrops({ path });
      const request = { requestedBy: 'another process', requestedAt: clock.now() };
      await drops.drop({ source: 'REALTIME', accountCookies: [accountCookie], ...request });
      await drops.close();
    },
    events: (accountCookie: string) => orderEvents.read(accountCookie, 0, 10_000),
    story: async (accountCookie: string) =>
      (await orderEvents.read(accountCookie, 0, 10_000)).map(({ kind, order, fill }) =>
        [kind, order.orderId, ...(fill === null ? [] : [fill.tradeId])].join(' '),
      ),
    restart: async () => {
      await watched.follower.close();
      watched.follower = newFollower();
    },
    close: async () => {
      await watched.follower.close();
      for (const store of [accounts, watch, writer]) store.close();
      desk.close();
      folder[Symbol.dispose]();
    },
  };
  return watched;
}
