/**
 * Plain JavaScript for a value that came as JSON, as MongoDB extended JSON (mongoexport, both of its modes) or from the
 * MongoDB driver: whole numbers beyond 2^53 as bigint, dates as Date, everything else as it is. An unusable wrapper
 * stays an object, which nobody takes for a number or a text.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export function plainValue(value: unknown): unknown {
  if (!isObject(value)) return value;
  const long = own(value, '$numberLong');
  if (typeof long === 'string') return /^-?\d{1,19}$/.test(long) ? BigInt(long) : value;
  const wrapped = own(value, '$numberInt') ?? own(value, '$numberDouble') ?? own(value, '$numberDecimal');
  if (typeof wrapped === 'string') return wrapped;
  const date = plainDate(own(value, '$date'));
  return date ?? value;
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
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'bigint') return value.toString().slice(0, 40);
  return isObject(value) ? 'an object' : String(value);
}

function plainDate(date: unknown): Date | undefined {
  const instant = isObject(date) ? plainValue(date) : date;
  if (typeof instant !== 'string' && typeof instant !== 'number' && typeof instant !== 'bigint') return undefined;
  const parsed = new Date(typeof instant === 'bigint' ? Number(instant) : instant);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
