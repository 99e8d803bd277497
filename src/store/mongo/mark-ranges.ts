import type { Document } from 'mongodb';
import type { EquityMark } from '../../domain/account.ts';
import { FIRST_DAY, LAST_DAY } from '../../domain/day.ts';
import { formatUpdateTime, shanghaiInstant } from '../../domain/qifi-times.ts';
import { type Steps, sortInSteps, visitInSteps } from '../../domain/steps.ts';
import { tooManyMarks } from '../account-reading.ts';
import type { AccountRangeKey } from '../accounts.ts';

/** Milliseconds since the epoch, both included. */
interface TimeRange {
  readonly start: number;
  readonly end: number;
}

type OpenRange = Pick<AccountRangeKey, 'start' | 'end'>;

/** Behind every fraction of a second. */
const HIGHEST = '\uffff';

/** What can be written as a time at all. */
const FIRST_INSTANT = shanghaiInstant(FIRST_DAY, 0);
const LAST_INSTANT = shanghaiInstant(LAST_DAY + 1, 0) - 1;

/** The marks of some accounts within the ranges that are asked of them. */
export class MarkRanges {
  readonly #keys: readonly AccountRangeKey[];
  readonly #most: number;
  readonly #accounts: ReadonlyMap<string, { readonly ranges: TimeRange[]; readonly marks: Map<number, EquityMark> }>;
  #count = 0;

  /** `most`: how many marks all keys together may have. */
  constructor(keys: readonly AccountRangeKey[], most: number) {
    this.#keys = keys.filter(({ accountCookie }) => accountCookie.isWellFormed());
    this.#most = most;
    const ofAccounts = Map.groupBy(this.#keys, ({ accountCookie }) => accountCookie);
    this.#accounts = new Map(
      [...ofAccounts].map(([name, ofAccount]) => [name, { ranges: ofAccount.map(rangeOf), marks: new Map() }]),
    );
  }

  /** A condition for all marks within the ranges. Others may satisfy it as well, but not many. */
  filter(): Document {
    const conditions = [...Map.groupBy(this.#keys, ({ start, end }) => `${start} ${end}`).values()].flatMap((keys) => {
      const account_cookie = { $in: [...new Set(keys.map(({ accountCookie }) => accountCookie))] };
      return timesWithin(keys[0] ?? {}).map((times) => ({ account_cookie, ...times }));
    });
    const [only] = conditions;
    return conditions.length === 1 && only !== undefined ? only : { $or: conditions };
  }

  /** Keeps what lies within a range; of two marks of one instant the latter. Fails with COST_LIMIT. */
  add(accountCookie: string, mark: EquityMark): void {
    const account = this.#accounts.get(accountCookie);
    if (account === undefined) return;
    const ranges = account.ranges.filter(({ start, end }) => mark.at >= start && mark.at <= end);
    if (ranges.length === 0) return;
    if (!account.marks.has(mark.at)) this.#count += ranges.length;
    if (this.#count > this.#most) throw tooManyMarks(this.#most);
    account.marks.set(mark.at, mark);
  }

  /** The marks of a key, ascending. */
  *of(key: AccountRangeKey): Steps<EquityMark[]> {
    const { start, end } = rangeOf(key);
    const marks: EquityMark[] = [];
    yield* visitInSteps(this.#accounts.get(key.accountCookie)?.marks.values() ?? [], (mark) => {
      if (mark.at >= start && mark.at <= end) marks.push(mark);
    });
    return yield* sortInSteps(marks, (one, other) => one.at - other.at);
  }
}

function rangeOf({ start = -Infinity, end = Infinity }: OpenRange): TimeRange {
  return { start, end };
}

/**
 * Conditions one of which every `updatetime` within the range satisfies: text, which sorts as it ascends, with a blank or
 * a T between day and time, or dates, which hold Shanghai's wall time as if it were UTC. Texts are told apart by the
 * second, since a fraction may follow a dot or an underscore.
 */
function timesWithin(key: OpenRange): Document[] {
  const { start, end } = rangeOf(key);
  if (start === -Infinity && end === Infinity) return [{}];
  const [first, last] = [wallTimeOf(start), wallTimeOf(end)];
  const secondOf = (wallTime: string): string => wallTime.slice(0, 19);
  const texts = [{ updatetime: { $gte: secondOf(first), $lte: `${secondOf(last)}${HIGHEST}` } }];
  // A T sorts behind the blank: of the last day only, since the days before are in the range with whatever follows them.
  const dayOfLast = `${last.slice(0, 10)}T`;
  texts.push({ updatetime: { $gte: dayOfLast, $lte: `${secondOf(last).replace(' ', 'T')}${HIGHEST}` } });
  return [...texts, { updatetime: { $gte: dateOf(first), $lte: dateOf(last) } }];
}

/** `2020-01-16 20:59:01.118`; the first or last that can be written for what lies beyond. */
function wallTimeOf(instant: number): string {
  return formatUpdateTime(Math.min(Math.max(instant, FIRST_INSTANT), LAST_INSTANT));
}

function dateOf(wallTime: string): Date {
  return new Date(`${wallTime.replace(' ', 'T')}Z`);
}
