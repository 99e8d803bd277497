import type { History, Positioned } from '../bus/bus.ts';
import { encodeStreamCursor } from '../domain/cursor.ts';
import { isFinal, type Run } from '../domain/run.ts';
import type { RunStore } from '../store/runs.ts';
import type { StoredChunk, TranscriptStore } from '../store/transcripts.ts';

/** What the lossless stream of a run's output carries; the stream is named by the id of the run. */
export type OutputEvent = ChunkEvent | EndEvent;

/** `position` is the chunk's `nextOffset`, so that a cursor counts stored bytes. */
export interface ChunkEvent extends Positioned {
  readonly chunk: StoredChunk;
}

/** `position` is one behind the last stored byte, so that the end follows the last chunk. */
export interface EndEvent extends Positioned {
  readonly run: Run;
}

const PAGE_BYTES = 256 * 1024;

/** `run` as it ended, and how much of its output is stored. */
export function endEvent(run: Run, storedBytes: number): EndEvent {
  return { position: storedBytes + 1, run };
}

/** The cursor behind so many stored bytes of a run. */
export function outputCursor(runId: string, offset: number): string {
  return encodeStreamCursor({ stream: cursorStream(runId), epoch: '', position: offset });
}

/** What cursors call the stream. */
export function cursorStream(runId: string): string {
  return `output:${runId}`;
}

/** The history of the output streams: the transcripts, and the end that the record of the run tells. */
export function outputHistory(runs: Pick<RunStore, 'run'>, transcripts: TranscriptStore): History<OutputEvent> {
  const readChunks = async (runId: string, position: number, limit: number): Promise<OutputEvent[]> => {
    const chunks = await transcripts.read(runId, position, PAGE_BYTES);
    return chunks.slice(0, limit).map((chunk) => ({ position: chunk.nextOffset, chunk }));
  };
  return {
    read: async (runId, position, limit) => {
      const events = await readChunks(runId, position, limit);
      if (events.length > 0) return { events };
      const run = await runs.run(runId);
      if (run === undefined || !isFinal(run)) return { events };
      // Whatever was stored between both reads is there now, since the run has ended.
      const rest = await readChunks(runId, position, limit);
      if (rest.length > 0) return { events: rest };
      const end = endEvent(run, await transcripts.size(runId));
      return { events: position < end.position ? [end] : [] };
    },
  };
}
