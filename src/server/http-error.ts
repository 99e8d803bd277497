import type { OutgoingHttpHeaders } from 'node:http';
import { CodedError, type ErrorCode } from '../domain/errors.ts';

export interface HttpErrorOptions {
  readonly status: number;
  /** For the answer: `allow` and the like. */
  readonly headers?: OutgoingHttpHeaders;
}

/** A refusal of the transport: a coded error that has an HTTP status of its own. */
export class HttpError extends CodedError {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(code: ErrorCode, message: string, { status, headers = {} }: HttpErrorOptions) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

const STATUS_OF_CODE: ReadonlyMap<unknown, number> = new Map<ErrorCode, number>([
  ['UNAUTHENTICATED', 401],
  ['FORBIDDEN', 403],
  ['RATE_LIMITED', 429],
  ['INTERNAL', 500],
  ['UPSTREAM_UNAVAILABLE', 503],
  ['OVERLOADED', 503],
  ['SHUTTING_DOWN', 503],
]);

/** The HTTP status of a request that failed as a whole, before there was any data, from the code that it is told. */
export function statusOf(code: unknown): number {
  return STATUS_OF_CODE.get(code) ?? 400;
}

export function methodNotAllowed(method: string | undefined, allowed: readonly string[]): HttpError {
  const allow = allowed.join(', ');
  const message = `received the method ${(method ?? '').slice(0, 32)}, wanted ${allow}`;
  return new HttpError('BAD_USER_INPUT', message, { status: 405, headers: { allow } });
}
