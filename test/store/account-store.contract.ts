import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountSource } from '../../src/domain/account.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { formatDay } from '../../src/domain/day.ts';
import type { AccountKey, AccountStore, AccountWriter } from '../../src/store/accounts.ts';
import { day } from '../support/bars.ts';
import { decoded, pythonDocument, pythonOrder, pythonTrade } from '../support/qifi-documents.ts';

export type WritableAccountStore = AccountStore & AccountWriter;

export interface OpenedAccountStore extends AsyncDisposable {
  readonly store: WritableAccountStore;
}

/** Names that mean something to a database, a file system or a language, and nothing here. */
export const FOREIGN_NAMES = [
  '{"$gt":""}',
  "'; DROP TABLE account; --",
  "o'neill",
  'back\\slash',
  '"quoted"',
  'a%b_c',
  'a.*b',
  '__proto__',
  'constructor',
  '$where',
  '螺纹钢',
  'ａｂｃ',
  '\u{1f680}',
  ' blank ',
] as const;

/** Names that no account can have. */
const UNUSABLE_NAMES = ['a\u0000', 'a\u0000b', 'line\nbreak', 'a'.repeat(10_000), '\ufffd'] as const;

export function key(accountCookie: string, source: AccountSource = 'HISTORY'): AccountKey {
  return { source, accountCookie };
}

export interface StateChanges {
  readonly accountCookie?: string;
  readonly source?: AccountSource;
  readonly tradingDay?: string | null;
  readonly balance?: number | null;
  readonly updatedAt?: number | null;
  readonly portfolio?: string | null;
  readonly trades?: readonly object[];
  readonly orders?: readonly object[];
}

/** One account's state of one day. */
export function state(changes: StateChanges = {}): AccountDocument {
  const { source = 'HISTORY', accountCookie = 'a', tradingDay = '2020-01-16', trades = [], orders = [] } = changes;
  const { updatedAt = null, balance = 100, portfolio = 'p' } = changes;
  const raw = pythonDocument({
    accounts: { pre_balance: 90, deposit: 1, withdraw: 2, available: 50, margin: 40, currency: 'CNY' },
    trading_day: tradingDay,
    trades,
    orders,
  });
  const { snapshot, ...rest } = decoded(raw, source);
  const owned = <Entry>(entries: readonly Entry[]) => entries.map((entry) => ({ ...entry, accountCookie }));
  return {
    snapshot: { ...snapshot, accountCookie, balance, updatedAt, portfolio },
    trades: owned(rest.trades),
    orders: owned(rest.orders),
  };
}

const fill = (tradeId: string, nanos: string | null, more: object = {}): object =>
  pythonTrade({ trade_id: tradeId, trade_date_time: nanos, ...more });
const order = (orderId: string, more: object = {}): object => pythonOrder({ order_id: orderId, ...more });

