/**
 * Why a request has no answer that could be read.
 * NETWORK: no connection, or one that broke. TIMEOUT: no whole answer in time. STATUS: a status of 500 or above.
 * BLOCKED: the host refuses this client (403, 418, 429, 451, 456). RESTING: not sent, since the host is left alone.
 * REDIRECTED: to another host, or too often. TOO_LARGE, BROKEN: the answer's body is larger than allowed, or cannot be
 * decoded. TUNNEL_DOWN: not sent, since the tunnel on the way is down, which says nothing of the host. CLOSED: the client
 * was closed.
 */
export type HttpFailureKind =
  | 'NETWORK'
  | 'TIMEOUT'
  | 'STATUS'
  | 'BLOCKED'
  | 'RESTING'
  | 'REDIRECTED'
  | 'TOO_LARGE'
  | 'BROKEN'
  | 'TUNNEL_DOWN'
  | 'CLOSED';

interface HttpFailureOptions extends ErrorOptions {
  readonly retryAt?: number | undefined;
}

/** A request without a usable answer. The message names neither host nor path nor proxy; the cause may. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: HttpFailureKind;
  /** From when on the host may be asked again, in milliseconds since the epoch; undefined: at any time. */
  readonly retryAt: number | undefined;

  constructor(kind: HttpFailureKind, message: string, { retryAt, ...options }: HttpFailureOptions = {}) {
    super(message, options);
    this.kind = kind;
    this.retryAt = retryAt;
  }
}
