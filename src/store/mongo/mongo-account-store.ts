import type { Document } from 'mongodb';
import type { Clock } from '../../async/clock.ts';
import {
  type AccountSnapshot,
  type AccountSource,
  type EquityMark,
  type EquityRow,
  MOST_MARKS,
} from '../../domain/account.ts';
import type { AccountDocument } from '../../domain/account-document.ts';
import type { DocumentOrigin } from '../../domain/data-faults.ts';
import { realtimeSeries } from '../../domain/equity.ts';
import { distinctOrders, distinctOrdersInSteps } from '../../domain/insertion-order.ts';
import type { QifiOrder } from '../../domain/order.ts';
import { decodeQifi } from '../../domain/qifi.ts';
import { decodeFills } from '../../domain/qifi-fills.ts';
import { decodeOrders } from '../../domain/qifi-orders.ts';
import type { QifiOwner } from '../../domain/qifi-owner.ts';
import { decodeEquityRow, decodeMark } from '../../domain/qifi-series.ts';
import { decodeState } from '../../domain/qifi-state.ts';
import { eachInSteps, type Steps } from '../../domain/steps.ts';
import type { Trade } from '../../domain/trade.ts';
import { distinctTrades, distinctTradesInSteps } from '../../domain/trade-order.ts';
import type { AccountReading, MarkReading } from '../account-reading.ts';
import type {
  AccountDayKey,
  AccountFilter,
  AccountKey,
  AccountListing,
  AccountRangeKey,
  AccountStore,
} from '../accounts.ts';
import { Turns } from '../turns.ts';
import { AccountChanges } from './account-changes.ts';
import { AccountListings } from './account-listings.ts';
import { LastMarks, MARK_FIELDS } from './last-marks.ts';
import { type LatestState, LatestStates } from './latest-states.ts';
import { MarkRanges } from './mark-ranges.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { mapInTurns } from './paced-documents.ts';
import { DAY_COLLECTIONS, MARKS } from './qifi-collections.ts';
import { QifiReader } from './qifi-reader.ts';
import { StatesByDay } from './states-by-day.ts';
import {
  identify,
  identifyState,
  ROW_FIELDS,
  RowOrigin,
  type RowReading,
  reportEntries,
  reportRow,
} from './stored-rows.ts';
import { type AccountDays, filtersOf, onDay } from './trading-day-filters.ts';

/** What a snapshot is made of: no password, no address and no connection string is ever asked for. */
const STATE_FIELDS: Document = { ...ROW_FIELDS, accounts: 1, portfolio: 1, broker_name: 1, status: 1, positions: 1 };
const ORDER_FIELDS: Document = { ...ROW_FIELDS, orders: 1, trades: 1 };
const EQUITY_FIELDS: Document = {
  ...ROW_FIELDS,
  ...Object.fromEntries(
    ['balance', 'pre_balance', 'available', 'margin', 'deposit', 'withdraw'].map((name) => [`accounts.${name}`, 1]),
  ),
};

/** A state with its fills and orders. */
const DOCUMENT_FIELDS: Document = { ...STATE_FIELDS, ...ORDER_FIELDS };

/** How entries of one kind are read from the states that have them. */
interface EntryKind<Entry> {
  readonly projection: Document;
  decode(
    document: Document,
    owner: QifiOwner,
    origin: DocumentOrigin,
  ): { readonly entries: readonly Entry[]; readonly leftOut: readonly string[] };
  /** An entry may be in the states of several days. */
  distinct(entries: readonly Entry[]): Steps<Entry[]>;
}

const FILLS: EntryKind<Trade> = {
  projection: { ...ROW_FIELDS, trades: 1 },
  decode(document, owner, origin) {
    const { trades, leftOut } = decodeFills(document, owner, origin);
    return { entries: trades, leftOut };
  },
  distinct: distinctTradesInSteps,
};

const ORDERS: EntryKind<QifiOrder> = {
  projection: ORDER_FIELDS,
  decode(document, owner, origin) {
    const { orders, leftOut } = decodeOrders(document, owner, origin);
    return { entries: orders, leftOut };
  },
  distinct: distinctOrdersInSteps,
};

export interface MongoAccountStoreOptions {
  readonly deployment: MongoDeployment;
  readonly clock: Clock;
}

/** The accounts of a QUANTAXIS deployment, read as its writers left them. Never writes. */
export class MongoAccountStore implements AccountStore {
  readonly #deployment: MongoDeployment;
  readonly #clock: Clock;
  readonly #reader: QifiReader;
  readonly #latest: LatestStates;
  readonly #lastMarks: LastMarks;
  readonly #listings: AccountListings;
  readonly #turns = new Turns();

