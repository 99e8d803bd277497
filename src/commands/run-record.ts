import type { Clock } from '../async/clock.ts';
import type { ConflatedTopic } from '../bus/bus.ts';
import { isFinal, type Run } from '../domain/run.ts';
import type { Logger } from '../logger.ts';
import type { RunStore } from '../store/runs.ts';

/** An end that cannot be stored is tried again so often after a second, later with less haste. */
const HASTY_ATTEMPTS = 5;
const HASTY_RETRY_MS = 1_000;
const LATER_RETRY_MS = 5_000;

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
  #isHurried = false;

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

  /** The last change. A store that fails is asked again until it does not, or only a few times when hurried. */
  async finish(patch: Partial<Run>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.change(patch);
      if (isFinal(this.#run) || (this.#isHurried && attempt >= HASTY_ATTEMPTS)) return;
      const delayMs = attempt < HASTY_ATTEMPTS ? HASTY_RETRY_MS : LATER_RETRY_MS;
      await new Promise<void>((resolve) => this.#options.clock.after(delayMs, resolve));
    }
  }

  /** Nobody can wait for a store that does not come back. */
  hurry(): void {
    this.#isHurried = true;
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
