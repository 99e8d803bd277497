import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountDrops, DropRequest, RestoreRequest } from '../../src/store/account-drops.ts';
import type { AccountKey, AccountStore, AccountWriter } from '../../src/store/accounts.ts';
import { day } from '../support/bars.ts';
import { pythonOrder, pythonTrade } from '../support/qifi-documents.ts';
import { FOREIGN_NAMES, key, type StateChanges, state } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';

const NOW = Date.UTC(2026, 10, 20, 4);
const DAY_MS = 24 * 3600 * 1000;

/** The accounts of a store, and what drops them. */
export interface DroppableAccounts {
  readonly accounts: AccountStore & AccountWriter;
  readonly drops: AccountDrops;
}

export function dropRequest(accountCookies: readonly string[], changes: Partial<DropRequest> = {}): DropRequest {
  return { source: 'HISTORY', accountCookies, requestedBy: 'ann', requestedAt: NOW, ...changes };
}

export function restoreRequest(accountCookie: string, changes: Partial<RestoreRequest> = {}): RestoreRequest {
  return { source: 'HISTORY', accountCookie, replace: false, requestedBy: 'bob', requestedAt: NOW + 1, ...changes };
}

/** Writes days of an account, each with a position, a fill and an order. */
export async function writeDays(accounts: AccountWriter, days: number, changes: StateChanges = {}): Promise<void> {
  const firstDay = day('2020-01-01');
  const documents = Array.from({ length: days }, (_, index) => {
    const nanos = (1_579_141_800_112_232_961n + BigInt(index)).toString();
    const { snapshot, ...rest } = state({
      trades: [pythonTrade({ trade_id: `t${index}`, trade_date_time: { $numberLong: nanos } })],
      orders: [pythonOrder({ order_id: `o${index}` })],
      updatedAt: NOW + index,
      ...changes,
    });
    const tradingDay = firstDay + index;
    return { snapshot: { ...snapshot, tradingDay }, trades: rest.trades, orders: rest.orders };
  });
  await accounts.writeDocuments(documents);
}

/** Everything that a store answers of an account. */
export async function contentOf(accounts: AccountStore, asked: AccountKey): Promise<object> {
  const listings = await accounts.listAccounts({ source: asked.source });
  return {
    listing: listings.filter(({ accountCookie }) => accountCookie === asked.accountCookie),
    latest: await accounts.latestSnapshots([asked]),
    equityRows: await accounts.equityRows([asked]),
    equityMarks: await accounts.equityMarks([asked]),
    trades: await accounts.trades([asked]),
    orders: await accounts.orders([asked]),
  };
}

const NOTHING = { listing: [], latest: [undefined], equityRows: [[]], equityMarks: [[]], trades: [[]], orders: [[]] };

