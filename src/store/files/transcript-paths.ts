import { join } from 'node:path';
import { badUserInput, quoted } from '../../domain/errors.ts';

/** The files of one run's transcript. */
export interface TranscriptPaths {
  readonly folder: string;
  /** The bytes of both streams in arrival order. */
  readonly log: string;
  /** A record for each chunk, see ChunkIndex. */
  readonly index: string;
}

const RUN_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Fails with BAD_USER_INPUT for an id that could lead elsewhere. */
export function transcriptPathsOf(folder: string, runId: string): TranscriptPaths {
  if (!RUN_ID.test(runId)) {
    throw badUserInput(`received the run id ${quoted(runId)}, wanted 1 to 64 letters, digits and hyphens`);
  }
  const own = join(folder, runId);
  return { folder: own, log: join(own, 'output.log'), index: join(own, 'output.index') };
}
