import type { Document } from 'mongodb';
import { type Day, formatDay, LAST_DAY } from '../../domain/day.ts';

const MS_PER_DAY = 86_400_000;
/** Behind every character with which a time may follow a day. */
const HIGHEST = '\uffff';
/** Behind the digits. */
const NO_DIGIT = ':';
/** A filter has up to 16 MB: four forms of up to three bytes for each unit of a name. */
const MOST_UNITS = 1_000_000;
const UNITS_OF_A_NAME = 16;
const UNITS_OF_A_DAY = 128;
/** At most 256 units long. */
const NAMES_AT_ONCE = 1000;
const LAST_NUMBER = 99_991_231;
const LAST_DATE = new Date((LAST_DAY + 1) * MS_PER_DAY - 1);

/** Documents of accounts and days. */
export interface AccountDays {
  readonly names: readonly string[];
  readonly day: Day;
}

/**
 * Documents of accounts on a day in whichever form its writer says it: text with or without dashes and with or without a
 * time behind it, a number, or a date, which holds Shanghai's wall time as if it were UTC. They are alternatives, each of
 * which an index by account and day answers.
 */
export function onDay({ names, day }: AccountDays): Document[] {
  const dashed = formatDay(day);
  const plain = dashed.replaceAll('-', '');
  return inEachForm(names, [
    { $gte: dashed, $lte: dashed + HIGHEST },
    { $gte: plain, $lte: plain + HIGHEST },
    Number(plain),
    { $gte: new Date(day * MS_PER_DAY), $lt: new Date((day + 1) * MS_PER_DAY) },
  ]);
}

/**
 * Documents of accounts from a day on, likewise. Digits sort behind the dash, so that the plain days of a year, and all
 * of later years, follow its dashed ones.
 */
export function fromDay({ names, day }: AccountDays): Document[] {
  const dashed = formatDay(day);
  const plain = dashed.replaceAll('-', '');
  return inEachForm(names, [
    { $gte: dashed, $lte: `${dashed.slice(0, 5)}${HIGHEST}` },
    { $gte: plain, $lt: NO_DIGIT },
    { $gte: Number(plain), $lte: LAST_NUMBER },
    { $gte: new Date(day * MS_PER_DAY), $lte: LAST_DATE },
  ]);
}

/** The same in as many filters as no command gets too large for: one, unless there are ten thousands of accounts. */
export function filtersOf(
  wanted: Iterable<AccountDays>,
  alternativesOf: (ofDay: AccountDays) => Document[],
): Document[] {
  const filters: Document[] = [];
  let alternatives: Document[] = [];
  let units = 0;
  const finish = (): void => {
    if (alternatives.length > 0) filters.push({ $or: alternatives });
    [alternatives, units] = [[], 0];
  };
  for (const { names, day } of wanted) {
    for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
      const some = names.slice(at, at + NAMES_AT_ONCE);
      alternatives.push(...alternativesOf({ names: some, day }));
      units += some.reduce((sum, name) => sum + name.length + UNITS_OF_A_NAME, UNITS_OF_A_DAY);
      if (units >= MOST_UNITS) finish();
    }
  }
  finish();
  return filters;
}

/** Comparisons hold within one type of value only, so that no form is taken for another. */
function inEachForm(names: readonly string[], conditions: readonly unknown[]): Document[] {
  const account_cookie = { $in: names };
  return conditions.map((trading_day) => ({ account_cookie, trading_day }));
}
