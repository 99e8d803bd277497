import { type Day, FIRST_DAY, formatDay, LAST_DAY } from '../domain/day.ts';
import { writePair, writeText } from './write-number.ts';

const MS_PER_DAY = 86_400_000;
const QUOTE = 0x22;
const ZERO = 0x30;
const DAYS_IN_EVERY_MONTH = 28;
/** Bytes of `YYYY-MM-` . */
const MONTH_BYTES = 8;

/** Bytes of a day and of an instant, with their quotes. */
export const DAY_BYTES = 12;
export const INSTANT_BYTES = 26;

/** Writes days and instants as their scalars do. Knows the month that it wrote last, since series go day by day. */
export class TimeWriter {
  /** The first of the month, none at first. */
  #firstOfMonth: Day = Number.NaN;
  /** The bytes `YYYY` of it, then `-MM-`. */
  #year = 0;
  #month = 0;

  /** Answers where it ends; -1 when the value is no day that has a text. */
  writeDay(view: DataView, at: number, day: Day): number {
    const inMonth = day - this.#firstOfMonth;
    if (!(inMonth >= 0 && inMonth < DAYS_IN_EVERY_MONTH && Number.isInteger(inMonth)) && !isDay(day)) return -1;
    view.setUint8(at, QUOTE);
    this.#writeDay(view, at + 1, day);
    view.setUint8(at + DAY_BYTES - 1, QUOTE);
    return at + DAY_BYTES;
  }

  /** Answers where it ends; -1 when the value is no instant of a day that has a text. */
  writeInstant(view: DataView, at: number, instant: number): number {
    const day = Math.floor(instant / MS_PER_DAY);
    if (!isDay(day) || !Number.isInteger(instant)) return -1;
    const ms = instant - day * MS_PER_DAY;
    view.setUint8(at, QUOTE);
    this.#writeDay(view, at + 1, day);
    const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000)];
    writeDigits(view, { at: at + 12, length: 2 }, hours);
    writeDigits(view, { at: at + 15, length: 2 }, minutes);
    writeDigits(view, { at: at + 18, length: 2 }, seconds % 60);
    writeDigits(view, { at: at + 21, length: 3 }, ms % 1000);
    writeText(view, at + 11, 'T');
    writeText(view, at + 14, ':');
    writeText(view, at + 17, ':');
    writeText(view, at + 20, '.');
    writeText(view, at + 24, 'Z"');
    return at + INSTANT_BYTES;
  }

  #writeDay(view: DataView, at: number, day: Day): void {
    const inMonth = day - this.#firstOfMonth;
    if (!(inMonth >= 0 && inMonth < DAYS_IN_EVERY_MONTH)) {
      const text = formatDay(day);
      writeText(view, at, text);
      this.#firstOfMonth = day - Number(text.slice(MONTH_BYTES)) + 1;
      this.#year = view.getUint32(at);
      this.#month = view.getUint32(at + 4);
      return;
    }
    view.setUint32(at, this.#year);
    view.setUint32(at + 4, this.#month);
    writePair(view, at + MONTH_BYTES, inMonth + 1);
  }
}

function isDay(day: number): boolean {
  return Number.isInteger(day) && day >= FIRST_DAY && day <= LAST_DAY;
}

function writeDigits(view: DataView, { at, length }: { at: number; length: number }, value: number): void {
  let rest = value;
  for (let index = at + length - 1; index >= at; index--) {
    view.setUint8(index, ZERO + (rest % 10));
    rest = Math.floor(rest / 10);
  }
}
