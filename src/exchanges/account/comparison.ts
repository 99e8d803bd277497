import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import type { AccountChannel } from '../../domain/live-account.ts';
import { orderOfRequest } from '../../domain/order-join.ts';
import { inBatches } from '../batches.ts';
import type { OrderJournal } from '../order-journal.ts';
import type { VenueRest } from '../venue-account.ts';
import type { AccountNews } from './account-connection.ts';
import type { Blotter } from './blotter.ts';
import type { AllHoldings, Holdings } from './holdings.ts';
import { OrderLists } from './order-lists.ts';
import type { Uncertainty } from './uncertainty.ts';
import type { VenueClient } from './venue-client.ts';

export interface ComparisonOptions {
  readonly accountCookie: string;
  readonly channels: readonly AccountChannel[];
  /** Those of the gateway. */
  readonly symbols: readonly string[];
  readonly client: VenueClient;
  readonly rest: VenueRest;
  readonly journal: OrderJournal;
  readonly blotter: Blotter;
  readonly holdings: Holdings;
  readonly uncertainty: Uncertainty;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** How often everything is asked for anew while the connection stands: a push may be missing. */
  readonly everyMs: number;
  /** Whether an order with this id is being placed. */
  isUnderWay(clientOrderId: string): boolean;
  /** Takes what was pushed meanwhile, in the order in which it came. */
  apply(news: readonly AccountNews[]): void;
  /** What a failure is called for people. */
  reasonOf(error: unknown): string;
  /** `isDone` or `problem` say something else than before. */
  onChange(): void;
}

/** Orders that changed so long before the last comparison are asked for again: the clocks of a venue differ. */
const OVERLAP_MS = 60_000;
/** How far an account is looked back on that was never compared. */
const FIRST_LOOK_BACK_MS = 24 * 3600 * 1000;
const MOST_HELD = 50_000;
/** Reports and fills that are learned at once; others are heard in between. */
const MOST_AT_ONCE = 5_000;

/**
 * Compares what is known of an account with what the venue has: at the beginning of each connection, when whatever is
 * pushed waits until that is done, and then again and again.
 */
export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #backoff: Backoff;
  readonly #lists: OrderLists;
  /** Raised with each connection: what a former one left under way comes to nothing. */
  #generation = 0;
  /** What waits; undefined: the first comparison of this connection is done. */
  #held: AccountNews[] | undefined = [];
  #problem: string | null = null;
  #loading: Promise<void> | undefined;
  #cancelNext: (() => void) | undefined;

  constructor(options: ComparisonOptions) {
    const { client, rest, blotter, symbols } = options;
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#lists = new OrderLists({ client, rest, blotter, symbols });
  }

  /** Whether this connection has been compared once. */
  get isDone(): boolean {
    return this.#held === undefined;
  }

  /** Why the last comparison failed; null when it did not. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The connection pushes from now on. */
  begin(): void {
    this.#compare(this.#generation);
  }

  /** The connection is over. */
  end(): void {
    this.#generation += 1;
    this.#cancelNext?.();
    this.#held = [];
    this.#problem = null;
  }

  /** Keeps what was pushed until the comparison is done; FULL when it can keep no more, DONE when nothing waits. */
  hold(news: AccountNews): 'HELD' | 'DONE' | 'FULL' {
    if (this.#held === undefined) return 'DONE';
    return this.#held.push(news) > MOST_HELD ? 'FULL' : 'HELD';
  }

  /** What earlier processes knew; read once, again only when that failed. */
  load(): Promise<void> {
    this.#loading ??= this.#options.blotter.load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  #compare(generation: number): void {
    const { everyMs, clock, reasonOf, onChange } = this.#options;
    const isCurrent = (): boolean => generation === this.#generation;
    const goOn = (problem: string | null, delayMs: number): void => {
      this.#problem = problem;
      this.#cancelNext = clock.after(delayMs, () => this.#compare(generation));
      onChange();
    };
    this.#readAll(isCurrent).then(
      () => {
        if (!isCurrent()) return;
        this.#backoff.reset();
        goOn(null, everyMs);
      },
      (error: unknown) => {
        if (isCurrent())
          goOn(`the account could not be compared with the venue's: ${reasonOf(error)}`, this.#backoff.next());
      },
    );
  }

  async #readAll(isCurrent: () => boolean): Promise<void> {
    const { clock, journal, accountCookie } = this.#options;
    const startedAt = clock.now();
    await this.load();
    const comparedAt = await journal.comparedAt(accountCookie);
    const since = comparedAt === undefined ? startedAt - FIRST_LOOK_BACK_MS : comparedAt - OVERLAP_MS;
    const { reports = [], fills = [] } = await this.#lists.read(since, startedAt);
    // What is pushed while they are read is newer than they are, or told again.
    const pushedBefore = this.#held?.length ?? 0;
    const holdings = this.isDone ? undefined : await this.#readHoldings();
    if (!isCurrent()) return;
    for (const part of inBatches(reports, MOST_AT_ONCE)) await this.#options.blotter.learn({ reports: part });
    for (const part of inBatches(fills, MOST_AT_ONCE)) await this.#options.blotter.learn({ fills: part });
    await this.#resumeUnsettled();
    if (!isCurrent()) return;
    await journal.compared(accountCookie, startedAt);
    if (isCurrent()) this.#release(holdings, pushedBefore);
  }

  async #readHoldings(): Promise<AllHoldings> {
    const { client, rest, channels } = this.#options;
    const { positionPages } = rest;
    const readPositions = () =>
      positionPages === undefined ? client.askFor(rest.positions()) : client.askAll((after) => positionPages(after));
    return {
      positions: channels.includes('positions') ? await readPositions() : [],
      balances: channels.includes('balances') ? await client.askFor(rest.balances()) : [],
    };
  }

  /** Asks for what an earlier connection or process may have sent. */
  async #resumeUnsettled(): Promise<void> {
    const { journal, accountCookie, blotter, uncertainty, isUnderWay } = this.#options;
    const open = await journal.openSubmissions(accountCookie);
    const lost = open.map(({ request, submittedAt }) => orderOfRequest(request, 'UNKNOWN', submittedAt));
    const unknown = blotter.open().filter(({ status }) => status === 'UNKNOWN');
    await uncertainty.resume([...unknown, ...lost].filter(({ clientOrderId }) => !isUnderWay(clientOrderId ?? '')));
  }

  #release(holdings: AllHoldings | undefined, pushedBefore: number): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (holdings !== undefined) this.#options.holdings.replace(holdings);
    this.#options.apply(held.filter(({ type }, index) => type === 'ORDER' || index >= pushedBefore));
  }
}
