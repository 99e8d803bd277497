import { createHmac } from 'node:crypto';
import type { Credentials, SignableRequest } from '../venue-account.ts';

/** Names of the headers that sign a request, as Node gives them: https://www.okx.com/docs-v5/en/#overview-rest-authentication */
export const SIGNATURE_HEADERS = {
  apiKey: 'ok-access-key',
  signature: 'ok-access-sign',
  timestamp: 'ok-access-timestamp',
  passphrase: 'ok-access-passphrase',
} as const;

/** The instant of a login, as the socket wants it: seconds since the epoch. `now` is in milliseconds. */
export function loginTimestamp(now: number): string {
  return String(Math.floor(now / 1000));
}

/** Of a login at an instant as `loginTimestamp` writes it: https://www.okx.com/docs-v5/en/#overview-websocket-login */
export function loginSignature(timestamp: string, secret: string): string {
  return signatureOf(`${timestamp}GET/users/self/verify`, secret);
}

/** The instant of a request, as the REST API wants it: ISO 8601 with milliseconds. `now` is in milliseconds. */
export function requestTimestamp(now: number): string {
  return new Date(now).toISOString();
}

/** Of a request at an instant as `requestTimestamp` writes it. */
export function requestSignature(request: SignableRequest, timestamp: string, secret: string): string {
  return signatureOf(`${timestamp}${request.method}${request.target}${request.body}`, secret);
}

/** The headers that prove who asks. `now` is milliseconds since the epoch by the venue's clock. */
export function signatureHeaders(
  request: SignableRequest,
  { apiKey, secret, passphrase }: Credentials,
  now: number,
): Readonly<Record<string, string>> {
  const timestamp = requestTimestamp(now);
  return {
    [SIGNATURE_HEADERS.apiKey]: apiKey,
    [SIGNATURE_HEADERS.signature]: requestSignature(request, timestamp, secret),
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.passphrase]: passphrase,
  };
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64');
}