  constructor({ deployment, clock }: MongoAccountStoreOptions) {
    this.#deployment = deployment;
    this.#clock = clock;
    const now = (): number => clock.now();
    this.#reader = new QifiReader(deployment);
    this.#latest = new LatestStates(this.#reader, now);
    this.#lastMarks = new LastMarks({ reader: this.#reader, now });
    this.#listings = new AccountListings({ deployment, latest: this.#latest, now });
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#deployment.ping(signal);
  }

  async listAccounts(
    { source, search }: AccountFilter,
    { report }: AccountReading = {},
  ): Promise<readonly AccountListing[]> {
    const listings = await this.#listings.read(source, report);
    if (search === undefined) return listings;
    // A half of a character is a part of no name.
    if (!search.isWellFormed()) return [];
    const wanted = search.toLowerCase();
    return listings.filter(({ accountCookie }) => accountCookie.toLowerCase().includes(wanted));
  }

  /** The list is read anew when it is asked for next. */
  forgetListings(): void {
    this.#listings.forget();
  }

  async latestSnapshots(keys: readonly AccountKey[], { report }: AccountReading = {}) {
    return eachBySource<AccountKey, AccountSnapshot | undefined>(keys, undefined, async (source, ofSource) => {
      const names = namesOf(ofSource);
      const latest = await this.#latest.find({ source, names, projection: STATE_FIELDS, report });
      return this.#map(ofSource, ({ accountCookie }) => {
        const state = latest.get(accountCookie);
        return state === undefined ? undefined : toSnapshot(state.document, state.reading);
      });
    });
  }

  async snapshotsOfDay(keys: readonly AccountDayKey[], { report, signal }: AccountReading = {}) {
    return eachBySource<AccountDayKey, AccountSnapshot | undefined>(keys, undefined, async (source, ofSource) => {
      const states = new StatesByDay<{ readonly document: Document; readonly reading: RowReading }>();
      for (const filter of filtersOf(accountsByDay(ofSource), onDay)) {
        const wanted = { source, collections: DAY_COLLECTIONS[source], filter, projection: STATE_FIELDS };
        await this.#reader.visitStates({ ...wanted, report, signal }, (document, reading) => {
          const row = identifyState(document, reading);
          if (row !== undefined) states.add(row, { document, reading });
        });
      }
      return this.#map(ofSource, ({ accountCookie, tradingDay }) => {
        const state = states.on(accountCookie, tradingDay);
        return state === undefined ? undefined : toSnapshot(state.document, state.reading);
      });
    });
  }

  async equityRows(keys: readonly AccountKey[], { report, signal }: AccountReading = {}) {
    return eachBySource<AccountKey, readonly EquityRow[]>(keys, [], async (source, ofSource) => {
      const names = namesOf(ofSource);
      const rows = new StatesByDay<EquityRow>();
      const query = { source, collections: DAY_COLLECTIONS[source], filter: ofAccounts(names), report, signal };
      const visits = this.#reader.visitStates({ ...query, projection: EQUITY_FIELDS }, (document, reading) => {
        const decoded = decodeEquityRow(document, new RowOrigin(document, reading));
        if (decoded.kind === 'REFUSED') reportRow(document, reading, decoded.reason);
        if (decoded.kind !== 'DECODED') return;
        const { accountCookie, updatedAt, row } = decoded;
        const { tradingDay } = row;
        const owner = { source, accountCookie, tradingDay };
        rows.add({ owner, updatedAt, rank: reading.rank, id: document._id }, row);
      });
      const [marks] = await Promise.all([
        source === 'REALTIME' ? this.#lastMarks.find(names, signal) : undefined,
        visits,
      ]);
      return this.#map(ofSource, ({ accountCookie }) => {
        const series = rows.of(accountCookie).sort((one, other) => one.tradingDay - other.tradingDay);
        const ofDays = marks?.get(accountCookie);
        return ofDays === undefined ? series : realtimeSeries(series, ofDays);
      });
    });
  }

  async equityMarks(keys: readonly AccountRangeKey[], { report, signal, most = MOST_MARKS }: MarkReading = {}) {
    return eachBySource<AccountRangeKey, readonly EquityMark[]>(keys, [], async (source, ofSource) => {
      if (source === 'HISTORY') return ofSource.map(() => []);
      const marks = new MarkRanges(ofSource, most);
      const { names } = this.#deployment;
      const reading: RowReading = { source, from: MARKS, rank: 0, names, report };
      const query = { from: MARKS, filter: marks.filter(), projection: { ...MARK_FIELDS, _id: 1 }, signal };
      await this.#reader.visit(query, (document) => {
        const decoded = decodeMark(document);
        if (decoded.kind === 'REFUSED') reportRow(document, reading, decoded.reason);
        if (decoded.kind === 'DECODED') marks.add(decoded.accountCookie, decoded.mark);
      });
      return this.#turns.run(
        eachInSteps(ofSource, (key) => marks.of(key)),
        signal,
      );
    });
  }

  async trades(keys: readonly AccountKey[], reading: AccountReading = {}) {
    return this.#entries(keys, FILLS, reading);
  }

  async orders(keys: readonly AccountKey[], reading: AccountReading = {}) {
    return this.#entries(keys, ORDERS, reading);
  }

  /** Those of all days of each account. */
  #entries<Entry>(
    keys: readonly AccountKey[],
    { projection, decode, distinct }: EntryKind<Entry>,
    { report, signal }: AccountReading,
  ): Promise<(readonly Entry[])[]> {
    return eachBySource<AccountKey, readonly Entry[]>(keys, [], async (source, ofSource) => {
      const ofDays = new StatesByDay<readonly Entry[]>();
      const filter = ofAccounts(namesOf(ofSource));
      const query = { source, collections: DAY_COLLECTIONS[source], filter, projection, report, signal };
      await this.#reader.visitStates(query, (document, reading) => {
        const row = identify(document, reading);
        if (row === undefined) return;
        const { entries, leftOut } = decode(document, row.owner, new RowOrigin(document, reading));
        reportEntries(document, reading, leftOut);
        ofDays.add(row, entries);
      });
      const distinctOf = ({ accountCookie }: AccountKey) => distinct(ofDays.of(accountCookie).flat());
      return this.#turns.run(eachInSteps(ofSource, distinctOf), signal);
    });
  }

  async latestDocuments(keys: readonly AccountKey[]) {
    return eachBySource<AccountKey, AccountDocument | undefined>(keys, undefined, async (source, ofSource) => {
      const latest = await this.#latest.find({ source, names: namesOf(ofSource), projection: DOCUMENT_FIELDS });
      return this.#map(ofSource, ({ accountCookie }) => toDocument(latest.get(accountCookie)));
    });
  }

  #map<Key, Made>(keys: readonly Key[], make: (key: Key) => Made): Promise<Made[]> {
    return mapInTurns(keys, make, this.#deployment.turns);
  }

  changes(onChange: () => void): Disposable {
    return new AccountChanges({ deployment: this.#deployment, clock: this.#clock, onChange });
  }
}

function toDocument(state: LatestState | undefined): AccountDocument | undefined {
  if (state === undefined) return undefined;
  const { document, reading } = state;
  const decoded = decodeQifi(document, reading.source, new RowOrigin(document, reading));
  if (decoded.kind !== 'DECODED') return undefined;
  const { snapshot, trades, orders } = decoded.document;
  return { snapshot, trades: distinctTrades(trades), orders: distinctOrders(orders) };
}

/** Undefined for a document that cannot be read as a state, which is reported. */
function toSnapshot(document: Document, reading: RowReading): AccountSnapshot | undefined {
  const decoded = decodeState(document, reading.source, new RowOrigin(document, reading));
  if (decoded.kind === 'REFUSED') reportRow(document, reading, decoded.reason);
  if (decoded.kind !== 'DECODED') return undefined;
  reportEntries(document, reading, decoded.leftOut);
  return decoded.snapshot;
}

/** Accounts by the days that are asked of them. */
function accountsByDay(keys: readonly AccountDayKey[]): AccountDays[] {
  const byDay = Map.groupBy(keys, ({ tradingDay }) => tradingDay);
  return [...byDay].map(([day, ofDay]) => ({ day, names: namesOf(ofDay) }));
}

function ofAccounts(names: readonly string[]): Document {
  return { account_cookie: { $in: names } };
}

/** Each name once. One that is no text of Unicode names nobody: the driver would make another of it. */
function namesOf(keys: readonly AccountKey[]): string[] {
  return [...new Set(keys.map(({ accountCookie }) => accountCookie))].filter((name) => name.isWellFormed());
}

/** What `read` answers for the keys of each source, in the order of all keys; `nothing` where it answers nothing. */
async function eachBySource<Key extends AccountKey, Value>(
  keys: readonly Key[],
  nothing: Value,
  read: (source: AccountSource, ofSource: readonly Key[]) => Promise<readonly Value[]>,
): Promise<Value[]> {
  const values = keys.map(() => nothing);
  const places = Map.groupBy(
    keys.map((key, index) => ({ key, index })),
    ({ key }) => key.source,
  );
  const reads = [...places].map(async ([source, ofSource]) => {
    const found = await read(
      source,
      ofSource.map(({ key }) => key),
    );
    for (const [at, { index }] of ofSource.entries()) values[index] = found[at] ?? nothing;
  });
  await Promise.all(reads);
  return values;
}
