import { CodedError, ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';
import { parseObject } from '../../domain/json-text.ts';

/**
 * What travels for a key of a conflated topic or a tape, as JSON; docs/streams.md tells it to other programs. What has no
 * type was not looked at yet: whoever has access to Redis can write there.
 */
export interface KeyMessage {
  readonly key: string;
  /** The id of the process that it comes from. */
  readonly by: string;
  /** Where the value stands in the counting of that process; absent where there is no value. */
  readonly epoch?: unknown;
  readonly seq?: unknown;
  /** Tells states of one key apart. */
  readonly part?: unknown;
  /** When it was sent, in milliseconds since the epoch by the clock of that process. */
  readonly at?: number | undefined;
  readonly value?: unknown;
  /** `forgotten`: the state is no more; `interrupted`: values may have been missed. */
  readonly event?: unknown;
  readonly failed?: { readonly code: string; readonly message: string } | undefined;
}

/** A message with a value. */
export interface ValueMessage extends KeyMessage {
  readonly epoch: string;
  readonly seq: number;
  readonly part?: string | undefined;
  readonly value: object;
}

/** Undefined for what is none. */
export function parseMessage(text: string): KeyMessage | undefined {
  const message = parseObject(text);
  if (message === undefined) return undefined;
  const { key, by, at, failed } = message;
  if (typeof key !== 'string' || typeof by !== 'string') return undefined;
  if (at !== undefined && typeof at !== 'number') return undefined;
  if (failed !== undefined && !isFailure(failed)) return undefined;
  return { ...message, key, by, at, failed };
}

export function hasValue(message: KeyMessage): message is ValueMessage {
  const { epoch, seq, value, part } = message;
  const isCounted = typeof epoch === 'string' && Number.isSafeInteger(seq);
  return isCounted && typeof value === 'object' && value !== null && ['string', 'undefined'].includes(typeof part);
}

/** What one process has failed a key with; what is no coded error stays masked. */
export function toFailure(error: Error): NonNullable<KeyMessage['failed']> {
  if (error instanceof CodedError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: 'the topic has failed in another process' };
}

export function toError({ code, message }: NonNullable<KeyMessage['failed']>): CodedError {
  const known = ERROR_CODES.find((each): each is ErrorCode => each === code);
  return new CodedError(known ?? 'INTERNAL', message);
}

/** Whether it is what one process tells another of a failure: two texts, for nothing else can be made one safely. */
export function isFailure(received: unknown): received is NonNullable<KeyMessage['failed']> {
  if (typeof received !== 'object' || received === null) return false;
  const { code, message }: Readonly<Record<string, unknown>> = { ...received };
  return typeof code === 'string' && typeof message === 'string';
}
