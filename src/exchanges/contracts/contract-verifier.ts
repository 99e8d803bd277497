import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { SingleFlight } from '../../async/single-flight.ts';
import type { ContractPolicy, ContractReport, ContractTerms } from '../../domain/contract.ts';
import { applyComparison, compareContracts, isSameList } from '../../domain/contract-comparison.ts';
import { CodedError } from '../../domain/errors.ts';
import type { GatewayConnection } from '../../domain/gateway.ts';
import type { Logger } from '../../logger.ts';
import type { RestClient } from '../../transport/rest-client.ts';
import type { RestRules } from '../../transport/rest-rules.ts';
import { RestScheduler } from '../../transport/rest-scheduler.ts';
import type { RestShare } from '../../transport/rest-share.ts';
import type { Standing } from '../gateway-standing.ts';
import type { ContractsSession } from '../gateways.ts';
import type { VenueContracts } from '../venue-contracts.ts';
import { fetchContracts } from './contract-fetch.ts';
import type { ContractRecords } from './contract-records.ts';
import { countDifferences, describeDifferences, toReport } from './contract-verdict.ts';
import { StoredList } from './stored-list.ts';

/** What a gateway needs to hold the venue's contracts against the stored ones. */
export interface ContractOptions {
  readonly records: ContractRecords;
  readonly policy: ContractPolicy;
  /** From the end of a check to the next one. */
  readonly checkEveryMs: number;
}

export interface ContractVerifierOptions extends ContractOptions {
  readonly gateway: string;
  readonly venue: VenueContracts;
  /** Scheme, host and port. */
  readonly url: string;
  /** http:, https: or socks5: address of a proxy, with user and password. */
  readonly proxy?: string | undefined;
  /** What is shared with the others who ask this venue: while it answers nobody here, no list is asked for. */
  readonly restShare: RestShare;
  readonly rules: RestRules;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly logger?: Logger | undefined;
  onFault(error: unknown): void;
  /** `standing`, the report or the status says something else. */
  onChange(): void;
}

/** Lists are large: some have tens of megabytes. */
const MOST_BYTES = 128 * 1024 * 1024;
const PAGE_TIMEOUT_MS = 30_000;
const FETCH_TIMEOUT_MS = 120_000;
const MOST_PAUSE_MS = 300_000;
const MOST_LOGGED = 20;

/** Fetches what a venue lists, at the start and ever again, and holds it against the stored list. */
export class ContractVerifier implements ContractsSession {
  readonly #options: ContractVerifierOptions;
  readonly #http: RestScheduler;
  readonly #stored: StoredList;
  readonly #fetches = new SingleFlight<readonly ContractTerms[]>();
  readonly #backoff: Backoff;
  /** Ends what is under way; undefined while switched off. */
  #running: AbortController | undefined;
  /** Whether a check has ended since it was switched on. */
  #hasChecked = false;
  /** Why the last check failed. */
  #problem: string | null = null;
  #report: ContractReport | null = null;
  #cancelTimer = (): void => {};
  #nextAttemptAt: number | null = null;
  /** Lists are compared and stored one after the other. */
  #settled: Promise<unknown> = Promise.resolve();
  /** The differences that the log has. */
  #told = '';

  /** Throws a TypeError for a URL that is none. */
  constructor(options: ContractVerifierOptions) {
    const { url, proxy, clock, random, records, checkEveryMs, restShare: share, rules } = options;
    this.#options = options;
    const connecting = { url, proxy, clock, timeoutMs: PAGE_TIMEOUT_MS, maxBytes: MOST_BYTES };
    // A check that fails is repeated as a whole.
    this.#http = new RestScheduler({ ...connecting, random, rules, share, secrets: [], mostRepeats: 0 });
    this.#stored = new StoredList(records);
    this.#backoff = new Backoff(random, Math.min(checkEveryMs, MOST_PAUSE_MS));
  }

  /** The last comparison; null before the first. */
  get report(): ContractReport | null {
    return this.#report;
  }

  /** Whether it matters to `standing` what is held. */
  get isBlocking(): boolean {
    return this.#report !== null && this.#report.blocked.length > 0;
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    this.#hasChecked = false;
    this.#problem = null;
    this.#checkInTime(this.#running.signal);
  }

  /** Ends what is under way; may be started again. */
  stop(): void {
    this.#running?.abort(new Error('the gateway was switched off'));
    this.#running = undefined;
    this.#fetches.forgetAll();
    this.#cancelTimer();
    this.#nextAttemptAt = null;
  }

  /** Ends everything, for good; what is being stored is stored. */
  async close(): Promise<void> {
    this.stop();
    await this.#http.stop({ drain: false, timeoutMs: 0 });
    await this.#settled;
  }

