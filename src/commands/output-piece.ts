import { isUtf8 } from 'node:buffer';
import { badUserInput } from '../domain/errors.ts';
import { isFinal, type Run } from '../domain/run.ts';
import type { OutputStream, RunOutput, RunOutputPart } from '../domain/run-output.ts';
import type { TranscriptStore } from '../store/transcripts.ts';
import { outputCursor } from './output-events.ts';
import { characterBoundary, MAX_CHUNK_BYTES } from './utf8-chunks.ts';

const MAX_PIECE_BYTES = 1024 * 1024;
/** Of a character in UTF-8. */
const MAX_CHARACTER_BYTES = 4;

/**
 * A piece of what is stored of a run, at most `limit` bytes from `offset` on and never less than a character. An offset
 * beyond the end gives an empty piece at the end. Fails with BAD_USER_INPUT for a limit that is not 1 to 1 MiB.
 */
export async function readOutput(
  run: Run,
  { offset, limit }: { readonly offset: number; readonly limit: number },
  transcripts: TranscriptStore,
): Promise<RunOutput> {
  if (offset < 0) throw badUserInput(`received the offset ${offset}, wanted 0 or more`);
  if (limit < 1 || limit > MAX_PIECE_BYTES) {
    throw badUserInput(`received the limit ${limit}, wanted 1 to ${MAX_PIECE_BYTES} bytes`);
  }
  const size = await transcripts.size(run.id);
  const from = Math.min(offset, size);
  // Chunks come whole, so that the first may lie before the offset for the most part.
  const chunks = from < size ? await transcripts.read(run.id, from, limit + MAX_CHUNK_BYTES) : [];
  const parts: RunOutputPart[] = [];
  let nextOffset = from;
  let isLossy = false;
  for (const chunk of chunks) {
    const room = Math.max(0, from + limit - nextOffset);
    const rest = chunk.bytes.subarray(nextOffset - chunk.offset);
    const bytes = rest.subarray(0, boundaryWithin(rest, room, nextOffset === from));
    if (bytes.length === 0) break;
    nextOffset += bytes.length;
    isLossy ||= !isUtf8(bytes);
    addPart(parts, chunk.stream, bytes.toString());
    if (bytes.length < rest.length) break;
  }
  const isComplete = isFinal(run) && nextOffset >= size;
  return { parts, offset: from, nextOffset, isComplete, isLossy, cursor: outputCursor(run.id, nextOffset) };
}

/** Where to cut: after a character, and after the first one however little room there is, so that readers get on. */
function boundaryWithin(bytes: Buffer, room: number, isFirst: boolean): number {
  const boundary = characterBoundary(bytes, room);
  if (boundary > 0 || !isFirst) return boundary;
  for (let end = room + 1; end < room + MAX_CHARACTER_BYTES; end++) {
    const next = characterBoundary(bytes, end);
    if (next > 0) return next;
  }
  return bytes.length;
}

function addPart(parts: RunOutputPart[], stream: OutputStream, text: string): void {
  const last = parts.at(-1);
  if (last?.stream === stream) parts[parts.length - 1] = { stream, text: last.text + text };
  else parts.push({ stream, text });
}
