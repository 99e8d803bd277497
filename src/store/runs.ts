import type { CommandKind } from '../domain/command.ts';
import type { Run, RunState } from '../domain/run.ts';

/** Which runs are asked for; what is absent does not narrow. */
export interface RunFilter {
  readonly command?: string | undefined;
  readonly kind?: CommandKind | undefined;
  readonly states?: readonly RunState[] | undefined;
  /** Only those that this subject asked for. */
  readonly requestedBy?: string | undefined;
}

/** Where a run stands in the list of all runs, which is newest first: by `queuedAt`, then by id, both descending. */
export interface RunKey {
  readonly queuedAt: number;
  readonly id: string;
}

export interface RunRange {
  /** At most so many, from the start of the range, or from its end when `isBackward`. */
  readonly size: number;
  readonly isBackward: boolean;
  /** Only runs that follow this place in the list. */
  readonly after?: RunKey | undefined;
  /** Only runs that precede this place in the list. */
  readonly before?: RunKey | undefined;
}

export interface RunPage {
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Of all runs that pass the filter, whatever the range. */
  readonly totalCount: number;
}

export interface ClientRequest {
  readonly requestedBy: string;
  readonly clientRequestId: string;
}

/** The record of every run. What was answered is durable. */
export interface RunStore {
  /** Stores a new run. `clientRequestId` is what its client calls it, for `runOfRequest`. */
  insert(run: Run, clientRequestId: string | null): Promise<void>;
  /** Replaces what is stored of the run. */
  update(run: Run): Promise<void>;
  run(id: string): Promise<Run | undefined>;
  /** The newest run of this client's request that was queued at `since` (milliseconds since the epoch) or later. */
  runOfRequest(request: ClientRequest, since: number): Promise<Run | undefined>;
  /** Every run whose state is not final, oldest first. */
  unfinished(): Promise<readonly Run[]>;
  list(filter: RunFilter, range: RunRange): Promise<RunPage>;
}
