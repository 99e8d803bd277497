import { isUtf8 } from 'node:buffer';
import { endingWith } from '../async/iteration.ts';
import type { GapMark, LosslessTopic, Reader } from '../bus/bus.ts';
import { decodeStreamCursor } from '../domain/cursor.ts';
import { CodedError, quoted } from '../domain/errors.ts';
import type { CommandOutputItem } from '../domain/run-output.ts';
import type { StoredChunk, TranscriptStore } from '../store/transcripts.ts';
import { cursorStream, type OutputEvent, outputCursor } from './output-events.ts';

export interface OutputSources {
  readonly transcripts: TranscriptStore;
  readonly output: LosslessTopic<OutputEvent>;
}

/**
 * The output of a run, from the beginning or behind a cursor: every chunk once and in order, one CommandEnd when the
 * run has ended, then nothing more. A cursor within a chunk goes on with the rest of it. Fails with STREAM_BAD_CURSOR
 * for one that is malformed, of another run, or beyond what is stored.
 */
export async function followOutput(
  runId: string,
  after: string | undefined,
  { transcripts, output }: OutputSources,
): Promise<Reader<CommandOutputItem>> {
  const from = after === undefined ? 0 : decodeStreamCursor(after, cursorStream(runId)).position;
  if (from > 0 && from > (await transcripts.size(runId))) {
    const received = `received the cursor ${quoted(after)}`;
    throw new CodedError('STREAM_BAD_CURSOR', `${received}, wanted one of what this run has printed`);
  }
  const cursorOf = (position: number): string => outputCursor(runId, position);
  return readItems(output.subscribe({ stream: runId, after: from, cursorOf }), { runId, from });
}

function readItems(
  events: Reader<OutputEvent | GapMark>,
  { runId, from }: { readonly runId: string; readonly from: number },
): Reader<CommandOutputItem> {
  let position = from;
  return endingWith(events, (event) => {
    const item = toItem(event, { runId, position });
    if ('nextOffset' in item) position = item.nextOffset;
    if ('gap' in event) position = event.gap.resumeAfter;
    return { item, isLast: item.type === 'CommandEnd' };
  });
}

/** `position` is the last one that the reader has seen. */
function toItem(
  event: OutputEvent | GapMark,
  { runId, position }: { readonly runId: string; readonly position: number },
): CommandOutputItem {
  if ('gap' in event) {
    const { reason, resumeAfter } = event.gap;
    const requested = outputCursor(runId, position);
    return { type: 'StreamGap', requested, firstAvailable: outputCursor(runId, resumeAfter), reason };
  }
  if ('run' in event) {
    const { run } = event;
    return { type: 'CommandEnd', cursor: outputCursor(runId, position), run, at: run.endedAt ?? run.queuedAt };
  }
  return toChunk(event.chunk, { runId, position });
}

function toChunk(
  chunk: StoredChunk,
  { runId, position }: { readonly runId: string; readonly position: number },
): CommandOutputItem {
  const offset = Math.max(position, chunk.offset);
  const bytes = chunk.bytes.subarray(offset - chunk.offset);
  return {
    type: 'CommandChunk',
    cursor: outputCursor(runId, chunk.nextOffset),
    stream: chunk.stream,
    offset,
    nextOffset: chunk.nextOffset,
    text: bytes.toString(),
    isLossy: !isUtf8(bytes),
    at: chunk.at,
  };
}
