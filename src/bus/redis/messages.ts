import { CodedError, ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';

/** What travels for a key of a conflated topic or a tape, as JSON; docs/streams.md tells it to other programs. */
export interface KeyMessage {
  readonly key: string;
  /** The id of the process that it comes from. */
  readonly by: string;
  /** Where the value stands in the counting of that process; absent where there is no value. */
  readonly epoch?: string | undefined;
  readonly seq?: number | undefined;
  /** Tells states of one key apart. */
  readonly part?: string | undefined;
  /** When it was sent, in milliseconds since the epoch by the clock of that process. */
  readonly at?: number | undefined;
  readonly value?: unknown;
  /** `forgotten`: the state is no more; `interrupted`: values may have been missed. */
  readonly event?: 'forgotten' | 'interrupted' | undefined;
  readonly failed?: { readonly code: string; readonly message: string } | undefined;
}

/** A message with a value. */
export interface ValueMessage extends KeyMessage {
  readonly epoch: string;
  readonly seq: number;
  readonly value: object;
}

/** Undefined for what is none: whoever has access to Redis can write there. */
export function parseMessage(text: string): KeyMessage | undefined {
  const message = parseObject(text);
  if (message === undefined || typeof message.key !== 'string' || typeof message.by !== 'string') return undefined;
  const { at, failed } = message;
  if (at !== undefined && typeof at !== 'number') return undefined;
  if (failed !== undefined && !isFailure(failed)) return undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what else is in it is looked at where it is used
  return message as any;
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

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