/** What every AccountDrops does, whatever the accounts lie in. `open` opens an empty store. */
export function describeAccountDrops(name: string, open: () => Promise<OpenedStore<DroppableAccounts>>): void {
  describe(name, () => {
    let opened: OpenedStore<DroppableAccounts>;
    let accounts: DroppableAccounts['accounts'];
    let drops: AccountDrops;
    beforeEach(async () => {
      opened = await open();
      ({ accounts, drops } = opened.store);
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    const content = (accountCookie: string, source: AccountKey['source'] = 'HISTORY'): Promise<object> =>
      contentOf(accounts, key(accountCookie, source));

    it('deletes all of the accounts named, says which and how many documents, and leaves the others alone', async () => {
      for (const accountCookie of ['a', 'b', 'c']) await writeDays(accounts, 3, { accountCookie });
      await writeDays(accounts, 1, { accountCookie: 'a', source: 'REALTIME' });
      const others = [await content('b'), await content('a', 'REALTIME')];
      expect(await drops.drop(dropRequest(['c', 'none', 'a']))).toEqual({ dropped: ['c', 'a'], documents: 6 });
      expect([await content('a'), await content('c')]).toEqual([NOTHING, NOTHING]);
      expect([await content('b'), await content('a', 'REALTIME')]).toEqual(others);
    });

    it('deletes a REALTIME account with its marks, and a state without a day', async () => {
      await accounts.writeDocuments([
        state({ source: 'REALTIME', updatedAt: NOW, balance: 1 }),
        state({ source: 'REALTIME', updatedAt: NOW + 1, balance: 2 }),
        state({ source: 'REALTIME', accountCookie: 'b', tradingDay: null }),
      ]);
      expect(await accounts.equityMarks([key('a', 'REALTIME')])).toMatchObject([[{ balance: 1 }, { balance: 2 }]]);
      const outcome = await drops.drop(dropRequest(['a', 'b'], { source: 'REALTIME' }));
      expect(outcome).toEqual({ dropped: ['a', 'b'], documents: 2 });
      expect([await content('a', 'REALTIME'), await content('b', 'REALTIME')]).toEqual([NOTHING, NOTHING]);
    });

    it('deletes nothing for names that are not there, and has it on record', async () => {
      await writeDays(accounts, 1, { accountCookie: 'desk-1' });
      const names = ['desk', 'DESK-1', 'desk-%', 'desk-*', 'desk-_', '', ' desk-1', 'desk-\ud800'];
      expect(await drops.drop(dropRequest(names))).toEqual({ dropped: [], documents: 0 });
      expect(await content('desk-1')).not.toEqual(NOTHING);
      expect(await drops.records()).toEqual([{ ...dropRequest(names), state: 'DROPPED', dropped: [], documents: 0 }]);
    });

    it('takes names as they are, whatever they mean elsewhere', async () => {
      for (const accountCookie of FOREIGN_NAMES) await writeDays(accounts, 1, { accountCookie });
      const dropped = FOREIGN_NAMES.filter((_, index) => index % 2 === 0);
      const kept = FOREIGN_NAMES.filter((_, index) => index % 2 === 1);
      expect(await drops.drop(dropRequest(dropped))).toEqual({ dropped, documents: dropped.length });
      const listed = (await accounts.listAccounts({ source: 'HISTORY' })).map(({ accountCookie }) => accountCookie);
      expect(new Set(listed)).toEqual(new Set(kept));
      for (const accountCookie of dropped) {
        expect(await drops.restore(restoreRequest(accountCookie))).toMatchObject({ kind: 'RESTORED', documents: 1 });
        expect(await accounts.latestSnapshots([key(accountCookie)])).toMatchObject([{ accountCookie }]);
      }
    });

    it('has on record who dropped what, when, and what came of it, also after it is opened anew', async () => {
      await writeDays(accounts, 1, { source: 'REALTIME' });
      const request = dropRequest(['none', 'a'], { source: 'REALTIME', requestedBy: 'ann', requestedAt: NOW + 7 });
      await drops.drop(request);
      await drops.drop(dropRequest(['a']));
      const reopened = await opened.reopen();
      expect(await reopened.drops.records()).toEqual([
        { ...request, state: 'DROPPED', dropped: ['a'], documents: 1 },
        { ...dropRequest(['a']), state: 'DROPPED', dropped: [], documents: 0 },
      ]);
    });

    it.each([
      // A running account has one state; where it runs settles those of earlier days is its store's own.
      ['HISTORY', 3],
      ['REALTIME', 1],
    ] as const)('brings a %s account back as it was, also after it is opened anew', async (source, days) => {
      await writeDays(accounts, days, { source });
      await writeDays(accounts, 1, { source, accountCookie: 'b' });
      const before = await content('a', source);
      await drops.drop(dropRequest(['a', 'b'], { source }));
      ({ accounts, drops } = await opened.reopen());
      const outcome = await drops.restore(restoreRequest('a', { source }));
      expect(outcome).toEqual({ kind: 'RESTORED', documents: days, droppedAt: NOW });
      expect(await content('a', source)).toEqual(before);
      expect(await content('b', source)).toEqual(NOTHING);
    });

    it('brings back nothing of an account that was not dropped from this source', async () => {
      await writeDays(accounts, 1);
      await writeDays(accounts, 1, { source: 'REALTIME' });
      await drops.drop(dropRequest(['a']));
      expect(await drops.restore(restoreRequest('b'))).toEqual({ kind: 'NO_COPY' });
      for (const replace of [false, true]) {
        const request = restoreRequest('a', { source: 'REALTIME', replace });
        expect(await drops.restore(request)).toEqual({ kind: 'NO_COPY' });
      }
      expect(await content('a', 'REALTIME')).not.toEqual(NOTHING);
    });

    it('leaves an account alone that has documents again', async () => {
      await writeDays(accounts, 3);
      await drops.drop(dropRequest(['a']));
      await writeDays(accounts, 2, { balance: 7 });
      const present = await content('a');
      expect(await drops.restore(restoreRequest('a'))).toEqual({ kind: 'OCCUPIED', documents: 2 });
      expect(await content('a')).toEqual(present);
    });

    it('replaces what an account has again when it is told to, on record and with a copy of that', async () => {
      await writeDays(accounts, 3);
      const first = await content('a');
      await drops.drop(dropRequest(['a']));
      await writeDays(accounts, 2, { balance: 7 });
      const second = await content('a');
      expect(await drops.restore(restoreRequest('a', { replace: true }))).toMatchObject({ documents: 3 });
      expect(await content('a')).toEqual(first);
      const record = { requestedBy: 'bob', requestedAt: NOW + 1, state: 'DROPPED', dropped: ['a'], documents: 2 };
      expect((await drops.records())[1]).toMatchObject(record);
      expect(await drops.restore(restoreRequest('a', { replace: true }))).toMatchObject({ documents: 2 });
      expect(await content('a')).toEqual(second);
    });

    it('brings back the latest of several copies', async () => {
      for (const [index, balance] of [1, 2, 3].entries()) {
        await writeDays(accounts, 1, { balance });
        await drops.drop(dropRequest(['a'], { requestedAt: NOW + index }));
      }
      expect(await drops.restore(restoreRequest('a'))).toMatchObject({ kind: 'RESTORED', droppedAt: NOW + 2 });
      expect((await accounts.latestSnapshots([key('a')]))[0]?.balance).toBe(3);
    });

    it('gives up the copies of drops before an instant, and keeps their records', async () => {
      for (const [index, accountCookie] of ['a', 'b'].entries()) {
        await writeDays(accounts, 1, { accountCookie });
        await drops.drop(dropRequest([accountCookie], { requestedAt: NOW + index * DAY_MS }));
      }
      await drops.trim(NOW);
      const records = await drops.records();
      await drops.trim(NOW + DAY_MS);
      await drops.trim(NOW + DAY_MS);
      expect(await drops.restore(restoreRequest('a'))).toEqual({ kind: 'NO_COPY' });
      expect(await drops.restore(restoreRequest('b'))).toMatchObject({ kind: 'RESTORED', documents: 1 });
      expect(await drops.records()).toEqual(records);
    });

    it('deletes an account once, however many ask at the same time', async () => {
      await writeDays(accounts, 3);
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => drops.drop(dropRequest(['a']))));
      expect(outcomes.map(({ documents }) => documents).sort()).toEqual([0, 0, 0, 0, 3]);
      expect(await drops.restore(restoreRequest('a'))).toMatchObject({ kind: 'RESTORED', documents: 3 });
    });
  });
}
