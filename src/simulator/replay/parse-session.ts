import { quoted } from '../../domain/errors.ts';

/** A text that a recorded session received or sent. */
export interface SessionFrame {
  /** Seconds, on a clock that only differences are taken of. */
  readonly time: number;
  /** `out` was sent to the venue, `in` came from it. */
  readonly direction: 'out' | 'in';
  /** As it stood on the wire. */
  readonly text: string;
}

/** A recording that cannot be replayed. The message says where and why. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

/**
 * The frames of a recorded session by their times: JSON lines `{"t":seconds,"dir":"open"|"out"|"in","conn","url","text"}`,
 * where `open` has no text. Fails with SessionError, which names the line.
 */
export function parseSession(recording: string): SessionFrame[] {
  const frames = recording.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : parseLine(line, index + 1)));
  if (!frames.some(({ direction }) => direction === 'in')) {
    throw new SessionError('received a session in which nothing came in, wanted one with frames');
  }
  return frames.toSorted((left, right) => left.time - right.time);
}

function parseLine(line: string, number: number): SessionFrame[] {
  const record = parseJson(line);
  if (typeof record !== 'object' || record === null || !('t' in record) || !('dir' in record))
    throw refusal(line, number);
  const { t: time, dir: direction } = record;
  if (typeof time !== 'number' || !Number.isFinite(time)) throw refusal(line, number);
  if (direction === 'open') return [];
  if (direction !== 'out' && direction !== 'in') throw refusal(line, number);
  if (!('text' in record) || typeof record.text !== 'string') throw refusal(line, number);
  return [{ time, direction, text: record.text }];
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refusal(line: string, number: number): SessionError {
  return new SessionError(
    `line ${number}: received ${quoted(line)}, wanted {"t":SECONDS,"dir":"open|out|in","text":TEXT}`,
  );
}