/** What every AccountStore answers, whatever it is made of. `open` opens an empty one. */
export function describeAccountStore(name: string, open: () => Promise<OpenedAccountStore>): void {
  describe(name, () => {
    let opened: OpenedAccountStore;
    let store: WritableAccountStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    it('can be read, also when it holds nothing', async () => {
      await expect(store.check(new AbortController().signal)).resolves.toBeUndefined();
    });

    describe('states', () => {
      it('come back as they were written, positions included', async () => {
        const { snapshot } = decoded(pythonDocument());
        await store.writeDocuments([{ snapshot, trades: [], orders: [] }]);
        const dayKey = { ...key('cta_rb_5min'), tradingDay: day('2020-01-16') };
        expect(await store.latestSnapshots([dayKey])).toEqual([snapshot]);
        expect(await store.snapshotsOfDay([dayKey])).toEqual([snapshot]);
        expect(snapshot.positions).toHaveLength(1);
      });

      it('come in the order of the keys, undefined for what is not there', async () => {
        await store.writeDocuments([
          state({ accountCookie: 'a', balance: 1 }),
          state({ accountCookie: 'b', balance: 2 }),
        ]);
        const asked = [key('b'), key('none'), key('a'), key('b'), key('a', 'REALTIME')];
        const found = await store.latestSnapshots(asked);
        expect(found.map((snapshot) => snapshot?.balance)).toEqual([2, undefined, 1, 2, undefined]);
        const ofDay = await store.snapshotsOfDay([
          { ...key('b'), tradingDay: day('2020-01-16') },
          { ...key('b'), tradingDay: day('2020-01-17') },
          { ...key('a'), tradingDay: day('2020-01-16') },
        ]);
        expect(ofDay.map((snapshot) => snapshot?.balance)).toEqual([2, undefined, 1]);
      });

      it('are the latest by their day, in whatever order they were written', async () => {
        const days = ['2020-01-16', '2020-03-02', '1969-12-31', '2020-02-03'];
        await store.writeDocuments(days.map((tradingDay, balance) => state({ tradingDay, balance })));
        expect((await store.latestSnapshots([key('a')]))[0]).toMatchObject({
          balance: 1,
          tradingDay: day('2020-03-02'),
        });
      });

      it('of no day come before all others', async () => {
        await store.writeDocuments([state({ tradingDay: null, balance: 7 })]);
        expect((await store.latestSnapshots([key('a')]))[0]).toMatchObject({ balance: 7, tradingDay: null });
        await store.writeDocuments([state({ tradingDay: '1990-01-02', balance: 8 })]);
        await store.writeDocuments([state({ tradingDay: null, balance: 9 })]);
        expect((await store.latestSnapshots([key('a')]))[0]).toMatchObject({ balance: 8 });
      });

      it('of one day are replaced, fills and orders too, while other days stay', async () => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-15', balance: 1, trades: [fill('before', '1')], orders: [order('before')] }),
          state({ balance: 2, trades: [fill('old', '2'), fill('kept', '3')], orders: [order('old'), order('kept')] }),
        ]);
        await store.writeDocuments([
          state({ balance: 3, trades: [fill('kept', '3')], orders: [order('kept'), order('new')] }),
        ]);
        const [rows] = await store.equityRows([key('a')]);
        expect(rows?.map(({ balance }) => balance)).toEqual([1, 3]);
        const [trades] = await store.trades([key('a')]);
        expect(trades?.map(({ tradeId }) => tradeId)).toEqual(['before', 'kept']);
        const [orders] = await store.orders([key('a')]);
        expect(orders?.map(({ orderId }) => orderId)).toEqual(['before', 'kept', 'new']);
      });

      it('are not replaced by what was written earlier', async () => {
        await store.writeDocuments([
          state({ updatedAt: 2000, balance: 2, portfolio: 'new', trades: [fill('new', '1')] }),
        ]);
        await store.writeDocuments([
          state({ updatedAt: 1000, balance: 1, portfolio: 'old', trades: [fill('old', '1')] }),
        ]);
        expect((await store.latestSnapshots([key('a')]))[0]).toMatchObject({ balance: 2, portfolio: 'new' });
        expect((await store.trades([key('a')]))[0]?.map(({ tradeId }) => tradeId)).toEqual(['new']);
        expect((await store.listAccounts({ source: 'HISTORY' })).map(({ portfolio }) => portfolio)).toEqual(['new']);
        await store.writeDocuments([state({ updatedAt: 2000, balance: 3 }), state({ updatedAt: 3000, balance: 4 })]);
        expect((await store.latestSnapshots([key('a')]))[0]?.balance).toBe(4);
      });

      it('of HISTORY and REALTIME are kept apart', async () => {
        await store.writeDocuments([state({ balance: 1 }), state({ source: 'REALTIME', balance: 2 })]);
        const both = await store.latestSnapshots([key('a', 'REALTIME'), key('a')]);
        expect(both.map((snapshot) => [snapshot?.source, snapshot?.balance])).toEqual([
          ['REALTIME', 2],
          ['HISTORY', 1],
        ]);
      });

      it('are none for no keys', async () => {
        expect(await store.latestSnapshots([])).toEqual([]);
        expect(await store.trades([])).toEqual([]);
        await store.writeDocuments([]);
        expect(await store.listAccounts({ source: 'HISTORY' })).toEqual([]);
      });
    });

    describe('lists', () => {
      it('have each account once, ascending by code units, with the portfolio of its latest state', async () => {
        await store.writeDocuments([
          state({ accountCookie: 'b', tradingDay: '2020-01-17', portfolio: 'now' }),
          state({ accountCookie: 'b', tradingDay: '2020-01-16', portfolio: 'then' }),
          state({ accountCookie: '\uff5e' }),
          state({ accountCookie: '\u{1f680}' }),
          state({ accountCookie: 'B', portfolio: null }),
          state({ accountCookie: 'a', source: 'REALTIME', portfolio: 'live' }),
        ]);
        expect(await store.listAccounts({ source: 'HISTORY' })).toEqual([
          { source: 'HISTORY', accountCookie: 'B', portfolio: null },
          { source: 'HISTORY', accountCookie: 'b', portfolio: 'now' },
          { source: 'HISTORY', accountCookie: '\u{1f680}', portfolio: 'p' },
          { source: 'HISTORY', accountCookie: '\uff5e', portfolio: 'p' },
        ]);
      });

      it('narrow by a literal part of the name in any case', async () => {
        await store.writeDocuments(
          ['desk.CTA', 'desk%x', 'deskZcta', '.*'].map((accountCookie, at) =>
            state({ accountCookie, portfolio: at < 2 ? 'one' : 'two' }),
          ),
        );
        const names = async (filter: { search?: string }): Promise<string[]> =>
          (await store.listAccounts({ source: 'HISTORY', ...filter })).map(({ accountCookie }) => accountCookie);
        expect(await names({ search: 'cta' })).toEqual(['desk.CTA', 'deskZcta']);
        expect(await names({ search: 'K.c' })).toEqual(['desk.CTA']);
        expect(await names({ search: '%' })).toEqual(['desk%x']);
        expect(await names({ search: '_' })).toEqual([]);
        expect(await names({ search: '.*' })).toEqual(['.*']);
        expect(await names({ search: '' })).toHaveLength(4);
      });
    });

    describe('foreign names', () => {
      it.each(FOREIGN_NAMES)('are names like any other: %o', async (accountCookie) => {
        await store.writeDocuments([
          state({ accountCookie, portfolio: accountCookie, trades: [fill('t', '1')], orders: [order('o')] }),
          state({ accountCookie: 'a', balance: 1 }),
        ]);
        const asked = [key(accountCookie)];
        expect((await store.latestSnapshots(asked))[0]?.accountCookie).toBe(accountCookie);
        expect(await store.snapshotsOfDay([{ ...key(accountCookie), tradingDay: day('2020-01-16') }])).toHaveLength(1);
        expect((await store.equityRows(asked))[0]).toHaveLength(1);
        expect((await store.trades(asked))[0]).toMatchObject([{ accountCookie }]);
        expect((await store.orders(asked))[0]).toMatchObject([{ accountCookie }]);
        const found = await store.listAccounts({ source: 'HISTORY', search: accountCookie });
        expect(found).toEqual([{ source: 'HISTORY', accountCookie, portfolio: accountCookie }]);
      });

      it('find nothing that is not theirs', async () => {
        await store.writeDocuments([state({ accountCookie: 'a', trades: [fill('t', '1')] })]);
        const asked = [...FOREIGN_NAMES, ...UNUSABLE_NAMES, '', 'A', 'a ', '\ud83d'].map((each) => key(each));
        expect(await store.latestSnapshots(asked)).toEqual(asked.map(() => undefined));
        for (const lists of [await store.equityRows(asked), await store.trades(asked), await store.orders(asked)]) {
          expect(lists).toEqual(asked.map(() => []));
        }
      });
    });

    describe('the daily series', () => {
      it('ascends, one row a day, without days that have no balance or no date', async () => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-17', balance: 3 }),
          state({ tradingDay: null, balance: 9 }),
          state({ tradingDay: '2020-01-15', balance: 1 }),
          state({ tradingDay: '2020-01-16', balance: null }),
          state({ accountCookie: 'b', tradingDay: '2020-01-15', balance: 5 }),
        ]);
        const figures = { preBalance: 90, available: 50, margin: 40, deposit: 1, withdraw: 2 };
        expect(await store.equityRows([key('b'), key('none'), key('a')])).toEqual([
          [{ tradingDay: day('2020-01-15'), balance: 5, ...figures }],
          [],
          [
            { tradingDay: day('2020-01-15'), balance: 1, ...figures },
            { tradingDay: day('2020-01-17'), balance: 3, ...figures },
          ],
        ]);
      });
    });

    describe('intraday marks', () => {
      it('are added by each REALTIME state that has a time and a balance, once an instant', async () => {
        const live = (updatedAt: number | null, balance: number | null): AccountDocument =>
          state({ source: 'REALTIME', updatedAt, balance });
        await store.writeDocuments([live(3000, 3), live(1000, 1), live(null, 7), live(4000, null)]);
        await store.writeDocuments([live(2000, 2), live(1000, 1)]);
        await store.writeDocuments([
          state({ source: 'REALTIME', tradingDay: '2020-01-15', updatedAt: 500, balance: 5 }),
        ]);
        expect(await store.equityMarks([key('none'), key('a', 'REALTIME')])).toEqual([
          [],
          [
            { at: 500, balance: 5 },
            { at: 1000, balance: 1 },
            { at: 2000, balance: 2 },
            { at: 3000, balance: 3 },
          ],
        ]);
      });

      it('make the daily series of a REALTIME account whose states have no day: the last of each in Shanghai', async () => {
        const marks = [
          ['2020-01-15T15:59:00Z', 1],
          ['2020-01-15T16:01:00Z', 2],
          ['2020-01-16T07:00:00Z', 3],
        ] as const;
        await store.writeDocuments(
          marks.map(([at, balance]) =>
            state({ source: 'REALTIME', tradingDay: null, updatedAt: Date.parse(at), balance }),
          ),
        );
        const [rows = [], none] = await store.equityRows([key('a', 'REALTIME'), key('none', 'REALTIME')]);
        expect(rows.map(({ tradingDay, balance }) => [formatDay(tradingDay), balance])).toEqual([
          ['2020-01-15', 1],
          ['2020-01-16', 3],
        ]);
        expect(none).toEqual([]);
      });

      it('fill the days of which a REALTIME account has no state, while the balance of a state wins', async () => {
        const live = (tradingDay: string | null, at: string, balance: number | null): AccountDocument =>
          state({ source: 'REALTIME', tradingDay, updatedAt: Date.parse(at), balance });
        await store.writeDocuments([
          live(null, '2020-01-14T07:00:00Z', 14),
          live(null, '2020-01-15T06:00:00Z', 1),
          live('2020-01-15', '2020-01-15T07:00:00Z', 15),
          live(null, '2020-01-15T07:30:00Z', 2),
          live('2020-01-16', '2020-01-16T07:00:00Z', null),
          live(null, '2020-01-16T07:00:00Z', 16),
          live(null, '2020-01-20T07:00:00Z', 20),
          state({ source: 'REALTIME', tradingDay: '2020-01-17', balance: 17 }),
        ]);
        const [rows = []] = await store.equityRows([key('a', 'REALTIME')]);
        expect(rows.map(({ tradingDay, balance }) => [formatDay(tradingDay), balance])).toEqual([
          ['2020-01-14', 14],
          ['2020-01-15', 15],
          ['2020-01-16', 16],
          ['2020-01-17', 17],
          ['2020-01-20', 20],
        ]);
        expect(rows.map(({ margin }) => margin)).toEqual([null, 40, null, 40, null]);
      });

      it('of a range are those from its start to its end, both included, either of which may be open', async () => {
        const times = [-62_000_000_000_000, 999, 1000, 1001, 2000, 86_400_000, 1_579_141_800_118];
        const names = ['a', 'b'];
        await store.writeDocuments(
          names.flatMap((accountCookie) =>
            times.map((updatedAt, balance) => state({ source: 'REALTIME', accountCookie, updatedAt, balance })),
          ),
        );
        const ranges = [
          { start: 1000, end: 1000 },
          { start: 999, end: 2000 },
          { start: 1001 },
          { end: 1001 },
          { start: -Infinity, end: Infinity },
          { start: 1_579_141_800_118, end: 8_640_000_000_000_000 },
          { start: -8_640_000_000_000_000, end: -62_000_000_000_000 },
          { start: 2001, end: 86_399_999 },
        ];
        const keys = ranges.flatMap((range) => names.map((name) => ({ ...key(name, 'REALTIME'), ...range })));
        const found = await store.equityMarks([...keys, { ...key('none', 'REALTIME'), start: 1 }]);
        expect(found.map((marks) => marks.map(({ at }) => at))).toEqual([
          ...keys.map(({ start = -Infinity, end = Infinity }) => times.filter((at) => at >= start && at <= end)),
          [],
        ]);
      });

      it('are refused when all keys together have more of them than they may', async () => {
        await store.writeDocuments(
          ['a', 'b'].flatMap((accountCookie) =>
            [1000, 2000, 3000].map((updatedAt) => state({ source: 'REALTIME', accountCookie, updatedAt })),
          ),
        );
        const asked = [key('a', 'REALTIME'), { ...key('b', 'REALTIME'), start: 2000 }];
        expect((await store.equityMarks(asked, { most: 5 })).map(({ length }) => length)).toEqual([3, 2]);
        const message = 'the accounts have more than 4 marks in the range, wanted at most that many';
        await expect(store.equityMarks(asked, { most: 4 })).rejects.toMatchObject({
          code: 'COST_LIMIT',
          message: expect.stringContaining(message),
        });
        expect(await store.equityMarks([{ ...key('a', 'REALTIME'), end: 999 }], { most: 0 })).toEqual([[]]);
        await expect(store.equityMarks([key('a', 'REALTIME')], { most: 0 })).rejects.toMatchObject({
          code: 'COST_LIMIT',
        });
      });

      it('are none for HISTORY', async () => {
        await store.writeDocuments([state({ updatedAt: 1000 })]);
        expect(await store.equityMarks([key('a')])).toEqual([[]]);
      });
    });

    describe('fills', () => {
      it('ascend in time and id, those without a time first', async () => {
        const trades = [
          fill('b', '20'),
          fill('\uff5e', '10'),
          fill('a', '20'),
          fill('z', null),
          fill('\u{1f680}', '10'),
        ];
        await store.writeDocuments([state({ trades })]);
        expect((await store.trades([key('a')]))[0]?.map(({ tradeId }) => tradeId)).toEqual([
          'z',
          '\u{1f680}',
          '\uff5e',
          'a',
          'b',
        ]);
      });

      it('come back as they were written, nanoseconds beyond 2^53 exact', async () => {
        const nanos = ['1567775573528050636', '1567775573528050637', '9223372036854775807'];
        const written = state({ trades: nanos.map((each, at) => fill(`t${at}`, each)) });
        await store.writeDocuments([written]);
        const [trades] = await store.trades([key('a')]);
        expect(trades).toEqual(written.trades);
        expect(trades?.map(({ tradedAtNanos }) => String(tradedAtNanos))).toEqual(nanos);
      });

      it('that were stored under two days are one fill, of the earlier day', async () => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-17', trades: [fill('6', '100')] }),
          state({ tradingDay: '2020-01-16', trades: [fill('6', '100')] }),
        ]);
        const [trades] = await store.trades([key('a')]);
        expect(trades?.map(({ tradeId, tradingDay }) => [tradeId, tradingDay])).toEqual([['6', day('2020-01-16')]]);
      });

      it('that share only their id are two fills', async () => {
        await store.writeDocuments([
          state({ trades: [fill('6', '100'), fill('6', '100', { instrument_id: 'au2006' })] }),
          state({ tradingDay: '2020-01-17', trades: [fill('6', '200'), fill('7', null)] }),
          state({ tradingDay: '2020-01-20', trades: [fill('7', null, { price: 1 })] }),
          state({ accountCookie: 'b', trades: [fill('6', '100')] }),
        ]);
        const [own, other] = await store.trades([key('a'), key('b')]);
        expect(own?.map(({ tradeId }) => tradeId)).toEqual(['7', '7', '6', '6', '6']);
        expect(other).toHaveLength(1);
      });
    });

    describe('fills without an instant', () => {
      it('that two days hold with all that they say are one, of the earlier day', async () => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-20', trades: [fill('7', null)] }),
          state({ tradingDay: '2020-01-17', trades: [fill('7', null)] }),
          state({ tradingDay: '2020-01-16', trades: [fill('7', null, { volume: 9 })] }),
          state({ tradingDay: '2020-01-21', trades: [fill('7', null, { volume: 9 })] }),
        ]);
        const [trades] = await store.trades([key('a')]);
        expect(trades?.map(({ tradingDay, volume }) => [tradingDay, volume])).toEqual([
          [day('2020-01-16'), 9],
          [day('2020-01-17'), 1],
        ]);
      });

      it.each([
        { price: 1 },
        { volume: 2 },
        { commission: null },
        { direction: 'SELL' },
        { offset: 'CLOSE' },
        { order_id: 'other' },
        { exchange_id: 'INE' },
      ])('that differ in %o are two', async (difference) => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-16', trades: [fill('7', null, { direction: 'BUY', offset: 'OPEN' })] }),
          state({
            tradingDay: '2020-01-17',
            trades: [fill('7', null, { direction: 'BUY', offset: 'OPEN', ...difference })],
          }),
        ]);
        expect((await store.trades([key('a')]))[0]).toHaveLength(2);
      });
    });

    describe('orders', () => {
      it('ascend in time and id, each as it was written', async () => {
        const written = state({
          orders: [
            order('b', { insert_date_time: '2000000' }),
            order('a', { insert_date_time: '2000000' }),
            order('c', { insert_date_time: '1000000', limit_price: '3500.10' }),
            order('d', { insert_date_time: 0 }),
          ],
        });
        await store.writeDocuments([written]);
        const [orders] = await store.orders([key('a')]);
        expect(orders?.map(({ orderId }) => orderId)).toEqual(['d', 'c', 'a', 'b']);
        expect(orders).toEqual(expect.arrayContaining([...written.orders]));
      });

      it('that several days hold come once, at their latest state', async () => {
        await store.writeDocuments([
          state({ tradingDay: '2020-01-17', orders: [order('a', { status: 'FINISHED' })] }),
          state({ tradingDay: '2020-01-16', orders: [order('a', { status: 'ALIVE', volume_left: 1 })] }),
        ]);
        const [orders] = await store.orders([key('a')]);
        expect(orders?.map(({ status, tradingDay }) => [status, tradingDay])).toEqual([['FILLED', day('2020-01-17')]]);
      });
    });

    it('reads no list for somebody who does not wait for it any more', async () => {
      const asked = [key('a', 'REALTIME')];
      const reading = { signal: AbortSignal.abort() };
      const reads = [
        store.equityRows(asked, reading),
        store.equityMarks(asked, reading),
        store.trades(asked, reading),
        store.orders(asked, reading),
      ];
      for (const end of await Promise.allSettled(reads)) {
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
      }
    });

    it('answers a batch of a thousand keys as it answers each of them', async () => {
      const names = Array.from({ length: 1000 }, (_, at) => `account-${at}`);
      await store.writeDocuments(names.slice(0, 50).map((accountCookie, balance) => state({ accountCookie, balance })));
      const found = await store.latestSnapshots(names.toReversed().map((each) => key(each)));
      expect(found.filter((snapshot) => snapshot !== undefined)).toHaveLength(50);
      expect(found.at(-1)?.balance).toBe(0);
      expect(found.at(-50)?.balance).toBe(49);
    });

    describe('latest documents', () => {
      it('are the latest states, each with the fills and orders of its own day, as these are listed', async () => {
        const live = (tradingDay: string, balance: number, name: string): AccountDocument =>
          state({
            ...{ source: 'REALTIME', tradingDay, balance },
            trades: [fill(`${name}2`, '5'), fill(`${name}1`, '4'), fill(`${name}2`, '5')],
            orders: [
              order(`${name}2`, { insert_date_time: '7000000' }),
              order(`${name}1`, { insert_date_time: '1000000' }),
            ],
          });
        await store.writeDocuments([live('2020-01-15', 1, 'old'), live('2020-01-16', 2, 'new')]);
        const [document] = await store.latestDocuments([key('a', 'REALTIME')]);
        expect(document?.snapshot).toEqual((await store.latestSnapshots([key('a', 'REALTIME')]))[0]);
        expect(document?.snapshot.balance).toBe(2);
        expect(document?.trades.map(({ tradeId }) => tradeId)).toEqual(['new1', 'new2']);
        expect(document?.orders.map(({ orderId }) => orderId)).toEqual(['new1', 'new2']);
        expect(document?.trades).toMatchObject([{ tradedAtNanos: 4n, accountCookie: 'a' }, { tradedAtNanos: 5n }]);
        expect(document?.orders).toMatchObject([{ source: 'REALTIME', createdAt: 1 }, { createdAt: 7 }]);
      });

      it('come in the order of the keys, undefined for what is not there, of states without a day too', async () => {
        await store.writeDocuments([
          state({ source: 'REALTIME', tradingDay: null, balance: 1, orders: [order('o')] }),
          state({ source: 'REALTIME', accountCookie: 'b', balance: 2 }),
        ]);
        const asked = [key('b', 'REALTIME'), key('none', 'REALTIME'), key('a', 'REALTIME'), key('b', 'REALTIME')];
        const documents = await store.latestDocuments(asked);
        expect(documents.map((document) => document?.snapshot.balance)).toEqual([2, undefined, 1, 2]);
        expect(documents.map((document) => document?.orders.length)).toEqual([0, undefined, 1, 0]);
        expect(await store.latestDocuments([])).toEqual([]);
      });

      it('have what was written last, also when its maps were cleared', async () => {
        const live = (orders: readonly object[]): AccountDocument =>
          state({ source: 'REALTIME', orders, trades: orders.map((_, at) => fill(`t${at}`, '1')) });
        await store.writeDocuments([live([order('o')])]);
        expect((await store.latestDocuments([key('a', 'REALTIME')]))[0]).toMatchObject({ orders: [{ orderId: 'o' }] });
        await store.writeDocuments([live([])]);
        expect((await store.latestDocuments([key('a', 'REALTIME')]))[0]).toMatchObject({ orders: [], trades: [] });
      });
    });

    describe('changes', () => {
      it('are told after each write of a state', async () => {
        for (const balance of [1, 2]) {
          const { promise, resolve } = Promise.withResolvers<void>();
          using _ = store.changes(resolve);
          await store.writeDocuments([state({ source: 'REALTIME', balance })]);
          await promise;
        }
      });

      it('are told to all who want to know, and to nobody who does not any more', async () => {
        const told: string[] = [];
        const watch = (name: string) => {
          const { promise, resolve } = Promise.withResolvers<void>();
          const watching = store.changes(() => {
            told.push(name);
            resolve();
          });
          return { promise, watching };
        };
        const [one, other, gone] = [watch('one'), watch('other'), watch('gone')];
        gone.watching[Symbol.dispose]();
        gone.watching[Symbol.dispose]();
        await store.writeDocuments([state({ source: 'REALTIME' })]);
        await Promise.all([one.promise, other.promise]);
        expect(new Set(told)).toEqual(new Set(['one', 'other']));
        for (const { watching } of [one, other]) watching[Symbol.dispose]();
      });
    });
  });
}