  async list(): Promise<readonly ContractTerms[]> {
    return (await this.#stored.read())?.contracts ?? [];
  }

  async check({ accept }: { readonly accept: boolean }): Promise<ContractReport> {
    const signal = this.#running?.signal;
    if (signal === undefined) throw new CodedError('UPSTREAM_UNAVAILABLE', 'the gateway is switched off');
    try {
      // Also when the venue's list is not to be had, the stored one is there.
      await this.#stored.read();
      const venue = await this.#fetches.run('', () => this.#fetch(signal)).result;
      const report = await this.#inTurn(() => this.#settle(venue, accept));
      this.#ended(signal, null);
      return report;
    } catch (error) {
      this.#ended(signal, this.#reasonOf(error));
      throw error;
    }
  }

  /** `heldSymbols` answers the contracts of which somebody wants something; asked only when that matters. */
  standing(heldSymbols: () => ReadonlySet<string>): Standing {
    const differing = this.#blockedAmong(heldSymbols);
    const reasons = [
      ...(differing.length === 0 ? [] : [`contracts: ${this.#describe(differing)}`]),
      ...(this.#problem === null ? [] : [`contracts: ${this.#problem}; ${this.#fallback()}`]),
    ];
    const reason = reasons.length === 0 ? null : reasons.join('; ');
    if (differing.length > 0) return { state: 'CONTRACTS_MISMATCH', reason };
    if (!this.#hasChecked) return { state: 'CONNECTING', reason };
    return { state: reason === null ? 'CONNECTED' : 'DEGRADED', reason };
  }

  /** Why no order for the contract can be sent now; undefined: it can. */
  refusalOf(symbol: string): string | undefined {
    if (this.#options.policy !== 'block') return undefined;
    if (this.#report?.blocked.includes(symbol)) return this.#describe([symbol]);
    if (this.#stored.known !== undefined && this.#hasChecked) return undefined;
    return this.#problem ?? 'the contracts of the venue are being verified';
  }

  /** `index` is among the gateway's connections of the kind REST. */
  status(index: number): GatewayConnection {
    const { lastMessageAt, latencyMs, lastSentText, lastReceivedText, ...http } = this.#http.status();
    return {
      ...{ lastMessageAt, latencyMs, lastSentText, lastReceivedText },
      ...{ gateway: this.#options.gateway, kind: 'REST', index, connectedAt: null, reconnects: 0 },
      ...{ state: this.#state(), nextAttemptAt: this.#problem === null ? null : this.#nextAttemptAt },
      ...{ subscriptions: [], queuedRequests: http.queued + http.underWay, droppedRequests: http.dropped },
    };
  }

  #blockedAmong(heldSymbols: () => ReadonlySet<string>): readonly string[] {
    const blocked = this.#report?.blocked ?? [];
    if (blocked.length === 0) return [];
    const held = heldSymbols();
    return blocked.filter((symbol) => held.has(symbol));
  }

  #state(): GatewayConnection['state'] {
    if (this.#running === undefined) return 'DISABLED';
    if (this.#problem !== null) return 'DEGRADED';
    return this.#hasChecked ? 'CONNECTED' : 'CONNECTING';
  }

  /** Checks now and, when that is over, again later. What goes wrong is in the standing. */
  #checkInTime(signal: AbortSignal): void {
    const { clock, checkEveryMs } = this.#options;
    const again = (delayMs: number): void => {
      if (signal.aborted) return;
      this.#nextAttemptAt = clock.now() + delayMs;
      this.#cancelTimer = clock.after(delayMs, () => this.#checkInTime(signal));
      this.#options.onChange();
    };
    this.check({ accept: false }).then(
      () => {
        this.#backoff.reset();
        again(checkEveryMs);
      },
      () => again(this.#backoff.next()),
    );
  }

  #fetch(signal: AbortSignal): Promise<readonly ContractTerms[]> {
    const { venue, clock } = this.#options;
    const http: Pick<RestClient, 'send'> = {
      send: ({ signal: ending, ...request }) =>
        this.#http.send({ ...request, priority: 'MARKET_DATA', signal: ending, compose: () => request }),
    };
    return fetchContracts({ venue, http, clock, timeoutMs: FETCH_TIMEOUT_MS, signal });
  }

  #inTurn<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#settled.then(task);
    this.#settled = result.catch(() => {});
    return result;
  }

  async #settle(venue: readonly ContractTerms[], accept: boolean): Promise<ContractReport> {
    const { clock, policy } = this.#options;
    const checkedAt = clock.now();
    const recorded = await this.#stored.read();
    const stored = recorded?.contracts ?? [];
    const comparison = compareContracts(stored, venue);
    // There is nothing that a first list could differ from.
    const isFirst = recorded === undefined;
    const isStored = isFirst || (!isSameList(comparison) && (accept || policy === 'update'));
    if (isStored) {
      await this.#stored.replace({ contracts: applyComparison(stored, comparison), storedAt: checkedAt });
    }
    const report = toReport({ comparison, checkedAt, acceptedAt: isStored ? checkedAt : null, policy });
    this.#report = report;
    if (!isFirst) this.#tell(report);
    return report;
  }

  #ended(signal: AbortSignal, problem: string | null): void {
    if (signal.aborted) return;
    this.#hasChecked = true;
    this.#problem = problem;
    this.#options.onChange();
  }

  /** Once, however often the same is found. */
  #tell(report: ContractReport): void {
    const { added, removed, changed, blocked, acceptedAt } = report;
    const differences = JSON.stringify([added, removed, changed, acceptedAt !== null]);
    if (differences === this.#told) return;
    this.#told = differences;
    const { logger, gateway } = this.#options;
    const fields = { gateway, ...countDifferences(report), blocked: blocked.slice(0, MOST_LOGGED) };
    if (added.length + removed.length + changed.length === 0) return;
    if (acceptedAt === null) logger?.warn(fields, 'the contracts of a venue differ from the stored ones');
    else logger?.info(fields, 'the contracts of a venue were stored anew');
  }

  #describe(symbols: readonly string[]): string {
    const differences = this.#report === null ? '' : describeDifferences(symbols, this.#report);
    return `received other terms than the stored ones for ${differences}, wanted the same or an accepted list`;
  }

  #fallback(): string {
    const { known } = this.#stored;
    return known === undefined ? 'no list was stored yet' : `that of ${new Date(known.storedAt).toISOString()} holds`;
  }

  #reasonOf(error: unknown): string {
    if (error instanceof CodedError) return error.message;
    this.#options.onFault(error);
    return 'something unexpected went wrong';
  }
}
