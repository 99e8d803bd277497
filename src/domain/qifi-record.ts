import type { Figure } from './account.ts';
import type { FaultReasons } from './data-faults.ts';
import { toDecimalText } from './decimal-text.ts';
import type { QifiNotes } from './qifi-notes.ts';
import { describeValue, isDocument, own, plainValue } from './qifi-values.ts';

const MAX_NAME_LENGTH = 256;
const MAX_TEXT_LENGTH = 1000;
const MAX_INT64 = 2n ** 63n - 1n;
/** Control characters: no name has them, and they would end up in logs and terminals. */
const CONTROL = /\p{Cc}/u;

/**
 * One object of a QIFI document, read field by field: a field that is absent is null, one that cannot be used is null
 * with an issue that names its path. Fields that nobody asks for, secrets above all, are never looked at.
 */
export class QifiRecord {
  readonly path: string;
  readonly notes: QifiNotes;
  readonly #object: object;
  /** Why fields cannot be used, by their names in the document. */
  #rejected: Map<string, string> | undefined;

  constructor(object: object, path: string, notes: QifiNotes) {
    this.#object = object;
    this.path = path;
    this.notes = notes;
  }

  value(name: string): unknown {
    return plainValue(own(this.#object, name));
  }

  figure(name: string): Figure {
    const value = this.value(name);
    if (isAbsent(value)) return null;
    const figure = numberOf(value);
    if (figure === undefined) this.reject(name, 'a number');
    return figure ?? null;
  }

  /** A number of a fixed list, such as a status; NaN for anything else, which is worth no issue. */
  listed(name: string): number {
    const value = this.value(name);
    return isNumeric(value) ? (numberOf(value) ?? Number.NaN) : Number.NaN;
  }

  /** A number with exactly the digits that are stored. */
  decimal(name: string): string | null {
    const value = this.value(name);
    if (isAbsent(value)) return null;
    const decimal = isNumeric(value) ? toDecimalText(typeof value === 'string' ? value.trim() : value) : undefined;
    if (decimal === undefined) this.reject(name, 'a number of at most 64 digits');
    return decimal ?? null;
  }

  /** Nanoseconds since the epoch; the 0 of a writer that has no time is null. */
  nanoseconds(name: string): bigint | null {
    const value = this.value(name);
    if (isAbsent(value)) return null;
    const nanos = integerOf(value);
    if (nanos === undefined || nanos < 0n || nanos > MAX_INT64) {
      this.reject(name, 'nanoseconds since the epoch');
      return null;
    }
    return nanos === 0n ? null : nanos;
  }

  /** An id, a name or a code: at most 256 characters, none of them a control character. A whole number counts too. */
  name(name: string): string | null {
    const value = this.value(name);
    if (isAbsent(value)) return null;
    const text = Number.isSafeInteger(value) || typeof value === 'bigint' ? String(value) : value;
    if (typeof text === 'string' && isName(text)) return text;
    this.reject(name, 'a name');
    return null;
  }

  /** Words of others, cut to 1,000 characters. */
  words(name: string): string | null {
    const value = this.value(name);
    return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT_LENGTH).toWellFormed() : null;
  }

  record(name: string): QifiRecord | undefined {
    const value = this.value(name);
    return isDocument(value) && !Array.isArray(value)
      ? new QifiRecord(value, this.#pathOf(name), this.notes)
      : undefined;
  }

  /** The objects of a map (or list) in the order of the document. Their keys are the writer's own business. */
  records(name: string): QifiRecord[] {
    const value = this.value(name);
    if (isAbsent(value)) return [];
    if (!isDocument(value)) {
      this.notes.leaveOut(this.mismatch(name, 'a map'));
      return [];
    }
    const records: QifiRecord[] = [];
    for (const [key, entry] of Object.entries(value)) {
      const path = `${this.#pathOf(name)}[${describeValue(key)}]`;
      if (isDocument(entry) && !Array.isArray(entry)) records.push(new QifiRecord(entry, path, this.notes));
      else this.notes.leaveOut(`${path}: received ${describeValue(entry)}, wanted an object`);
    }
    return records;
  }

  /** Notes that a field cannot be used. */
  reject(name: string, wanted: string): void {
    const issue = this.mismatch(name, wanted);
    this.notes.reject(issue);
    if (this.notes.origin === undefined) return;
    this.#rejected ??= new Map();
    this.#rejected.set(name, issue);
  }

  /** Notes that the whole object is left out of its list. */
  leaveOut(reason: string): void {
    this.notes.leaveOut(`${this.path}: left out, ${reason}`);
  }

  /**
   * Why fields cannot be used, under the names that they have with us; undefined when all can. Nothing is kept of a
   * document whose origin is not known.
   */
  rejected(names: ReadonlyMap<string, string>): FaultReasons | undefined {
    if (this.#rejected === undefined) return undefined;
    const entries = [...this.#rejected].flatMap(([name, issue]) => {
      const ours = names.get(name);
      return ours === undefined ? [] : [[ours, issue] as const];
    });
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }

  /** What is wrong with a field. */
  mismatch(name: string, wanted: string): string {
    return `${this.#pathOf(name)}: received ${describeValue(this.value(name))}, wanted ${wanted}`;
  }

  #pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isName(text: string): boolean {
  return text.trim() !== '' && text.length <= MAX_NAME_LENGTH && text.isWellFormed() && !CONTROL.test(text);
}

function isNumeric(value: unknown): value is number | bigint | string {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string';
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (!isNumeric(value)) return undefined;
  const text = typeof value === 'string' ? value.trim() : String(value);
  const figure = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(figure) ? figure : undefined;
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value.trim()) ? BigInt(value.trim()) : undefined;
}
