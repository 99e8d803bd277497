import { type Day, monthOf } from './day.ts';

const MONTHS_PER_YEAR = 12;
const MONTHS_PER_DECADE = 120;

/** A contract of a Chinese exchange, in canonical spelling: product, last digits of the year, month. */
const CONTRACT = /^([A-Z]{1,3})(\d{1,2})(0[1-9]|1[0-2])\.(SHF|INE|DCE|ZCE|GFE|CFX)$/;

/**
 * The month in which a Chinese contract delivers, as `monthOf` numbers it; undefined for a code that names none. Zhengzhou
 * writes one digit of the year: TA601 is taken as the nearest month that lies at most a year before `today`.
 */
export function deliveryMonth(code: string, today: Day): number | undefined {
  const [, , year = '', month = ''] = CONTRACT.exec(code) ?? [];
  if (year === '') return undefined;
  if (year.length === 2) return (2000 + Number(year)) * MONTHS_PER_YEAR + Number(month) - 1;
  const earliest = monthOf(today) - MONTHS_PER_YEAR;
  const inDecade = Number(year) * MONTHS_PER_YEAR + Number(month) - 1;
  return earliest + ((((inDecade - earliest) % MONTHS_PER_DECADE) + MONTHS_PER_DECADE) % MONTHS_PER_DECADE);
}

/**
 * A code of Zhengzhou as the exchange writes it: TA2601.ZCE becomes TA601.ZCE while that means the same month, so that
 * two spellings of a contract are one code. Any other code stays as it is.
 */
export function withOneDigitYear(code: string, today: Day): string {
  const short = code.replace(/^([A-Z]{1,3})\d(\d{3})(?=\.ZCE$)/, '$1$2');
  const month = deliveryMonth(code, today);
  return month !== undefined && month === deliveryMonth(short, today) ? short : code;
}

/** A contract with two digits of the year, as vendors write those of Zhengzhou too: TA601.ZCE becomes TA2601.ZCE. */
export function withTwoDigitYear(code: string, today: Day): string {
  const month = deliveryMonth(code, today);
  if (month === undefined) return code;
  const year = Math.floor(month / MONTHS_PER_YEAR) % 100;
  return code.replace(/^([A-Z]{1,3})\d{1,2}(?=\d{2}\.)/, `$1${String(year).padStart(2, '0')}`);
}
