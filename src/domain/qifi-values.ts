import { quoted } from './errors.ts';

const MAX_ID_LENGTH = 128;

/**
 * Plain JavaScript for a value that came as JSON, as MongoDB extended JSON (mongoexport, both of its modes) or from the
 * MongoDB driver: whole numbers beyond 2^53 as bigint, dates as Date, decimals as text, everything else as it is. An
 * unusable wrapper stays an object, which nobody takes for a number or a text.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export function plainValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (driverTypeOf(value) !== undefined) return plainDriverValue(value);
  const long = own(value, '$numberLong');
  if (typeof long === 'string') return /^-?\d{1,19}$/.test(long) ? BigInt(long) : value;
  const wrapped = own(value, '$numberInt') ?? own(value, '$numberDouble') ?? own(value, '$numberDecimal');
  if (typeof wrapped === 'string') return wrapped;
  return plainDate(own(value, '$date')) ?? value;
}

/**
 * The class of a value that the driver made, such as `Decimal128`, known by what the class says, since the domain
 * imports no driver. A `_bsontype` of the object's own is a stored field.
 */
function driverTypeOf(value: object): string | undefined {
  const type: unknown = Reflect.get(value, '_bsontype');
  return typeof type === 'string' && !Object.hasOwn(value, '_bsontype') ? type : undefined;
}

/**
 * Numbers that the driver has a class for: those that are none of JavaScript's, and all when it was told to keep them.
 * https://github.com/mongodb/js-bson/tree/main/src (long.ts, decimal128.ts, double.ts, int_32.ts)
 */
function plainDriverValue(value: object): unknown {
  switch (driverTypeOf(value)) {
    case 'Long':
      return plainLong(own(value, 'low'), own(value, 'high'), own(value, 'unsigned') === true) ?? value;
    case 'Decimal128':
      return own(value, 'bytes') instanceof Uint8Array && !Object.hasOwn(value, 'toString') ? String(value) : value;
    case 'Double':
    case 'Int32': {
      const number = own(value, 'value');
      return typeof number === 'number' ? number : value;
    }
    default:
      return value;
  }
}

function plainLong(low: unknown, high: unknown, isUnsigned: boolean): bigint | undefined {
  if (!isWhole(low) || !isWhole(high)) return undefined;
  const bits = (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
  return isUnsigned ? bits : BigInt.asIntN(64, bits);
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

/** An object of JSON, arrays included, whatever its keys are. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An object whose keys are fields: no date, no bytes and nothing else that the driver has a class for. */
export function isDocument(value: unknown): value is object {
  if (!isObject(value)) return false;
  return !(value instanceof Date || ArrayBuffer.isView(value) || driverTypeOf(value) !== undefined);
}

/** A property that the object itself holds; what it would inherit is not part of a document. */
export function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

/** A document's `_id` as text, short: the digits of an ObjectId, and never the inside of another object. */
export function idText(id: unknown): string {
  const isObjectId = isObject(id) && driverTypeOf(id) === 'ObjectId' && !Object.hasOwn(id, 'toString');
  const text = isObjectId ? String(id) : plainValue(id);
  return typeof text === 'string' ? text.slice(0, MAX_ID_LENGTH).toWellFormed() : describeValue(text);
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
