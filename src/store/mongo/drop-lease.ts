import { setTimeout } from 'node:timers/promises';
import type { Collection, MongoClient } from 'mongodb';
import { CodedError } from '../../domain/errors.ts';
import { COMMAND_MS, DUPLICATE_KEY, DURABLE, isOver, refusalOf } from './durable-commands.ts';

/** A tenure. The one with the highest number counts; that one is never deleted. */
interface LeaseDocument {
  readonly _id: number;
  /** Milliseconds since the epoch; 0 when it was given back. */
  readonly until: number;
}

/** How long a process that does not say anything keeps the others away, in milliseconds. */
export const LEASE_MS = 30_000;
const RETRY_MS = 100;

export interface DropLeaseOptions {
  /** Name of the database that the tenures are written to. */
  readonly database: string;
  /** Milliseconds since the epoch; the clocks of all processes must be right to within a few seconds. */
  readonly now: () => number;
}

/**
 * Lets one process at a time drop accounts of a deployment and bring them back, until it says that it is done or has
 * said nothing for `LEASE_MS`. A tenure is taken, and extended, by inserting the next number, which only one can.
 */
export class DropLease {
  readonly #database: string;
  readonly #now: () => number;

  constructor({ database, now }: DropLeaseOptions) {
    this.#database = database;
    this.#now = now;
  }

  /** Fails with UPSTREAM_UNAVAILABLE when another process has the lease for `waitMs` on, else as `work` does. */
  async hold<Result>(client: MongoClient, waitMs: number, work: (tenure: Tenure) => Promise<Result>): Promise<Result> {
    const tenure = await this.#take(client.db(this.#database).collection('account_drop_leases'), waitMs);
    try {
      const result = await work(tenure);
      await tenure.giveBack().catch(() => {});
      return result;
    } catch (error) {
      // What was sent last may still be under way; then the next one has to wait until it cannot be any more.
      if (await isOver(error)) await tenure.giveBack().catch(() => {});
      throw error;
    }
  }

  async #take(leases: Collection<LeaseDocument>, waitMs: number): Promise<Tenure> {
    const waitingSince = performance.now();
    for (;;) {
      const latest = await latestOf(leases);
      if (latest === undefined || latest.until <= this.#now()) {
        const tenure = new Tenure({ leases, now: this.#now, after: latest?._id ?? 0 });
        if (await tenure.extend()) return tenure;
      } else if (performance.now() - waitingSince >= waitMs) {
        throw new CodedError('UPSTREAM_UNAVAILABLE', 'another drop or restore of accounts is under way');
      }
      await setTimeout(Math.min(RETRY_MS, waitMs));
    }
  }
}

interface TenureOptions {
  readonly leases: Collection<LeaseDocument>;
  readonly now: () => number;
  /** The number of the tenure before. */
  readonly after: number;
}

/** The right to drop accounts, as long as it lasts. */
export class Tenure {
  readonly #leases: Collection<LeaseDocument>;
  readonly #now: () => number;
  #number: number;
  #until = 0;

  constructor({ leases, now, after }: TenureOptions) {
    this.#leases = leases;
    this.#now = now;
    this.#number = after;
  }

  /**
   * To be called before every write. What is sent then is over before another process may take the lease. Fails with
   * UPSTREAM_UNAVAILABLE when one has.
   */
  async assure(): Promise<void> {
    if (this.#until - this.#now() >= COMMAND_MS || (await this.extend())) return;
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'another process has taken over the drop or restore of accounts');
  }

  /** Whether no other process was faster. */
  async extend(): Promise<boolean> {
    const lease = { _id: this.#number + 1, until: this.#now() + LEASE_MS };
    try {
      await this.#leases.insertOne(lease, DURABLE);
    } catch (error) {
      if (refusalOf(error) === DUPLICATE_KEY) return false;
      throw error;
    }
    // The number may have been had before by one who took it, extended it and deleted it since.
    if ((await latestOf(this.#leases))?._id !== lease._id) return false;
    this.#number = lease._id;
    this.#until = lease.until;
    await this.#leases.deleteMany({ _id: { $lt: lease._id } }, DURABLE);
    return true;
  }

  async giveBack(): Promise<void> {
    await this.#leases.updateOne({ _id: this.#number }, { $set: { until: 0 } }, DURABLE);
  }
}

async function latestOf(leases: Collection<LeaseDocument>): Promise<LeaseDocument | undefined> {
  const [latest] = await leases.find({}, DURABLE).sort({ _id: -1 }).limit(1).toArray();
  return latest;
}
