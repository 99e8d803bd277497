import type { Document } from 'mongodb';
import { formatDay } from '../../domain/day.ts';
import { QifiNotes } from '../../domain/qifi-notes.ts';
import { isBlank } from '../../domain/qifi-owner.ts';
import { QifiRecord } from '../../domain/qifi-record.ts';
import { tradingDayOf, updateTimeOf } from '../../domain/qifi-times.ts';
import { describeValue, idText } from '../../domain/qifi-values.ts';
import { ACCOUNT, MARKS, type QifiCollection } from './qifi-collections.ts';

/** Documents that have something in common. */
export interface Tallied {
  readonly count: number;
  /** The first three, each by its id or its name. */
  readonly examples: readonly string[];
}

/** How a document says its trading day, or its time in `hisaccount`. */
export type DayForm = 'with dashes' | 'without dashes' | 'blank' | 'missing' | 'in another form' | 'unreadable';

/** What of a document is looked at: nothing else of it is asked for. */
export const TALLIED_FIELDS: Document = { account_cookie: 1, trading_day: 1, updatetime: 1, 'accounts.balance': 1 };

const MOST_EXAMPLES = 3;

/** Counts what is unusual about documents of one collection. */
export class DocumentTally {
  readonly #from: QifiCollection;
  readonly #rows = new Map<string, number>();
  readonly forms = new Map<DayForm, number>();
  readonly unnamed = new Examples();
  /** Without the day, or the time, that they need. */
  readonly undated = new Examples();
  readonly withoutAccounts = new Examples();
  /** Whose `accounts` has no balance that is a number: NaN is none. */
  readonly withoutBalance = new Examples();
  documents = 0;

  constructor(from: QifiCollection) {
    this.#from = from;
  }

  add(document: Document): void {
    this.documents++;
    const id = idText(document._id);
    const top = new QifiRecord(document, '', new QifiNotes());
    const name = top.name('account_cookie');
    if (name === null) this.unnamed.add(id);
    const form = this.#from === MARKS ? formOfTime(top.value('updatetime')) : formOfDay(top.value('trading_day'));
    this.forms.set(form, (this.forms.get(form) ?? 0) + 1);
    if (!this.#isDatedEnough(form)) this.undated.add(id);
    const accounts = top.record('accounts');
    if (accounts === undefined) this.withoutAccounts.add(id);
    else if (accounts.figure('balance') === null) this.withoutBalance.add(id);
    const row = name === null ? undefined : this.#rowOf(name, top.value('trading_day'));
    if (row !== undefined) this.#rows.set(row, (this.#rows.get(row) ?? 0) + 1);
  }

  /** Accounts and days, in QAREALTIME.account accounts alone, that have several documents. */
  get repeated(): Tallied {
    const examples = new Examples();
    for (const [row, count] of this.#rows) if (count > 1) examples.add(row);
    return examples;
  }

  #isDatedEnough(form: DayForm): boolean {
    if (form === 'unreadable') return false;
    if (this.#from === MARKS) return form !== 'blank' && form !== 'missing';
    // A running account may be of no day, and the first row of a backtest has a blank one.
    return this.#from === ACCOUNT || form !== 'missing';
  }

  #rowOf(name: string, tradingDay: unknown): string | undefined {
    if (this.#from === MARKS) return undefined;
    if (this.#from === ACCOUNT) return describeValue(name);
    const day = tradingDayOf(tradingDay);
    return day === undefined ? undefined : `${describeValue(name)} ${formatDay(day)}`;
  }
}

class Examples implements Tallied {
  readonly examples: string[] = [];
  count = 0;

  add(example: string): void {
    this.count++;
    if (this.examples.length < MOST_EXAMPLES) this.examples.push(example);
  }
}

function formOfDay(value: unknown): DayForm {
  if (value == null) return 'missing';
  if (isBlank(value)) return 'blank';
  if (tradingDayOf(value) === undefined) return 'unreadable';
  if (typeof value !== 'string') return 'in another form';
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return 'with dashes';
  return /^\d{8}$/.test(value) ? 'without dashes' : 'in another form';
}

function formOfTime(value: unknown): DayForm {
  if (value == null) return 'missing';
  if (isBlank(value)) return 'blank';
  if (updateTimeOf(value) === undefined) return 'unreadable';
  return typeof value === 'string' ? 'with dashes' : 'in another form';
}
