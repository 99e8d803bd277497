/** No venue's ban is waited for longer than a day: by then it is asked whether it still holds. */
const MOST_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds that an HTTP Retry-After header asks to wait (RFC 9110, section 10.2.3: seconds, or a date), at most a
 * day; 0 when it asks nothing that can be read.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(waitMs) ? 0 : Math.min(MOST_MS, Math.max(0, waitMs));
}
