import { CodedError, quoted } from './errors.ts';

/** Where a reader of a lossless stream stands: behind the event at `position`. */
export interface StreamPosition {
  /** What is read, such as `output:` and the id of a run; a cursor fits one stream only. */
  readonly stream: string;
  /** Names the counting that `position` belongs to; empty for a stream that never starts anew. */
  readonly epoch: string;
  /** A whole number; rises along the stream. */
  readonly position: number;
}

const VERSION = 's1';

/** An opaque text: version, epoch, position and stream in base64url. */
export function encodeStreamCursor({ stream, epoch, position }: StreamPosition): string {
  return Buffer.from(`${VERSION}:${epoch}:${position}:${stream}`).toString('base64url');
}

/**
 * The position in `stream` that a cursor names. Fails with STREAM_BAD_CURSOR for a text that is no cursor and for the
 * cursor of another stream alike, so that nothing is learned about what other streams there are.
 */
export function decodeStreamCursor(cursor: string, stream: string): StreamPosition {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, epoch = '', digits = '', named] = /^s1:([^:]*):(0|[1-9]\d{0,15}):(.*)$/s.exec(text) ?? [];
  const position = Number(digits);
  const isOurs =
    named === stream && Number.isSafeInteger(position) && Buffer.from(text).toString('base64url') === cursor;
  if (isOurs) return { stream, epoch, position };
  throw new CodedError('STREAM_BAD_CURSOR', `received the cursor ${quoted(cursor)}, wanted one of this stream`);
}
