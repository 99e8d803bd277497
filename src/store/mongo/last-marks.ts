import type { Document } from 'mongodb';
import type { EquityMark } from '../../domain/account.ts';
import { decodeMark } from '../../domain/qifi-series.ts';
import { shanghaiDayOf } from '../../domain/qifi-times.ts';
import { MARKS } from './qifi-collections.ts';
import type { QifiReader } from './qifi-reader.ts';

/** What `decodeMark` reads. */
export const MARK_FIELDS: Document = { _id: 0, account_cookie: 1, updatetime: 1, 'accounts.balance': 1 };

/** Then a deployment that could not pick marks is asked to again: it may have been for another reason. */
const REFUSED_MS = 600_000;

export interface LastMarksOptions {
  readonly reader: QifiReader;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The last mark of each day, ascending, by account. There is one for every tick, so that the deployment picks them where
 * it can; one that cannot (an implementation of the protocol with few operators) sends them all.
 */
export class LastMarks {
  readonly #reader: QifiReader;
  readonly #now: () => number;
  #refusedUntil = -Infinity;

  constructor({ reader, now }: LastMarksOptions) {
    this.#reader = reader;
    this.#now = now;
  }

  /** Fails with UPSTREAM_UNAVAILABLE. */
  async find(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, readonly EquityMark[]>> {
    const marks = new MarksByDay();
    const unclear = await this.#pick(names, marks, signal);
    if (unclear.length > 0) {
      const filter = { account_cookie: { $in: unclear } };
      const query = { from: MARKS, filter, projection: MARK_FIELDS, signal };
      await this.#reader.visit(query, (document) => marks.add(document));
    }
    return marks.ascending();
  }

  /** Answers the accounts all of whose marks have to be looked at. */
  async #pick(names: readonly string[], marks: MarksByDay, signal?: AbortSignal): Promise<readonly string[]> {
    if (this.#now() < this.#refusedUntil) return names;
    const { MongoServerError } = await import('mongodb');
    const unclear = new Set<string>();
    const add = (document: Document): void => {
      const { account_cookie: name } = document;
      // The last of its day cannot be read; the one before it may be good.
      if (!marks.add(document) && typeof name === 'string') unclear.add(name);
    };
    const pipelines = [lastTextsOfDay(names), lastDatesOfDay(names)];
    try {
      await Promise.all(pipelines.map((pipeline) => this.#reader.aggregate({ from: MARKS, pipeline, signal }, add)));
      return [...unclear];
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof MongoServerError)) throw error;
      this.#refusedUntil = this.#now() + REFUSED_MS;
      return names;
    }
  }
}

/** Of each account and day the last mark that was added. */
class MarksByDay {
  readonly #accounts = new Map<string, Map<number, EquityMark>>();

  /** Whether it can be read. */
  add(document: Document): boolean {
    const decoded = decodeMark(document);
    if (decoded.kind !== 'DECODED') return false;
    const { accountCookie, mark } = decoded;
    const days = this.#accounts.get(accountCookie) ?? new Map<number, EquityMark>();
    this.#accounts.set(accountCookie, days);
    const day = shanghaiDayOf(mark.at);
    if (mark.at >= (days.get(day)?.at ?? -Infinity)) days.set(day, mark);
    return true;
  }

  ascending(): ReadonlyMap<string, readonly EquityMark[]> {
    const ofDays = (days: ReadonlyMap<number, EquityMark>) =>
      [...days.values()].sort((one, other) => one.at - other.at);
    return new Map([...this.#accounts].map(([name, days]) => [name, ofDays(days)]));
  }
}

/** Times as text, which sorts as it ascends: `2020-01-16 10:30:00_112233`. */
function lastTextsOfDay(names: readonly string[]): Document[] {
  return lastOfDay(names, { updatetime: { $type: 'string' }, day: { $substrCP: ['$updatetime', 0, 10] } });
}

/** Times as dates, which hold Shanghai's wall time as if it were UTC. Others than of four digits are nobody's. */
function lastDatesOfDay(names: readonly string[]): Document[] {
  const inCalendar = { $gte: new Date('1000-01-01'), $lte: new Date('9999-12-31') };
  const day = { $dateToString: { format: '%Y-%m-%d', date: '$updatetime' } };
  return lastOfDay(names, { updatetime: inCalendar, day });
}

/** What is no number, NaN included, is no mark; text may be one. */
function lastOfDay(names: readonly string[], { updatetime, day }: { updatetime: Document; day: Document }): Document[] {
  const balance = 'accounts.balance';
  const isMark = [
    { [balance]: { $gte: -Number.MAX_VALUE, $lte: Number.MAX_VALUE } },
    { [balance]: { $type: 'string' } },
  ];
  return [
    { $match: { account_cookie: { $in: names }, updatetime, $or: isMark } },
    { $project: { account_cookie: 1, updatetime: 1, balance: `$${balance}`, day } },
    {
      $group: {
        _id: { account: '$account_cookie', day: '$day' },
        last: { $max: { updatetime: '$updatetime', balance: '$balance' } },
      },
    },
    {
      $project: {
        _id: 0,
        account_cookie: '$_id.account',
        updatetime: '$last.updatetime',
        accounts: { balance: '$last.balance' },
      },
    },
  ];
}
