import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { resolvesWithin } from '../async/resolves-within.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import { CodedError } from '../domain/errors.ts';
import type { AccountStore } from './accounts.ts';
import { FollowedAccount, type HoldingSink } from './followed-account.ts';
import type { OrderRecord } from './followed-orders.ts';

export interface AccountFollowerOptions {
  readonly accounts: Pick<AccountStore, 'latestDocuments' | 'changes' | 'orders' | 'trades'>;
  readonly record: OrderRecord;
  readonly holdings: HoldingSink;
  /** What had ended so long before it was seen for the first time is not told. */
  readonly newsMs: number;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Least time from one read of all followed accounts to the next; a second when absent. */
  readonly everyMs?: number | undefined;
  /** Told once of each series of failures, of all accounts or of one. */
  onFault(error: unknown): void;
}

/** Somebody's interest in an account, until it is disposed of. */
export interface AccountFollowing extends Disposable {
  /** Whether there was a REALTIME state of the account. */
  readonly isStored: boolean;
}

const EVERY_MS = 1000;
const FIRST_TIMEOUT_MS = 5000;
/** For a client that comes again: it finds what happened meanwhile, and nothing has to be read anew. */
const LINGER_MS = 600_000;

interface Followed {
  readonly account: FollowedAccount;
  /** Resolves when the account was observed for the first time. */
  readonly first: PromiseWithResolvers<void>;
  isObserved: boolean;
  isStored: boolean;
  /** What it failed of when it was seen last, while others did not. */
  fault: unknown;
  followers: number;
  cancelLinger: (() => void) | undefined;
}

/**
 * Follows the REALTIME states of accounts for as long as somebody wants to know, and ten minutes longer. All of them are
 * read together when the store says that something may have changed, the next time when the last has ended; what fails
 * is tried again, at growing intervals of up to half a minute.
 */
export class AccountFollower {
  readonly #options: AccountFollowerOptions;
  readonly #backoff: Backoff;
  readonly #followed = new Map<string, Followed>();
  #watch: Disposable | undefined;
  /** Something may have changed since the last read. */
  #isStale = false;
  #lastFault: unknown;
  #reading: Promise<void> | undefined;
  /** While it is there not all are read; as long as reads fail, nothing is. A timer, since clocks may be set back. */
  #cancelRest: (() => void) | undefined;
  #isClosed = false;

  constructor(options: AccountFollowerOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  /**
   * Resolves when the account was observed, so that all that its state tells is recorded and told. Fails with
   * UPSTREAM_UNAVAILABLE when that takes longer than five seconds, and with SHUTTING_DOWN after `close`.
   */
  async follow(accountCookie: string): Promise<AccountFollowing> {
    if (this.#isClosed) throw new CodedError('SHUTTING_DOWN', 'the server is stopping');
    const followed = this.#followed.get(accountCookie) ?? this.#add(accountCookie);
    followed.followers += 1;
    followed.cancelLinger?.();
    followed.cancelLinger = undefined;
    this.#proceed();
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.#release(accountCookie, followed);
      isHeld = false;
    };
    if (await resolvesWithin(followed.first.promise, this.#options.clock, FIRST_TIMEOUT_MS)) {
      return { isStored: followed.isStored, [Symbol.dispose]: release };
    }
    release();
    const cause = this.#lastFault ?? followed.fault;
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'the account could not be read in time', { cause });
  }

  /** Follows nothing any more; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [accountCookie, followed] of this.#followed) this.#remove(accountCookie, followed);
    await this.#reading;
  }

  #add(accountCookie: string): Followed {
    const { accounts, record, holdings, newsMs } = this.#options;
    const followed = {
      account: new FollowedAccount({ accountCookie, accounts, record, holdings, newsMs }),
      first: Promise.withResolvers<void>(),
      ...{ isObserved: false, isStored: false, fault: undefined, followers: 0, cancelLinger: undefined },
    };
    this.#followed.set(accountCookie, followed);
    this.#watch ??= accounts.changes(() => {
      this.#isStale = true;
      this.#proceed();
    });
    return followed;
  }

  #release(accountCookie: string, followed: Followed): void {
    followed.followers -= 1;
    this.#letGo(accountCookie, followed);
  }

  /** Ends the following that nobody wants any more, at once or later. */
  #letGo(accountCookie: string, followed: Followed): void {
    if (followed.followers > 0 || this.#followed.get(accountCookie) !== followed) return;
    const remove = (): void => this.#remove(accountCookie, followed);
    // Of a name that is no account, or is none any more, nothing can be missed.
    if (followed.isStored) followed.cancelLinger ??= this.#options.clock.after(LINGER_MS, remove);
    else remove();
  }

  #remove(accountCookie: string, followed: Followed): void {
    followed.cancelLinger?.();
    followed.account.drop();
    this.#followed.delete(accountCookie);
    if (this.#followed.size > 0) return;
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    this.#isStale = false;
  }

  /** Reads what there is to be read, as far as it may be read now. */
  #proceed(): void {
    if (this.#reading !== undefined || this.#isClosed) return;
    const fresh = [...this.#followed].filter(([, { isObserved, fault }]) => !isObserved && fault === undefined);
    const isAll = this.#isStale && this.#cancelRest === undefined;
    // Who comes first waits for no interval, unless there is nothing to be had.
    const mayReadFresh = this.#cancelRest === undefined || this.#lastFault === undefined;
    if (!isAll && (fresh.length === 0 || !mayReadFresh)) return;
    this.#reading = this.#read(isAll ? [...this.#followed] : fresh, isAll).finally(() => {
      this.#reading = undefined;
      this.#proceed();
    });
  }

  async #read(wanted: readonly (readonly [string, Followed])[], isAll: boolean): Promise<void> {
    const { accounts, onFault, everyMs = EVERY_MS } = this.#options;
    if (isAll) {
      this.#isStale = false;
      this.#rest(everyMs);
    }
    try {
      const keys = wanted.map(([accountCookie]) => ({ source: 'REALTIME', accountCookie }) as const);
      const documents = await accounts.latestDocuments(keys);
      for (const [index, [accountCookie, followed]] of wanted.entries()) {
        await this.#observe(followed, documents[index]);
        this.#letGo(accountCookie, followed);
      }
      this.#lastFault = undefined;
      this.#backoff.reset();
    } catch (error) {
      if (this.#lastFault === undefined) onFault(error);
      this.#lastFault = error;
      this.#isStale = true;
      this.#rest(this.#backoff.next());
    }
  }

  #rest(delayMs: number): void {
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    if (this.#followed.size === 0) return;
    this.#cancelRest = this.#options.clock.after(delayMs, () => {
      this.#cancelRest = undefined;
      this.#proceed();
    });
  }

  /** Rejects when nothing can be read or recorded; what is wrong with one account holds up no other. */
  async #observe(followed: Followed, document: AccountDocument | undefined): Promise<void> {
    const { clock, onFault } = this.#options;
    try {
      if (document !== undefined) await followed.account.observe(document, clock.now());
    } catch (error) {
      if (error instanceof CodedError && error.code === 'UPSTREAM_UNAVAILABLE') throw error;
      if (followed.fault === undefined) onFault(error);
      followed.fault = error;
      return;
    }
    followed.fault = undefined;
    followed.isStored = document !== undefined;
    followed.isObserved = true;
    followed.first.resolve();
    await nextTurn(); // many accounts are a lot of work
  }
}
