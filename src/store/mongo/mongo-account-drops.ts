import { setTimeout } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import { CodedError } from '../../domain/errors.ts';
import type {
  AccountDrops,
  DropOutcome,
  DropRecord,
  DropRequest,
  RestoreOutcome,
  RestoreRecord,
  RestoreRequest,
} from '../account-drops.ts';
import { DropLease, LEASE_MS } from './drop-lease.ts';
import { DropRecords } from './drop-records.ts';
import { DropSteps, type FinishedRestore } from './drop-steps.ts';
import { DroppedDocuments, type DropSession } from './dropped-documents.ts';
import type { MongoDeployment } from './mongo-deployment.ts';

export interface MongoAccountDropsOptions {
  readonly deployment: MongoDeployment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when something was deleted or brought back. */
  readonly onWritten?: () => void;
}

export interface MongoAccountDrops extends AccountDrops {
  /** Ends with what is under way; the deployment stays open. */
  close(): Promise<void>;
}

/** How long somebody who waits for an answer waits for another process. */
const DROP_WAIT_MS = 4000;
/** As long as one that died is waited for. */
const RESTORE_WAIT_MS = LEASE_MS + 10_000;
/** Delays between attempts to undo or finish what was left half done; each is twice the one before. */
const SETTLE_FIRST_MS = 250;
const SETTLE_MOST_MS = 30_000;

/**
 * Opens what drops accounts of a deployment. What a process that died left half done is undone or finished as soon as
 * the deployment can be reached and nobody else can be at it any more.
 */
export function openMongoAccountDrops(options: MongoAccountDropsOptions): MongoAccountDrops {
  return new OpenDrops(options);
}

/** One request after the other, of all processes. */
class OpenDrops implements MongoAccountDrops {
  readonly #deployment: MongoDeployment;
  readonly #lease: DropLease;
  readonly #records: DropRecords;
  readonly #steps: DropSteps;
  readonly #closing = new AbortController();
  readonly #opened: Promise<boolean>;
  /** Restores that had been interrupted, until the next request: one that asks again has its answer here. */
  #finished: FinishedRestore[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #settling: Promise<void> | undefined;

  constructor({ deployment, now, onWritten = () => {} }: MongoAccountDropsOptions) {
    const database = deployment.names.own;
    this.#deployment = deployment;
    this.#lease = new DropLease({ database, now });
    this.#records = new DropRecords(database);
    const documents = new DroppedDocuments(deployment);
    this.#steps = new DropSteps({ records: this.#records, documents, onWritten });
    this.#opened = this.#settleOnce();
    void this.#opened.then((isSettled) => {
      if (!isSettled) this.#settle();
    });
  }

  drop(request: DropRequest): Promise<DropOutcome> {
    return this.#operate(DROP_WAIT_MS, (session) => this.#steps.drop(session, request));
  }

  restore(request: RestoreRequest): Promise<RestoreOutcome> {
    return this.#operate(RESTORE_WAIT_MS, (session, finished) => this.#steps.restore(session, request, finished));
  }

  async trim(before: number): Promise<void> {
    const outdated = await this.#inTurn((client) => this.#records.outdated(client, before));
    if (outdated.length === 0) return;
    await this.#operate(DROP_WAIT_MS, async (session) => {
      for (const record of await this.#records.outdated(session.client, before))
        await this.#steps.giveUp(session, record);
    });
  }

  records(): Promise<readonly DropRecord[]> {
    return this.#read((client) => this.#records.all(client));
  }

  restores(): Promise<readonly RestoreRecord[]> {
    return this.#read((client) => this.#records.restores(client));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
    await this.#settling;
  }

  async #read<Answer>(read: (client: MongoClient) => Promise<Answer>): Promise<Answer> {
    await this.#opened;
    if (this.#closing.signal.aborted) throw closed();
    return this.#deployment.reach(read);
  }

  /** `finished`: restores that were asked for before, and that nothing has followed. */
  async #operate<Answer>(
    waitMs: number,
    work: (session: DropSession, finished: readonly FinishedRestore[]) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await this.#inTurn((client) =>
        this.#lease.hold(client, waitMs, async (tenure) => {
          const session = { client, tenure };
          await this.#recover(session);
          const finished = this.#finished;
          this.#finished = [];
          return work(session, finished);
        }),
      );
    } catch (error) {
      this.#settle();
      throw error;
    }
  }

  /** Until nothing is left half done. */
  #settle(): void {
    this.#settling ??= this.#untilSettled().finally(() => {
      this.#settling = undefined;
    });
  }

  async #untilSettled(): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#deployment.closing]);
    let delayMs = SETTLE_FIRST_MS;
    while (!signal.aborted && !(await this.#settleOnce())) {
      await setTimeout(delayMs, undefined, { signal, ref: false }).catch(() => {});
      delayMs = Math.min(delayMs * 2, SETTLE_MOST_MS);
    }
  }

  /** Whether nothing is left half done. */
  async #settleOnce(): Promise<boolean> {
    try {
      // Nobody waits for this while the deployment is away.
      const unfinished = await this.#deployment.reach((client) => this.#records.unfinished(client));
      if (unfinished.length === 0) return true;
      await this.#inTurn((client) => this.#lease.hold(client, 0, (tenure) => this.#recover({ client, tenure })));
      return true;
    } catch {
      return false;
    }
  }

  async #recover(session: DropSession): Promise<void> {
    this.#finished.push(...(await this.#steps.recover(session)));
  }

  #inTurn<Answer>(work: (client: MongoClient) => Promise<Answer>): Promise<Answer> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    const done = this.#last.then(() => this.#deployment.reach(work));
    this.#last = done.catch(() => {});
    return done;
  }
}

function closed(): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', 'the account store is closed');
}
