import type { ChangeStream, Document } from 'mongodb';
import type { Clock } from '../../async/clock.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { ACCOUNT, collectionOf } from './qifi-collections.ts';

const POLL_MS = 1000;
/** After what may be over by then; a deployment that has no change streams gets none for being asked again. */
const REOPEN_MS = 30_000;

/** Nothing of a document is asked for: that something changed is all there is to know. */
const NO_CONTENT: Document[] = [{ $project: { operationType: 1 } }];

export interface AccountChangesOptions {
  readonly deployment: MongoDeployment;
  readonly clock: Clock;
  readonly onChange: () => void;
}

/**
 * Tells that running accounts may have changed: by a change stream where the deployment has them (a replica set or a
 * sharded cluster), and each second while there is none.
 */
export class AccountChanges implements Disposable {
  readonly #deployment: MongoDeployment;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #stream: ChangeStream | undefined;
  #isOver = false;
  #cancelPoll: () => void = () => {};
  #cancelReopen: () => void = () => {};

  constructor({ deployment, clock, onChange }: AccountChangesOptions) {
    this.#deployment = deployment;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#poll();
    void this.#follow();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#cancelPoll();
    this.#cancelReopen();
    this.#stream?.close().catch(() => undefined);
  }

  #poll(): void {
    this.#cancelPoll();
    if (this.#isOver) return;
    this.#cancelPoll = this.#clock.after(POLL_MS, () => {
      this.#onChange();
      this.#poll();
    });
  }

  /** Resolves when there is no stream, or none any more. */
  async #follow(): Promise<void> {
    try {
      await this.#deployment.reach(async (client) => {
        const stream = collectionOf(client, this.#deployment, ACCOUNT).watch(NO_CONTENT);
        this.#stream = stream;
        if (this.#isOver) return stream.close();
        // Resolves without a change as soon as the deployment has opened the stream.
        await stream.tryNext();
        this.#cancelPoll();
        // Whatever changed before it was open.
        this.#onChange();
        while (await stream.hasNext()) {
          await stream.next();
          this.#onChange();
        }
        return undefined;
      });
    } catch {
      // Polling goes on, or begins again.
    }
    await this.#stream?.close().catch(() => undefined);
    if (this.#isOver) return;
    this.#poll();
    this.#cancelReopen = this.#clock.after(REOPEN_MS, () => void this.#follow());
  }
}
