import type { DropOutcome, DropRequest, RestoreOutcome, RestoreRequest } from '../account-drops.ts';
import type { AccountKey } from '../accounts.ts';
import type { DropRecords, Restoring, StoredDrop } from './drop-records.ts';
import type { DroppedDocuments, DropSession } from './dropped-documents.ts';
import { isOver } from './durable-commands.ts';

export type Restored = Extract<RestoreOutcome, { readonly kind: 'RESTORED' }>;

/** An account that was brought back. */
export interface FinishedRestore extends AccountKey {
  readonly outcome: Restored;
}

export interface DropStepsOptions {
  readonly records: DropRecords;
  readonly documents: DroppedDocuments;
  /** Called when something was deleted or brought back. */
  readonly onWritten: () => void;
}

/** A drop that is to be put on record, and what is to be brought back once it is done. */
interface DropAsked {
  readonly request: DropRequest;
  readonly restoring: Restoring | null;
}

interface BringBack {
  /** The drop that says that it is under way, until it is done. */
  readonly record: DropMark;
  readonly restoring: Restoring;
  /** The drop whose copy it is. */
  readonly copy: StoredDrop;
}

/** What a drop on record is told apart by. */
type DropMark = Pick<StoredDrop, '_id' | 'source' | 'state'>;

/**
 * What makes drops and restores whole without transactions, which a single server does not have: first the record, then
 * the copies, then the mark that all of them are there, and only then the documents go. Whoever calls has the lease.
 * All fail as the driver does, or with UPSTREAM_UNAVAILABLE.
 */
export class DropSteps {
  readonly #records: DropRecords;
  readonly #documents: DroppedDocuments;
  readonly #onWritten: () => void;

  constructor({ records, documents, onWritten }: DropStepsOptions) {
    this.#records = records;
    this.#documents = documents;
    this.#onWritten = onWritten;
  }

  async drop(session: DropSession, request: DropRequest): Promise<DropOutcome> {
    return (await this.#drop(session, { request, restoring: null })).outcome;
  }

  async #drop(session: DropSession, { request, restoring }: DropAsked) {
    const { client, tenure } = session;
    const { source, accountCookies } = request;
    const names = accountCookies.filter((name) => name.isWellFormed());
    const _id = await this.#records.add(client, request, restoring);
    const requested = { _id, source, state: 'REQUESTED' } as const;
    try {
      const outcome = await this.#documents.copy(session, { _id, source, names });
      await tenure.assure();
      const { dropped } = outcome;
      if (dropped.length === 0) {
        await this.#records.change(client, requested, { state: 'DROPPED', copies: 'REMOVED' });
      } else {
        await this.#records.change(client, requested, { state: 'COPIED', ...outcome });
        await this.#finish(session, { _id, source, dropped });
      }
      return { _id, source, outcome };
    } catch (error) {
      // Does nothing when all was copied: then it is finished later.
      if (await isOver(error)) await this.#undo(session, requested).catch(() => {});
      throw error;
    }
  }

  /** `finished`: restores that were interrupted before and have their answer here, when they are asked for again. */
  async restore(
    session: DropSession,
    { accountCookie, replace, ...request }: RestoreRequest,
    finished: readonly FinishedRestore[],
  ): Promise<RestoreOutcome> {
    const { client } = session;
    const key = { source: request.source, accountCookie };
    if (!accountCookie.isWellFormed()) return { kind: 'NO_COPY' };
    const present = await this.#documents.count(client, key);
    const before = finished.find((each) => each.source === key.source && each.accountCookie === accountCookie);
    if (before?.outcome.documents === present.states) return before.outcome;
    const copy = await this.#records.latestCopy(client, key);
    if (copy === undefined) return { kind: 'NO_COPY' };
    if (present.states > 0 && !replace) return { kind: 'OCCUPIED', documents: present.states };
    const { requestedBy, requestedAt } = request;
    const restoring = { drop: copy._id, accountCookie, requestedBy, requestedAt };
    if (present.all > 0 && replace) {
      const replaced = await this.#drop(session, {
        request: { ...request, accountCookies: [accountCookie] },
        restoring,
      });
      return this.#bringBack(session, { record: { ...replaced, state: 'DROPPED' }, restoring, copy });
    }
    await session.tenure.assure();
    await this.#records.change(client, copy, { restoring });
    return this.#bringBack(session, { record: copy, restoring, copy });
  }

  async #bringBack(session: DropSession, { record, restoring, copy }: BringBack): Promise<Restored> {
    const { client, tenure } = session;
    const { source, requestedAt: droppedAt } = copy;
    const key = { source, accountCookie: restoring.accountCookie };
    try {
      await this.#documents.bringBack(session, { _id: copy._id, source, names: [key.accountCookie] });
    } catch (error) {
      // What the deployment refuses it would refuse again, before everything that is asked for later.
      if (await isOver(error)) {
        await tenure.assure();
        await this.#records.change(client, record, { restoring: null });
      }
      throw error;
    } finally {
      this.#onWritten();
    }
    const { states: documents } = await this.#documents.count(client, key);
    await tenure.assure();
    await this.#records.restored(client, record, { ...restoring, droppedAt, documents });
    return { kind: 'RESTORED', documents, droppedAt };
  }

  async #finish(
    session: DropSession,
    { _id, source, dropped: names }: Pick<StoredDrop, '_id' | 'source' | 'dropped'>,
  ): Promise<void> {
    try {
      await this.#documents.deleteCopied(session, { _id, source, names });
    } finally {
      this.#onWritten();
    }
    await session.tenure.assure();
    await this.#records.change(session.client, { _id, state: 'COPIED' }, { state: 'DROPPED' });
  }

  async #undo(session: DropSession, record: DropMark): Promise<void> {
    await session.tenure.assure();
    await this.#records.change(session.client, record, { state: 'UNDONE', copies: 'GIVEN_UP', restoring: null });
    await this.giveUp(session, { ...record, state: 'UNDONE' });
  }

  /** Copies never count in part: they are given up as a whole, and removed then. */
  async giveUp(session: DropSession, record: DropMark): Promise<void> {
    await session.tenure.assure();
    await this.#records.change(session.client, record, { copies: 'GIVEN_UP' });
    await this.#documents.removeCopies(session, record);
    await this.#records.change(session.client, record, { copies: 'REMOVED' });
  }

  /** Undoes or finishes what a process that died left half done: whoever has the lease knows that nobody is at it. */
  async recover(session: DropSession): Promise<readonly FinishedRestore[]> {
    const { client } = session;
    const finished: FinishedRestore[] = [];
    for (const record of await this.#records.unfinished(client)) {
      if (record.state === 'REQUESTED') await this.#undo(session, record);
      if (record.state === 'COPIED') await this.#finish(session, record);
      const { restoring } = record;
      if (record.state === 'REQUESTED' || restoring === null) continue;
      const copy = await this.#records.get(client, restoring.drop);
      const { source } = record;
      const dropped = { ...record, state: 'DROPPED' } as const;
      const outcome = await this.#bringBack(session, { record: dropped, restoring, copy });
      finished.push({ source, accountCookie: restoring.accountCookie, outcome });
    }
    return finished;
  }
}
