import { createHmac } from 'node:crypto';
import type { Credentials, SignableRequest } from '../venue-account.ts';

/** Name of the header that says whose request it is, as Node gives it. */
export const API_KEY_HEADER = 'x-mbx-apikey';

/** Milliseconds after its timestamp in which a request is taken, unless it says otherwise. */
const RECEIVE_WINDOW_MS = 5_000;
/** More is not taken. */
const LONGEST_WINDOW_MS = 60_000;

/**
 * Of a query, a form or both, one behind the other: in hexadecimal digits.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api#signed-endpoint-security
 */
export function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * A request with time and signature in its query, or in its form if it has one. `now` is milliseconds since the epoch by
 * the venue's clock.
 */
export function withSignature(request: SignableRequest, { secret }: Credentials, now: number): SignableRequest {
  const { method, target, body } = request;
  const [path = '', query = ''] = target.split('?', 2);
  const isForm = method === 'POST';
  const parameters = new URLSearchParams(isForm ? body : query);
  for (const [name, value] of Object.entries(timesOf(request, now))) parameters.set(name, String(value));
  const payload = parameters.toString();
  const signed = `${payload}&signature=${signatureOf(payload, secret)}`;
  return isForm ? { method, target, body: signed } : { method, target: `${path}?${signed}`, body };
}

/** What is late already is sent as of its last moment, so that the venue refuses it for that. */
function timesOf({ expiresAt }: SignableRequest, now: number) {
  if (expiresAt === undefined) return { recvWindow: RECEIVE_WINDOW_MS, timestamp: now };
  if (expiresAt <= now) return { recvWindow: 1, timestamp: expiresAt };
  return { recvWindow: Math.min(expiresAt - now, LONGEST_WINDOW_MS), timestamp: now };
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
