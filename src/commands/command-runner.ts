import { SingleFlight } from '../async/single-flight.ts';
import type { Command, CommandArguments } from '../domain/command.ts';
import { CodedError } from '../domain/errors.ts';
import { isFinal, type Run } from '../domain/run.ts';
import { FairQueue, type Place } from './fair-queue.ts';
import { LiveRun, type LiveRunOptions } from './live-run.ts';
import type { Launch } from './run-process.ts';

const MOST_WAITING = 100;
const REQUEST_REMEMBERED_MS = 24 * 3600 * 1000;
/** How long the last state of a run stays in the topic, for those who come just behind it. */
const STATUS_REMEMBERED_MS = 60_000;

export interface Concurrency {
  /** Runs at once. */
  readonly total: number;
  /** Runs of one user at once. */
  readonly perUser: number;
}

export interface CommandRunnerOptions extends LiveRunOptions {
  readonly concurrency: Concurrency;
  readonly newId: () => string;
}

/** A run that somebody asks for. */
export interface RunRequest {
  readonly command: Command;
  readonly arguments: CommandArguments | null;
  readonly requestedBy: string;
  /** The same user and id within 24 hours answer the same run. */
  readonly clientRequestId: string | null;
  /** Called when a new run is to be made. What it rejects with refuses the run. */
  readonly prepare: () => Promise<Launch>;
}

interface QueuedRun {
  readonly live: LiveRun;
  readonly place: Place;
}

/**
 * Runs commands: queued, started, stored and published. Each run comes to exactly one final state, which is stored
 * before anybody hears of it.
 */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #queue: FairQueue;
  /** Runs whose end is not stored yet. */
  readonly #unfinished = new Map<string, QueuedRun>();
  readonly #requests = new SingleFlight<Run>();
  readonly #forgetting = new Set<() => void>();
  #isClosing = false;

  constructor(options: CommandRunnerOptions) {
    const { total, perUser } = options.concurrency;
    this.#options = options;
    this.#queue = new FairQueue({ total, perOwner: perUser, mostWaiting: MOST_WAITING });
  }

  /** Marks what an earlier process left unfinished as LOST. To be called once, before anything is run. */
  async recover(): Promise<void> {
    const { runs, transcripts, clock } = this.#options;
    for (const run of await runs.unfinished()) {
      const outputBytes = await transcripts.size(run.id);
      await runs.update({ ...run, state: 'LOST', endedAt: clock.now(), outputBytes });
    }
  }

  /** The new run, queued or already starting, or the one that the same request made. Fails with COMMAND_QUEUE_FULL. */
  async run(request: RunRequest): Promise<Run> {
    this.#assertOpen();
    const { requestedBy, clientRequestId } = request;
    if (clientRequestId === null) return this.#begin(request);
    const key = JSON.stringify([requestedBy, clientRequestId]);
    return this.#requests.run(key, async () => {
      const since = this.#options.clock.now() - REQUEST_REMEMBERED_MS;
      const earlier = await this.#options.runs.runOfRequest({ requestedBy, clientRequestId }, since);
      return earlier === undefined ? this.#begin(request) : this.present(earlier);
    }).result;
  }

  /** Ends a run that has not ended, and answers at once how it stands then; undefined for one that has ended. */
  async cancel(runId: string): Promise<Run | undefined> {
    const queued = this.#unfinished.get(runId);
    if (queued === undefined) return undefined;
    queued.live.cancel();
    if (queued.place.leave()) await queued.live.withdraw();
    return queued.live.run;
  }

  /** A stored run, with what is known of it now. */
  present(run: Run): Run {
    return isFinal(run) ? run : (this.#unfinished.get(run.id)?.live.run ?? run);
  }

  /** Takes nothing new, cancels what has not ended, and waits until the end of all is stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const unfinished = [...this.#unfinished];
    for (const [, { live }] of unfinished) live.hurry();
    await Promise.all(unfinished.map(([runId, { live }]) => this.cancel(runId).then(() => live.finished)));
    for (const cancel of this.#forgetting) cancel();
    this.#forgetting.clear();
  }

  async #begin({ command, prepare, clientRequestId, ...asked }: RunRequest): Promise<Run> {
    const launch = await prepare();
    this.#assertOpen();
    const { clock, newId } = this.#options;
    const run: Run = {
      id: newId(),
      command: command.name,
      kind: command.kind,
      arguments: asked.arguments,
      scheduleId: null,
      state: 'QUEUED',
      requestedBy: asked.requestedBy,
      queuedAt: clock.now(),
      startedAt: null,
      endedAt: null,
      exitCode: null,
      signal: null,
      outputBytes: 0,
      isTruncated: false,
      progress: null,
    };
    const live = new LiveRun(run, launch, this.#options);
    const place = this.#queue.enter(asked.requestedBy, () => live.execute());
    if (place === undefined) {
      throw new CodedError('COMMAND_QUEUE_FULL', `${MOST_WAITING} runs are waiting already, try again later`);
    }
    this.#unfinished.set(run.id, { live, place });
    void live.finished.then(() => this.#forget(run.id));
    try {
      await live.begin(clientRequestId);
    } catch (error) {
      place.leave();
      throw error;
    }
    return live.run;
  }

  #forget(runId: string): void {
    const { clock, runStatus } = this.#options;
    this.#unfinished.delete(runId);
    if (this.#isClosing) return;
    const cancel = clock.after(STATUS_REMEMBERED_MS, () => {
      this.#forgetting.delete(cancel);
      runStatus.forget(runId);
    });
    this.#forgetting.add(cancel);
  }

  #assertOpen(): void {
    if (this.#isClosing) throw new CodedError('SHUTTING_DOWN', 'the server is stopping, nothing is started any more');
  }
}
