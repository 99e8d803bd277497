import type { LosslessTopic } from '../bus/bus.ts';
import { isFinal, type Run } from '../domain/run.ts';
import { endEvent, type OutputEvent } from './output-events.ts';
import { RunProcess, type RunProcessOptions } from './run-process.ts';
import { RunRecord, type RunRecordOptions } from './run-record.ts';

export interface LiveRunOptions
  extends RunRecordOptions,
    Omit<RunProcessOptions, 'runId' | 'launch' | 'onChange' | 'onStored'> {
  readonly output: LosslessTopic<OutputEvent>;
}

/** A run from its request until its end is stored and published: its record and its process. */
export class LiveRun {
  readonly #options: LiveRunOptions;
  readonly #record: RunRecord;
  readonly #process: RunProcess;
  readonly #begun = Promise.withResolvers<boolean>();
  readonly #finished = Promise.withResolvers<void>();

  constructor(run: Run, launch: RunProcessOptions['launch'], options: LiveRunOptions) {
    this.#options = options;
    this.#record = new RunRecord(run, options);
    this.#process = new RunProcess({
      ...options,
      runId: run.id,
      launch,
      onChange: (patch) => void this.#record.change(patch),
      onStored: (chunks) => {
        for (const chunk of chunks) options.output.publish(run.id, { position: chunk.nextOffset, chunk });
      },
    });
  }

  /** As it stands, with the output of this moment. */
  get run(): Run {
    const { run } = this.#record;
    return { ...run, outputBytes: Math.max(run.outputBytes, this.#process.outputBytes) };
  }

  /** Resolves when nothing more happens to it; never rejects. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Stores it. Rejects when that fails: then there is no such run. */
  async begin(clientRequestId: string | null): Promise<void> {
    try {
      await this.#record.begin(clientRequestId);
      this.#begun.resolve(true);
    } catch (error) {
      this.#begun.resolve(false);
      this.#finished.resolve();
      throw error;
    }
  }

  /** Its turn has come. Resolves when it is over; never rejects. */
  async execute(): Promise<void> {
    if (!(await this.#begun.promise)) return;
    await this.#record.change({ state: 'STARTING' });
    await this.#finish();
  }

  /** Ends it when its turn has come; else `withdraw` has to follow. */
  cancel(): void {
    this.#process.stop('CANCELLED');
  }

  /** The server stops: its end is not waited for when it cannot be stored. */
  hurry(): void {
    this.#record.hurry();
  }

  /** Its turn will not come, since it was cancelled before. */
  async withdraw(): Promise<void> {
    if (await this.#begun.promise) await this.#finish();
  }

  async #finish(): Promise<void> {
    const { clock, output, transcripts, logger } = this.#options;
    const { id: runId } = this.#record.run;
    const outcome = await this.#process.run();
    try {
      // Before the end is known, so that whatever is told of an ended run stays true.
      await transcripts.seal(runId);
    } catch (error) {
      logger.error({ error, runId }, 'the output of a run may not outlive a power cut');
    }
    await this.#record.finish({ ...outcome, endedAt: clock.now() });
    const { run } = this.#record;
    if (isFinal(run)) output.publish(runId, endEvent(run, outcome.outputBytes));
    this.#finished.resolve();
  }
}
