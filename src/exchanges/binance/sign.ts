import { createHmac } from 'node:crypto';
import type { Credentials, SignableRequest } from '../venue-account.ts';

/** Name of the header that says whose request it is, as Node gives it. */
export const API_KEY_HEADER = 'x-mbx-apikey';

/** Milliseconds after its timestamp in which a request is taken, unless it says otherwise. */
const RECEIVE_WINDOW_MS = 5_000;
/** More is not taken. */
const LONGEST_WINDOW_MS = 60_000;

/** What stands in a form instead of the receive window, which is not known before the request is sent. */
export const EXPIRY_PARAMETER = 'expiresAt';

/**
 * Of a query, a form or both, one behind the other: in hexadecimal digits.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api#signed-endpoint-security
 */
export function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * A request with time and signature in its query, or in its form if it has one. `now` is milliseconds since the epoch by
 * the venue's clock. The receive window ends at the EXPIRY_PARAMETER, if there is one.
 */
export function withSignature(
  { method, target, body }: SignableRequest,
  { secret }: Credentials,
  now: number,
): SignableRequest {
  if (method === 'POST') return { method, target, body: signed(body, secret, now) };
  const [path = '', query = ''] = target.split('?', 2);
  return { method, target: `${path}?${signed(query, secret, now)}`, body };
}

function signed(text: string, secret: string, now: number): string {
  const parameters = new URLSearchParams(text);
  const expiresAt = parameters.get(EXPIRY_PARAMETER);
  const windowMs = expiresAt === null ? RECEIVE_WINDOW_MS : Number(expiresAt) - now;
  parameters.delete(EXPIRY_PARAMETER);
  // A window of 0 or less would be a request without one: what is late already the venue shall refuse for that.
  parameters.set('recvWindow', String(Math.min(Math.max(windowMs, 1), LONGEST_WINDOW_MS)));
  parameters.set('timestamp', String(expiresAt !== null && windowMs < 1 ? Number(expiresAt) : now));
  const payload = parameters.toString();
  return `${payload}&signature=${signatureOf(payload, secret)}`;
}

/** The parameters of a request over the socket with their signature, which is over them in the order of their names. */
export function signedParameters(
  parameters: Readonly<Record<string, string | number>>,
  secret: string,
): Readonly<Record<string, string | number>> {
  const payload = Object.entries(parameters)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return { ...parameters, signature: signatureOf(payload, secret) };
}
