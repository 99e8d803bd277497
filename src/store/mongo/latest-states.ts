import type { Document } from 'mongodb';
import type { AccountSource } from '../../domain/account.ts';
import type { DataIssue, DataReport } from '../../domain/data-faults.ts';
import { dayOfInstant } from '../../domain/day.ts';
import { own } from '../../domain/qifi-values.ts';
import { LatestDays, type SearchGroup } from './latest-days.ts';
import { ACCOUNT, DAY_COLLECTIONS, type QifiCollection } from './qifi-collections.ts';
import type { QifiReader, RowQuery } from './qifi-reader.ts';
import {
  identifyState,
  isLater,
  LIGHT_STATE_FIELDS,
  ROW_FIELDS,
  type RowIdentity,
  type RowReading,
} from './stored-rows.ts';
import { type AccountDays, filtersOf, fromDay } from './trading-day-filters.ts';

/** The document that holds the latest state of an account. */
export interface LatestState {
  readonly row: RowIdentity;
  readonly document: Document;
  readonly reading: RowReading;
}

export interface LatestQuery {
  readonly source: AccountSource;
  readonly names: readonly string[];
  /** At least `LIGHT_STATE_FIELDS`, or `accounts` as a whole. */
  readonly projection: Document;
  readonly report?: DataReport | undefined;
}

type FoundStates = Map<string, LatestState>;

const SETTLED = DAY_COLLECTIONS.HISTORY;
const ACCOUNT_ONLY = [ACCOUNT] as const;

/** Whatever a message could say is wrong with a row. */
const REFUSABLE_FIELDS: Document = { ...ROW_FIELDS, accounts: 1 };

/** How far back the latest states are looked for, one after the other and at last without a bound, in days. */
const SEARCHED_DAYS = [8, 32, 128, 512, 2048] as const;

/** Told of one look, of accounts that have nothing but documents that cannot be read. */
const MOST_ISSUES = 1000;

/**
 * Finds the latest states of accounts in series of any length: where they were found before, else in spans that grow
 * fourfold, so that the number of commands grows with the logarithm of the days and never with the accounts.
 */
export class LatestStates {
  readonly #reader: QifiReader;
  readonly #now: () => number;
  readonly #days: LatestDays;

  /** `now` in milliseconds since the epoch. */
  constructor(reader: QifiReader, now: () => number) {
    this.#reader = reader;
    this.#now = now;
    this.#days = new LatestDays(now);
  }

  /** By account; an account that is not there has none. */
  async find(query: LatestQuery): Promise<ReadonlyMap<string, LatestState>> {
    const latest: FoundStates = new Map();
    if (query.names.length === 0) return latest;
    if (query.source === 'REALTIME') {
      // One document an account, whatever its day.
      await this.#collectAll(query, { from: ACCOUNT_ONLY, names: query.names }, latest);
      return latest;
    }
    const today = dayOfInstant(this.#now());
    const { groups, unknown } = this.#days.plan(query.names, today);
    await Promise.all(groups.map((group) => this.#lookAgain(query, group, latest)));
    const missing = [...unknown, ...groups.flatMap(({ names }) => names.filter((name) => !latest.has(name)))];
    if (missing.length > 0) await this.#search(query, missing, latest);
    for (const [name, { row }] of latest) {
      if (row.owner.tradingDay === null) this.#days.forget(name);
      else this.#days.remember(name, row.owner.tradingDay);
    }
    return latest;
  }

  /** Where they were when they were last looked for, and on later days. */
  async #lookAgain(query: LatestQuery, { names, from, isRecent }: SearchGroup, latest: FoundStates): Promise<void> {
    if (isRecent) return this.#collectFrom(query, { names, day: from }, latest);
    const found: FoundStates = new Map();
    await this.#collectFrom(lightly(query), { names, day: from }, found);
    await this.#fetch(query, found, latest);
  }

  /** Looks for the days first, without the rest of their documents. */
  async #search(query: LatestQuery, names: readonly string[], latest: FoundStates): Promise<void> {
    const today = dayOfInstant(this.#now());
    const found: FoundStates = new Map();
    let missing = names;
    for (const days of SEARCHED_DAYS) {
      await this.#collectFrom(lightly(query), { names: missing, day: today - days }, found);
      missing = missing.filter((name) => !found.has(name));
      if (missing.length === 0) break;
    }
    if (missing.length > 0) {
      await this.#collectAll({ ...query, projection: REFUSABLE_FIELDS }, { from: SETTLED, names: missing }, found);
    }
    await this.#fetch(query, found, latest);
  }

  /** Collects whatever there is of accounts, and reports the documents of those of which nothing can be read. */
  async #collectAll(
    { source, projection, report }: LatestQuery,
    { from, names }: { readonly from: readonly QifiCollection[]; readonly names: readonly string[] },
    states: FoundStates,
  ): Promise<void> {
    const refused: { readonly name: unknown; readonly issue: DataIssue }[] = [];
    const query = { source, collections: from, filter: { account_cookie: { $in: names } }, projection };
    await this.#reader.visitStates(query, (document, reading) => {
      const refuse: DataReport = (issue) => {
        if (refused.length < MOST_ISSUES) refused.push({ name: own(document, 'account_cookie'), issue });
      };
      const row = identifyState(document, { ...reading, report: refuse });
      if (row !== undefined) keepLater({ row, document, reading: { ...reading, report } }, states);
    });
    if (report === undefined) return;
    for (const { name, issue } of refused) {
      if (typeof name !== 'string' || !states.has(name)) report(issue);
    }
  }

  /** The documents of states that were found without them. */
  async #fetch(query: LatestQuery, found: FoundStates, latest: FoundStates): Promise<void> {
    const places = Map.groupBy(found.values(), ({ reading }) => reading.from);
    const reads = [...places].map(([from, states]) => {
      const ids = states.map(({ row }) => row.id);
      return this.#collect(query, { collections: [from], filter: { _id: { $in: ids } } }, latest);
    });
    await Promise.all(reads);
  }

  async #collectFrom(query: LatestQuery, wanted: AccountDays, states: FoundStates): Promise<void> {
    for (const filter of filtersOf([wanted], fromDay)) {
      await this.#collect(query, { collections: SETTLED, filter }, states);
    }
  }

  /** What cannot be told from other states is none, and nobody misses it. */
  async #collect(
    { source, projection, report }: LatestQuery,
    wanted: Pick<RowQuery, 'collections' | 'filter'>,
    latest: FoundStates,
  ): Promise<void> {
    await this.#reader.visitStates({ ...wanted, source, projection }, (document, reading) => {
      const row = identifyState(document, reading);
      if (row !== undefined) keepLater({ row, document, reading: { ...reading, report } }, latest);
    });
  }
}

function keepLater(state: LatestState, states: FoundStates): void {
  const { accountCookie } = state.row.owner;
  const other = states.get(accountCookie);
  if (other === undefined || isLater(state.row, other.row)) states.set(accountCookie, state);
}

function lightly(query: LatestQuery): LatestQuery {
  return { ...query, projection: LIGHT_STATE_FIELDS, report: undefined };
}
