const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * An instant of ISO 8601 in UTC as milliseconds since the epoch, further digits cut off. Undefined for any other text,
 * and for an instant before 1970: venues have been seen to send 0001-01-01 for a time that they do not know.
 */
export function isoInstant(received: unknown): number | undefined {
  if (typeof received !== 'string' || !ISO_INSTANT.test(received)) return undefined;
  const instant = Date.parse(received);
  return instant >= 0 ? instant : undefined;
}
