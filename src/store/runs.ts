import type { CommandKind } from '../domain/command.ts';
import type { PageRange } from '../domain/page.ts';
import type { Run, RunState } from '../domain/run.ts';

/** Which runs are asked for; what is absent does not narrow. */
export interface RunFilter {
  readonly command?: string | undefined;
  readonly kind?: CommandKind | undefined;
  /** An empty list lets nothing pass. */
  readonly states?: readonly RunState[] | undefined;
  /** Only those that this subject asked for. */
  readonly requestedBy?: string | undefined;
}

/**
 * Where a run stands in the list of all runs, which is newest first: by `queuedAt`, then by id, both descending. Ids are
 * ASCII, so that every store sorts them alike.
 */
export interface RunKey {
  readonly queuedAt: number;
  readonly id: string;
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

/**
 * The record of every run. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when the store cannot be
 * reached.
 */
export interface RunStore {
  /**
   * Stores a new run. `clientRequestId` is what its client calls it, for `runOfRequest`. Fails with an Error when there
   * is one of this id.
   */
  insert(run: Run, clientRequestId: string | null): Promise<void>;
  /**
   * Stores how the run stands now: state, start, end, how it ended, output and progress. What was asked for, by whom and
   * when, stays as it was inserted. Fails with an Error when there is none of this id.
   */
  update(run: Run): Promise<void>;
  run(id: string): Promise<Run | undefined>;
  /** The newest run of this client's request that was queued at `since` (milliseconds since the epoch) or later. */
  runOfRequest(request: ClientRequest, since: number): Promise<Run | undefined>;
  /** Every run whose state is not final, oldest first. */
  unfinished(): Promise<readonly Run[]>;
  /** A key keeps its place whether or not there is a run of it. */
  list(filter: RunFilter, range: PageRange<RunKey>): Promise<RunPage>;
}
