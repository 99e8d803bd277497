import { createHmac } from 'node:crypto';
import type { Credentials, SignableRequest } from '../venue-account.ts';

/** Names of the headers that sign a request, as Node gives them: https://bybit-exchange.github.io/docs/v5/guide#authentication */
export const SIGNATURE_HEADERS = {
  apiKey: 'x-bapi-api-key',
  timestamp: 'x-bapi-timestamp',
  receiveWindow: 'x-bapi-recv-window',
  signature: 'x-bapi-sign',
} as const;

/** Milliseconds after its timestamp in which a request is taken, unless it says otherwise. */
const RECEIVE_WINDOW_MS = 5_000;

/** Of a login that is taken until an instant in milliseconds: https://bybit-exchange.github.io/docs/v5/ws/connect#authentication */
export function loginSignature(expiresAt: number, secret: string): string {
  return signatureOf(`GET/realtime${expiresAt}`, secret);
}

/** The headers that prove who asks. `now` is milliseconds since the epoch by the venue's clock. */
export function signatureHeaders(
  request: SignableRequest,
  { apiKey, secret }: Credentials,
  now: number,
): Readonly<Record<string, string>> {
  const { method, target, body } = request;
  const [timestamp, receiveWindow] = timesOf(request, now);
  const signed = method === 'GET' ? (target.split('?', 2)[1] ?? '') : body;
  return {
    [SIGNATURE_HEADERS.apiKey]: apiKey,
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.receiveWindow]: receiveWindow,
    [SIGNATURE_HEADERS.signature]: signatureOf(`${timestamp}${apiKey}${receiveWindow}${signed}`, secret),
  };
}

/** What is late already is sent as of its last moment, so that the venue refuses it for that. */
function timesOf({ expiresAt }: SignableRequest, now: number): readonly [timestamp: string, receiveWindow: string] {
  if (expiresAt === undefined) return [String(now), String(RECEIVE_WINDOW_MS)];
  if (expiresAt <= now) return [String(expiresAt), '1'];
  return [String(now), String(expiresAt - now)];
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
