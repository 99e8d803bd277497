import { quoted } from './errors.ts';

/**
 * Plain JavaScript for a value that came as JSON, as MongoDB extended JSON (mongoexport, both of its modes) or from the
 * MongoDB driver: whole numbers beyond 2^53 as bigint, dates as Date, decimals as text, everything else as it is. An
 * unusable wrapper stays an object, which nobody takes for a number or a text.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export function plainValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  const long = own(value, '$numberLong');
  if (typeof long === 'string') return /^-?\d{1,19}$/.test(long) ? BigInt(long) : value;
  const wrapped = own(value, '$numberInt') ?? own(value, '$numberDouble') ?? own(value, '$numberDecimal');
  if (typeof wrapped === 'string') return wrapped;
  const date = plainDate(own(value, '$date'));
  return date ?? (isDriverDecimal(value) ? String(value) : value);
}

/**
 * A Decimal128 of the driver, known by what its class says, since the domain imports no driver. A `_bsontype` of the
 * object's own is a stored field.
 * https://github.com/mongodb/js-bson/blob/main/src/decimal128.ts
 */
function isDriverDecimal(value: object): boolean {
  if (Object.hasOwn(value, '_bsontype') || Reflect.get(value, '_bsontype') !== 'Decimal128') return false;
  return own(value, 'bytes') instanceof Uint8Array && !Object.hasOwn(value, 'toString');
}

/** An object of JSON, arrays included, whatever its keys are. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A property that the object itself holds; what it would inherit is not part of a document. */
export function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

/** What a value is, short, for messages: never the inside of an object. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value, 40).replace(UNPRINTABLE, escaped);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'bigint') return value.toString().slice(0, 40);
  return isObject(value) ? 'an object' : String(value);
}

/** Control characters that JSON leaves as they are, and those that turn the direction of a line in a terminal. */
const UNPRINTABLE = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Wrapped in nothing or in `$numberLong`; deeper is no date. */
function plainDate(date: unknown): Date | undefined {
  const long = isObject(date) ? own(date, '$numberLong') : undefined;
  const instant = typeof long === 'string' ? Number(long) : date;
  if (typeof instant !== 'string' && typeof instant !== 'number' && typeof instant !== 'bigint') return undefined;
  const parsed = new Date(typeof instant === 'bigint' ? Number(instant) : instant);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
