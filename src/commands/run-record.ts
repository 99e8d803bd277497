import type { Clock } from '../async/clock.ts';
import type { ConflatedTopic } from '../bus/bus.ts';
import type { Run, RunState } from '../domain/run.ts';
import type { Logger } from '../logger.ts';
import type { RunStore } from '../store/runs.ts';

const UNFINISHED_STATES: readonly RunState[] = ['QUEUED', 'STARTING', 'RUNNING'];
const RETRY_AFTER_MS = 1_000;
const MOST_ATTEMPTS = 5;

export function isFinal({ state }: Run): boolean {
  return !UNFINISHED_STATES.includes(state);
}

export interface RunRecordOptions {
  readonly runs: RunStore;
  readonly runStatus: ConflatedTopic<Run>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The record of one run while it lasts: each change is stored first and published then. Of changes that come while one
 * is being stored only the last is, with all that it stands for.
 */
export class RunRecord {
  readonly #options: RunRecordOptions;
  /** As it was published last. */
  #run: Run;
  #wanted: Run;
  #storing: Promise<void> | undefined;

  constructor(run: Run, options: RunRecordOptions) {
    this.#run = run;
    this.#wanted = run;
    this.#options = options;
  }

  get run(): Run {
    return this.#run;
  }

  /** Stores the run as it was made and publishes it. Rejects when it cannot be stored: then there is no such run. */
  async begin(clientRequestId: string | null): Promise<void> {
    await this.#options.runs.insert(this.#run, clientRequestId);
    this.#options.runStatus.publish(this.#run.id, this.#run);
  }

  /** Resolves when the change is stored, or cannot be: that is logged, and the run goes on. */
  change(patch: Partial<Run>): Promise<void> {
    this.#wanted = { ...this.#wanted, ...patch };
    this.#storing ??= this.#storeAll();
    return this.#storing;
  }

  /** The last change. A store that fails is asked again, a few times. */
  async finish(patch: Partial<Run>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.change(patch);
      if (isFinal(this.#run) || attempt === MOST_ATTEMPTS) return;
      await new Promise<void>((resolve) => this.#options.clock.after(RETRY_AFTER_MS, resolve));
    }
  }

  async #storeAll(): Promise<void> {
    const { runs, runStatus, logger } = this.#options;
    await Promise.resolve(); // so that `#storing` is set whatever a store does at once
    try {
      while (this.#wanted !== this.#run) {
        const run = this.#wanted;
        await runs.update(run);
        this.#run = run;
        runStatus.publish(run.id, run);
      }
    } catch (error) {
      logger.error({ error, runId: this.#run.id }, 'a change of a run could not be stored');
    } finally {
      this.#storing = undefined;
    }
  }
}
