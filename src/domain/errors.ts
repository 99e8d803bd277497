import type { DocumentOrigin } from './data-faults.ts';

/**
 * Every code that a client can meet, in `errors[].extensions.code` or in a result type that implements `Error`.
 * The order is that of the public contract; the GraphQL enum ErrorCode is made from this array.
 */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'COST_LIMIT',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'DATA_INVALID',
  'STREAM_BAD_CURSOR',
  'SLOW_CONSUMER',
  'OUTPUT_EXPIRED',
  'COMMAND_NOT_ALLOWED',
  'COMMAND_QUEUE_FULL',
  'ORDER_REJECTED',
  'GATEWAY_DOWN',
  'TRADING_DISABLED',
  'NOT_AVAILABLE',
  'OVERLOADED',
  'SHUTTING_DOWN',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

interface CodedErrorOptions extends ErrorOptions {
  readonly cursor?: string | undefined;
  readonly origin?: DocumentOrigin | undefined;
}

/**
 * A failure that a client may see as it is: the message is shown, the code classifies it. Whatever is thrown and is
 * not a CodedError is masked as INTERNAL at the edge and logged once.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  /** Where a stream that this ended goes on; undefined when it was none that can. */
  readonly cursor: string | undefined;
  /** The stored document that cannot be read; undefined when the failure is of no single one. */
  readonly origin: DocumentOrigin | undefined;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.cursor = options.cursor;
    this.origin = options.origin;
  }
}

/** What the caller sent cannot be used. The message says what was received and what was wanted. */
export function badUserInput(message: string): CodedError {
  return new CodedError('BAD_USER_INPUT', message);
}

export function notFound(message: string): CodedError {
  return new CodedError('NOT_FOUND', message);
}

/** Whether what was thrown says that there is no such thing, and not that it cannot be had. */
export function isNotFound(thrown: unknown): thrown is CodedError {
  return thrown instanceof CodedError && thrown.code === 'NOT_FOUND';
}

/** A part of the contract that this version does not serve yet. */
export function notAvailable(what: string): CodedError {
  return new CodedError('NOT_AVAILABLE', `${what} is not available in this version`);
}

/** At most `limit` characters of what a client sent, quoted, so that an error text stays short whatever came in. */
export function quoted(received: unknown, limit = 64): string {
  const text = typeof received === 'string' ? received : String(received);
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
